// SPDX-License-Identifier: MIT
#include "arq/watch/users_count.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string_view>

namespace arq::watch {
namespace {

constexpr std::size_t kEntriesPerStep = 500;

// Calls `look` with each name, but hidden ones, and the folder's descriptor; how many there were.
std::size_t each_in(const std::string& folder, const std::function<void(const char* name, int fd)>& look) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(folder.c_str()), ::closedir};
    if (!stream) return 0;
    std::size_t count = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is nobody else's
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_name[0] == '.') continue;
        ++count;
        look(entry->d_name, ::dirfd(stream.get()));
    }
    return count;
}

// A folder users/ab, whose folders hold the files.
std::size_t add_folder(const std::string& folder, UsersTotal& total) {
    std::size_t entries = 0;
    std::vector<std::string> inner;
    entries += each_in(folder, [&](const char* name, int) { inner.emplace_back(name); });
    for (const std::string& name : inner)
        entries += each_in(folder + "/" + name, [&](const char* file, int fd) {
            struct stat what {};
            if (::fstatat(fd, file, &what, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(what.st_mode)) return;
            total.bytes += static_cast<std::uint64_t>(what.st_size);
            if (std::string_view{file}.ends_with(".sqlite3")) ++total.users;
        });
    return entries;
}

}  // namespace

std::optional<UsersTotal> UsersCount::step(std::chrono::steady_clock::time_point now) {
    if (!under_way_) {
        if (begun_ && now - *begun_ < pause_) return std::nullopt;
        begun_ = now;
        found_ = {};
        under_way_ = true;
        each_in(folder_, [&](const char* name, int) { to_do_.emplace_back(name); });
    }
    for (std::size_t entries = 0; entries < kEntriesPerStep && !to_do_.empty(); to_do_.pop_back())
        entries += add_folder(folder_ + "/" + to_do_.back(), found_);
    if (!to_do_.empty()) return std::nullopt;
    under_way_ = false;
    to_do_.shrink_to_fit();
    return found_;
}

}  // namespace arq::watch
