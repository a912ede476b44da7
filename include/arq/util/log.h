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

}  // namespace arq::util
