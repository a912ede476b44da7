// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arq::topics {

// A word of a message that may name what it is about.
struct Candidate {
    std::string name;     // as it would be shown: "bicycle", "New York"
    std::string stem;     // of its last word
    double likeness = 1;  // how much it looks like a name or noun rather than a verb or adjective: 0 to 1.25
    int times = 1;        // it stands in the message
};

// In the order of the message, each stem once, at most `limit`; without function words, common verbs and what
// names nothing ("thing", «раз»).
std::vector<Candidate> find_candidates(std::string_view message, std::size_t limit);

// Function words, and the verbs, adjectives and nouns that everybody uses every day: they name no topic.
// `word` as util::fold_word gives it.
bool is_plain_word(std::string_view word);

}  // namespace arq::topics
