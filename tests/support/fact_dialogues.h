// SPDX-License-Identifier: MIT
//
// The dialogues of the hand-written set, held with a real assistant over a real store, each by a user of its own.
#pragma once

#include <string>
#include <vector>

#include "support/fact_set.h"

namespace arq::tests {

struct DialogueScore {
    std::size_t claims = 0;  // that the dialogue's end makes of the memory
    std::size_t kept = 0;    // of them
    std::vector<std::string> broken;  // the others, in words

    bool is_whole() const { return kept == claims; }
};

DialogueScore judge_dialogue(const GoldDialogue& gold);

}  // namespace arq::tests
