// SPDX-License-Identifier: MIT
#include "arq/util/log.h"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "arq/util/clock.h"

namespace arq::util {
namespace {

void log_line(std::string_view level, std::string_view message) {
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
