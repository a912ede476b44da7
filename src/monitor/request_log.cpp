// SPDX-License-Identifier: MIT
#include "arq/monitor/request_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "arq/util/log.h"

namespace arq::monitor {
namespace {

constexpr std::chrono::seconds kLookInterval{1};

bool is_at(int fd, const std::string& path) {
    struct stat open {};
    struct stat named {};
    return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

}  // namespace

// None where it isn't the time to try, or the file can't be opened.
std::shared_ptr<const util::UniqueFd> RequestLog::file_to_write() {
    const auto now = clock_.steady_now();
    const std::lock_guard lock{mutex_};
    if (failing_ && now < try_again_at_) {
        ++left_out_;
        return nullptr;
    }
    if (failing_) try_again_at_ = now + kLookInterval;  // one thread tries
    if (file_ && now - looked_at_ >= kLookInterval) {
        looked_at_ = now;
        if (!is_at(file_->get(), path_)) file_ = nullptr;
    }
    if (!file_) {
        util::UniqueFd fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
        if (!fd) return nullptr;
        file_ = std::make_shared<const util::UniqueFd>(std::move(fd));
        looked_at_ = now;
    }
    return file_;
}

void RequestLog::append(std::string line) {
    const auto file = file_to_write();
    if (!file) {
        const int error = errno;
        const std::lock_guard lock{mutex_};
        if (failing_) return;
        note_failure(error, false);
        return;
    }
    line += '\n';
    {
        const std::lock_guard lock{mutex_};
        if (half_line_) line.insert(line.begin(), '\n');
    }
    const ssize_t written = ::write(file->get(), line.data(), line.size());
    const int error = written < 0 ? errno : ENOSPC;
    const std::lock_guard lock{mutex_};
    if (written == static_cast<ssize_t>(line.size()))
        note_success();
    else
        note_failure(error, written > 0);
}

void RequestLog::note_failure(int error, bool has_begun_line) {
    ++left_out_;
    half_line_ = half_line_ || has_begun_line;
    try_again_at_ = clock_.steady_now() + kLookInterval;
    if (std::exchange(failing_, true)) return;
    util::log_error("requests are answered, but no longer logged until that works again: " + path_ + ": " +
                    std::strerror(error));  // NOLINT(concurrency-mt-unsafe): glibc's is
}

void RequestLog::note_success() {
    half_line_ = false;
    if (!std::exchange(failing_, false)) return;
    util::log_info("requests are logged again; " + std::to_string(std::exchange(left_out_, 0)) +
                   " are missing in " + path_);
}

}  // namespace arq::monitor
