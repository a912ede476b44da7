// SPDX-License-Identifier: MIT
//
// What a message is about: its keywords in the words of the user, the category of each message, and whether a
// message changes the subject. Pure, thread safe; English and Russian.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/topics/classifier.h"

namespace arq::topics {

// How common the words of a message are in what its user said before.
struct TermCounts {
    struct Term {
        std::string stem;  // as util::stem gives it
        std::int64_t messages = 0;
    };
    std::int64_t messages = 0;  // that were counted; 0: nothing is known, and every word is new
    std::vector<Term> terms;    // a stem that is missing was never said
};

// The stems of a message that may name a topic, each once, at most 32: those that counts are wanted for.
std::vector<std::string> topic_stems(std::string_view message);

// At most three, best first; none where the message names nothing ("ok, thanks"). A topic's name is folded
// but otherwise as it stands in the message; its category is the message's, empty where none is likely; its
// score, 0 to 1, is its share in what the message's words tell (tf·idf against `counts`).
std::vector<model::Topic> find_topics(std::string_view message, const TermCounts& counts,
                                      const Classifier& categories);

// The category of a text, empty where none is likely.
std::string_view find_category(std::string_view text, const Classifier& categories);

// Whether `message` leaves what `before` (the user's messages of the session, the latest last; the last three
// count) was about. Not where it greets, thanks, agrees, or leans on what was said ("and him?"), nor where
// there is nothing before. At first doubt it doesn't: a change told wrongly harms more than one missed.
bool changes_topic(std::string_view message, std::span<const std::string_view> before,
                   const Classifier& categories);

}  // namespace arq::topics
