// SPDX-License-Identifier: MIT
//
// The load itself: who speaks, what they say, and what was acknowledged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "failures.h"
#include "http_client.h"
#include "options.h"

namespace load {

struct User {
    Headers identity;                        // the headers that say who is calling
    std::vector<std::int64_t> acknowledged;  // the messages' numbers
};

// The ids and texts of a run's messages, unlike any other run's.
class Script {
public:
    explicit Script(const std::string& run) : run_(run) {}
    std::string id_prefix() const { return "load-" + run_ + "-"; }
    std::string id_of(std::int64_t number) const { return id_prefix() + std::to_string(number); }
    std::string text_of(std::int64_t number) const {
        return "Message " + std::to_string(number) + " of the run " + run_ + ", in case anybody asks.";
    }

private:
    std::string run_;
};

struct RunResult {
    std::vector<double> milliseconds;  // of every acknowledged message, in ascending order
    double seconds = 0;
    std::map<std::string, std::int64_t> refused;  // by what Options::allowed names
};

// Fewer than asked for where making a visitor failed.
std::vector<User> make_users(const Options& options, Failures& failures);

// Posts the messages and fills in each user's `acknowledged`.
RunResult run_load(const Options& options, const Script& script, std::vector<User>& users,
                   Failures& failures);

}  // namespace load
