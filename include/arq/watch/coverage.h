// SPDX-License-Identifier: MIT
//
// Whether everybody is served, from probes of the doors that nginx passes requests to: the ten slots, each a
// tenth of the users, and the standby. Values in, values out.
#pragma once

#include <optional>
#include <vector>

namespace arq::watch {

// How the probe of a door ended, told apart by what nginx would do (nginx-conf/pool.conf).
enum class Answer {
    kGood,     // 200
    kBad,      // another status: that is the client's answer, and nobody else is asked
    kRefused,  // nobody there, no room, or gone before the end of its answer: another door is tried at once
    kSilent,   // not in time; so long a client would wait
};

// Whether a request for any of the slots would be answered. nginx tries a second slot, then the standby,
// which refuses what has failed twice while others answer. `standby`: none where nobody stands by.
bool is_everybody_served(const std::vector<Answer>& slots, std::optional<Answer> standby);

}  // namespace arq::watch
