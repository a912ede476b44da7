// SPDX-License-Identifier: MIT
//
// One round of arq-watch's probes: GET /health/live at each door of the pool, and at our own nginx as a
// client would. All are asked at once, so that one that hangs doesn't hold up the others.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/watch/coverage.h"
#include "arq/watch/own_nginx.h"

namespace arq::main {

struct Probes {
    std::vector<watch::Answer> slots;      // of all ten
    std::optional<watch::Answer> standby;  // none: it was not asked
    std::optional<watch::Answer> nginx;

    // By a socket's name in run/; nothing where it was not asked.
    std::optional<watch::Answer> at(std::string_view socket) const;
};

struct ProbeTargets {
    std::string run_folder;
    bool has_standby = false;
    // Has none where nginx listens nowhere that is known of: it then counts as refusing.
    bool has_nginx = false;
    std::optional<watch::WebAddress> nginx;
};

// Ends at `deadline`, when all is answered, or as soon as `stop_fd` is readable (-1: never): what is still
// awaited then is silent.
Probes ask(const ProbeTargets& targets, std::chrono::steady_clock::time_point deadline, int stop_fd);

}  // namespace arq::main
