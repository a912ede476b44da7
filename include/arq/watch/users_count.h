// SPDX-License-Identifier: MIT
//
// How many users have a file, and what all of them hold: counted a little at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace arq::watch {

struct UsersTotal {
    std::uint64_t users = 0;
    std::uint64_t bytes = 0;  // their logs included
};

class UsersCount {
public:
    // `folder` is data/users. A new tour begins no sooner than `pause` after the one before it began.
    UsersCount(std::string folder, std::chrono::seconds pause) : folder_(std::move(folder)), pause_(pause) {}

    // Looks at some of the files (about kEntriesPerStep, or one folder if that holds more). What a whole tour
    // has found, when this step has ended one. Files that come and go meanwhile are no error.
    std::optional<UsersTotal> step(std::chrono::steady_clock::time_point now);

private:
    const std::string folder_;
    const std::chrono::seconds pause_;
    std::optional<std::chrono::steady_clock::time_point> begun_;  // none before the first
    std::vector<std::string> to_do_;
    bool under_way_ = false;
    UsersTotal found_;
};

}  // namespace arq::watch
