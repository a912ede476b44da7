// SPDX-License-Identifier: MIT
//
// What of the past bears on a message. Pure: what a search found goes in, the best of it comes out.
//
// A turn of the dialogue is weighed by BM25 (Robertson and Sparck Jones) over stems, what the user said and
// what was answered each with its own counts, and gets a share of the turns around it: an answer seldom
// repeats the words of what it answers. docs/quality.md says what each part is worth. A later source of
// candidates (vectors of a provider) joins as one more term of Candidate::score.
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
#include "arq/util/clock.h"

namespace arq::memory {

// The stems of a message that are worth looking for: each once, without function words and greetings,
// at most 64 (a longer message is no better a question).
std::vector<std::string> query_stems(std::string_view message);

// What is looked for.
struct Wanted {
    std::size_t stems = 0;   // how many: those that the stretches' occurrences number
    bool asks_when = false;  // asks for a time: what tells one is worth more
    // A time that was asked about, to exclusive: what was said in it, or soon after, is worth more.
    std::optional<util::Timestamp> from, to;
    util::Timestamp now;
};

// Whether a message asks when something was, or will be.
bool asks_when(std::string_view message);

// Leaves of a stretch what was said before a message.
void cut_before(model::Stretch& stretch, util::Id message);

// How much each stem tells: the inverse document frequency as BM25 has it, over the turns of the users'. All
// the same where nothing was said.
std::vector<double> weigh_stems(std::size_t stems, const std::vector<model::Stretch>& said);

struct Candidate {
    util::Id id = 0;  // of the user's message of the exchange
    util::Id session = 0;
    model::Role role = model::Role::kUser;
    double score = 0;  // 0 for nothing; about 1 where all that was looked for stands in the turn
    double share = 0;  // 0 to 1: the share of the weights that stands in the turn itself
};

enum class Roles { kUser, kBoth };

// Of the turns that bear on what is wanted, and hold at least that share of it themselves, the best `limit`,
// best first, before anybody has read them. Of equals the newest first.
std::vector<Candidate> find_candidates(const Wanted& wanted, const std::vector<model::Stretch>& said,
                                       Roles roles, double least_share, std::size_t limit);

template <typename T>
struct Ranked {
    T item;
    double score = 0;  // 0 to 1, comparable between messages and memories
};

struct Choice {
    std::size_t limit = 3;
    // The least share of what is wanted that a text itself has to hold: at half of it, it may be quoted as an
    // answer.
    double least_share = 0.5;
    // Messages that only ask are no answer.
    bool with_questions = false;
};

using LoadMessage = std::function<std::optional<model::Message>(util::Id, model::Role)>;

// Best first. Of equal texts only the first. `load` is asked for about twice as many as are wanted; nothing
// where there is none any more.
std::vector<Ranked<model::Message>> rank_messages(const Wanted& wanted,
                                                  const std::vector<model::Stretch>& said, Roles roles,
                                                  const Choice& choice, const LoadMessage& load);

// The same of memories, by the weights that the messages gave.
std::vector<Ranked<model::Memory>> rank_memories(
    const std::vector<double>& weights, const std::vector<model::Stretch>& learnt, const Choice& choice,
    const std::function<std::optional<model::Memory>(util::Id)>& load);

}  // namespace arq::memory
