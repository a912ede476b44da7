// SPDX-License-Identifier: MIT
//
// Lines for the operator on standard error, which the supervisor appends to a file.
// Never what people said, never a key. Thread safe: one write(2) a line.
#pragma once

#include <string_view>

namespace arq::util {

// "2026-11-24T06:00:00.000Z arq-worker[123] error: message\n"
void log_error(std::string_view message);
void log_info(std::string_view message);

// Where standard error is a file that was renamed or removed since (by rotation), it becomes a new one of the
// same name. To be called each second or so by one thread; costs two system calls.
void follow_log();

}  // namespace arq::util
