// SPDX-License-Identifier: MIT
#include "arq/util/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>

#include "arq/util/clock.h"
#include "arq/util/file.h"

namespace arq::util {
void follow_log() {
    // The name at the first call: later the kernel tells the new name of the same file.
    static const std::string path = [] {
        char name[PATH_MAX];
        struct stat now {};
        const ssize_t length = ::readlink("/proc/self/fd/2", name, sizeof name);
        if (length <= 0 || ::fstat(STDERR_FILENO, &now) != 0 || !S_ISREG(now.st_mode)) return std::string{};
        return std::string{name, static_cast<std::size_t>(length)};
    }();
    struct stat held {};
    struct stat named {};
    if (path.empty() || ::fstat(STDERR_FILENO, &held) != 0) return;
    if (::stat(path.c_str(), &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev)
        return;
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600)};
    // In one step: another thread writes to the old one or to the new one.
    if (file) ::dup2(file.get(), STDERR_FILENO);
}

namespace {

void log_line(std::string_view level, std::string_view message) {
    follow_log();
    std::string line = format_rfc3339(SystemClock{}.now());
    line += ' ';
    line += program_invocation_short_name;
    line += '[';
    line += std::to_string(getpid());
    line += "] ";
    line += level;
    line += ": ";
    line += message;
    line += '\n';
    // A log that can't be written (disk full) must not stop the service.
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace

void log_error(std::string_view message) {
    log_line("error", message);
}
void log_info(std::string_view message) {
    log_line("info", message);
}

}  // namespace arq::util
