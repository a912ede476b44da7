// SPDX-License-Identifier: MIT
//
// A canary as data/canary tells of it (src/releases/canary.sh writes it), and what of the pool's minutes is
// compared. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/pool_figures.h"
#include "arq/monitor/canary_judge.h"
#include "arq/util/clock.h"

namespace arq::monitor {

inline constexpr int kCanarySlots = 10;  // the pool's slots, of which a canary has some

// A share of the users that is over.
struct CanaryStep {
    int share = 0;  // slots
    util::Timestamp from, to;
    std::string text;  // what was found
};

struct CanaryState {
    std::string state = "none";  // starting, running, promoting, promoted, aborting, aborted; none: never one
    std::string release, before;
    int share = 0;                 // slots
    util::Timestamp began, since;  // of the canary, of this share
    std::vector<CanaryStep> steps;
    std::string reason;  // why it ended, or what is waited for; may be empty

    bool is_on() const { return state != "none" && state != "promoted" && state != "aborted"; }
};

// Lines that say nothing known are passed over. An empty text: none.
CanaryState parse_canary_state(std::string_view text);

struct CanaryComparison {
    CanarySide canary, production;
    CanaryMoment moment;
    std::chrono::seconds lasted{};  // this step so far, without the minutes in which the pool was off
};

// From where on compare_canary needs the rows of minutes.
util::Timestamp canary_compared_from(const CanaryState& state);

// What both sides did in the whole minutes of this step; where production serves nobody any more, what it did
// beside the canary before. `step` is how long a step lasts.
CanaryComparison compare_canary(const CanaryState& state, const std::vector<model::PoolFigures>& rows,
                                std::chrono::seconds step, util::Timestamp now);

}  // namespace arq::monitor
