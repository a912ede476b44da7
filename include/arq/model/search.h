// SPDX-License-Identifier: MIT
//
// What a search over the past finds, before anybody reads a text. Plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "arq/util/ids.h"

namespace arq::model {

// A part of what was said, in the order in which it was, and where in it the stems stand that were looked
// for. What was learnt is the same, each memory an exchange of its own without an answer and a session.
struct Stretch {
    struct Turn {
        std::uint8_t length = 0;   // stems that tell something; 0: nothing was said
        bool is_labelled = false;  // begins with who speaks: "Anna: …"
    };
    struct Exchange {
        util::Id id = 0;  // the user's message's
        util::Id session = 0;
        Turn said, answered;
    };
    struct Occurrence {
        std::uint16_t turn = 0;  // twice the place of the exchange, plus one in the answer
        std::uint8_t stem = 0;   // which of those looked for
        std::uint8_t count = 0;  // 0: it is in the label alone
    };
    std::vector<Exchange> exchanges;
    std::vector<Occurrence> occurrences;
};

}  // namespace arq::model
