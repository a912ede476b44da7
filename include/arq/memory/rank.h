// SPDX-License-Identifier: MIT
//
// What of the past bears on a message. Pure: hits in, the best of them out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/model/memory.h"
#include "arq/model/search.h"

namespace arq::memory {

// The stems of a message that are worth looking for: each once, without function words and greetings,
// at most 64 (a longer message is no better a question).
std::vector<std::string> query_stems(std::string_view message);

// How much a stem tells: the inverse document frequency of Robertson and Sparck Jones as BM25 has it, so a
// rare word weighs more.
double term_weight(std::int64_t messages_with_term, std::int64_t messages);

// Which stems a text must hold at least one of to be good enough to be quoted (a bit each): the most telling
// ones, as few as it takes. So the frequent ones, which stand in nearly every text, need not be looked up.
std::uint64_t decisive_stems(const std::vector<double>& weights);

template <typename T>
struct Ranked {
    T item;
    double score = 0;  // 0 to 1: the share of the query's weight that stands in the text
};

// Best first, of equals the newest; below half of the query's weight nothing is good enough to be
// quoted. Questions are left out (asking again is no answer), and of equal texts all but the newest.
// `weights` are those of the stems that the hits' bits stand for. `load` is asked for as many texts as it
// takes, in that order; nothing where there is none any more.
std::vector<Ranked<model::Message>> rank_messages(
    const std::vector<double>& weights, const std::vector<model::Hit>& hits, std::size_t limit,
    const std::function<std::optional<model::Message>(util::Id)>& load);
std::vector<Ranked<model::Memory>> rank_memories(
    const std::vector<double>& weights, const std::vector<model::Hit>& hits, std::size_t limit,
    const std::function<std::optional<model::Memory>(util::Id)>& load);

}  // namespace arq::memory
