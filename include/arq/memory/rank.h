// SPDX-License-Identifier: MIT
//
// What of the past bears on a message. Pure: candidates in, the best of them out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/model/memory.h"

namespace arq::memory {

// A word that is looked for, and how much it tells: the inverse document frequency of Robertson and
// Sparck Jones as BM25 has it, so a rare word weighs more.
struct Term {
    std::string stem;
    double weight = 1;
};

// The stems of a message that are worth looking for: each once, without function words and greetings,
// at most 64 (a longer message is no better a question).
std::vector<std::string> query_stems(std::string_view message);

double term_weight(std::int64_t messages_with_term, std::int64_t messages);

template <typename T>
struct Ranked {
    T item;
    double score = 0;  // 0 to 1: the share of the query's weight that stands in the text
};

// Best first, of equals the newest; below half of the query's weight nothing is good enough to be
// quoted. Questions are left out (asking again is no answer), and of equal texts all but the newest.
std::vector<Ranked<model::Message>> rank_messages(const std::vector<Term>& query,
                                                  std::vector<model::Message> candidates, std::size_t limit);
std::vector<Ranked<model::Memory>> rank_memories(const std::vector<Term>& query,
                                                 std::vector<model::Memory> candidates, std::size_t limit);

}  // namespace arq::memory
