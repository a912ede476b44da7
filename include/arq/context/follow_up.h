// SPDX-License-Identifier: MIT
//
// Messages that can't be understood without the turn before: "and him?", "what about tomorrow?", «а завтра?»,
// "why?". In English and Russian. Pure, thread safe; nothing is asked of a model. docs/context.md says what
// is understood.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace arq::context {

struct TurnBefore {
    std::string_view message;  // the user's; of a follow-up the completed one, so that they go on
    std::string_view reply;    // may be empty
};

// Whether it is worth fetching the turn before: false of nearly all messages that are complete.
bool may_be_follow_up(std::string_view message);

// What is meant, as a question or text that stands by itself: what the message lacks is taken from the turn
// before, by putting its words into their place in the question asked there or, where none fits, behind what
// was said there. Nothing where the message is complete or the turn before has nothing to give. It is meant
// for looking things up, not for showing.
std::optional<std::string> complete_follow_up(std::string_view message, const TurnBefore& before);

}  // namespace arq::context
