// SPDX-License-Identifier: MIT
#include "arq/config/live_secrets.h"

#include <sys/stat.h>

#include "arq/util/error.h"
#include "arq/util/log.h"

namespace arq::config {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

LiveSecrets::LiveSecrets(std::string path, util::Clock& clock)
    : path_(std::move(path)),
      clock_(clock),
      secrets_(std::make_shared<const Secrets>(load_secrets(path_))),
      stamp_(stamp_of_file()),
      looked_at_(clock.steady_now()) {}

std::shared_ptr<const Secrets> LiveSecrets::current() {
    const std::lock_guard lock{mutex_};
    if (clock_.steady_now() - looked_at_ >= kLookEvery) reload_if_changed();
    return secrets_;
}

std::shared_ptr<const Secrets> LiveSecrets::newest() {
    const std::lock_guard lock{mutex_};
    reload_if_changed();
    return secrets_;
}

LiveSecrets::Stamp LiveSecrets::stamp_of_file() const {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) return {};
    return {.seconds = status.st_mtim.tv_sec,
            .nanoseconds = status.st_mtim.tv_nsec,
            .inode = static_cast<std::int64_t>(status.st_ino)};
}

void LiveSecrets::reload_if_changed() {
    looked_at_ = clock_.steady_now();
    const Stamp stamp = stamp_of_file();
    if (stamp == stamp_) return;
    stamp_ = stamp;
    try {
        secrets_ = std::make_shared<const Secrets>(load_secrets(path_));
    } catch (const Error& error) {
        // A worker that serves is worth more than one that dies of an operator's slip.
        util::log_error(std::string{"the secrets stay as they were: "} + error.what());
    }
}

}  // namespace arq::config
