// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace load {

struct Options {
    std::string url;  // without a slash at its end
    unsigned connections = 8;
    unsigned users = 100;
    std::optional<std::int64_t> seconds;  // one of the two
    std::optional<std::int64_t> messages;
    std::string key;  // empty: visitors
    bool isolated_check = false;
    std::vector<std::string> allowed;  // "507 storage_full": errors that are counted and no failures
};

// On --help prints the usage and ends with 0; on a wrong call says what is wrong and ends with 2.
Options parse_options(int argc, char** argv);

// The host is 127.0.0.0/8, ::1 or "localhost", the scheme http or https: this program never loads a machine
// other than its own.
bool is_loopback_url(const std::string& url);

}  // namespace load
