// SPDX-License-Identifier: MIT
//
// The pool as the supervisor's files in run/ tell it, and the way to tell the supervisor something.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arq::watch {

struct Worker {
    std::string name;  // "1", "c1", "l1", "standby": run/worker-NAME.pid
    pid_t pid = 0;
    // Where it answers: the name of one of its slots' sockets, or the standby's own. Empty where it has none.
    std::string socket;
    std::string variant;  // "production", "canary", "legacy"
    std::uint64_t probes =
        0;  // that reach it in one round: one at each of its slots, or at the standby's socket
};

// The workers that are ready, by their names. Files that come and go meanwhile are no error.
std::vector<Worker> read_pool(const std::string& run_folder);

// What the slots are served by (run/variant): "production" unless it says otherwise.
std::string read_serving(const std::string& run_folder);

// One line into run/control. False where nobody reads there or the pipe is full: to be tried again.
bool tell_supervisor(const std::string& run_folder, std::string_view line);

}  // namespace arq::watch
