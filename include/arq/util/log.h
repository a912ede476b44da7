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

// Where standard error is a file that was renamed or removed since the first call (by rotation), it becomes a
// new one of the same name. The two above do it before each line; a program that may not write one for long
// calls it at its start. Two system calls.
void follow_log();

}  // namespace arq::util
