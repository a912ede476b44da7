// SPDX-License-Identifier: MIT
//
// Blocks of the index: of up to 128 exchanges which stems stand where, how long they are and who speaks. Made
// to be asked for a few stems at a time: those are found by bisection, and nothing else of the block is read.
// On disk: change it only with kVersion, and read the older ones on.
//
//     1 byte     kVersion
//     varint     n, how many exchanges
//     varints    their ids, each as what it is beyond the one before
//     varints    sessions: for each run of exchanges its length, then the session as a difference (zigzag)
//     2n bytes   of each what was said, then what was answered: stems that tell something, up to 127; the
//     highest
//                bit: begins with a label
//     varint     t, how many different stems
//     3t bytes   their numbers, rising
//     2t bytes   where the places of each end, counted from the end of this table
//     places     of each stem: varint of (turn - the one before) * 2, plus 1 where a byte follows that says
//     how often
//                (else once). A turn is twice the exchange's place, plus 1 in the answer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/search.h"

namespace arq::store {

// What the index keeps of a text.
struct IndexedText {
    std::vector<std::uint32_t> stems;  // numbers, rising; once for each time that it stands there
    bool is_labelled = false;

    model::Stretch::Turn turn() const;
};

// Stems in the index are numbers of 24 bits, hashes. Two stems of a query and a text have the same one time
// in millions; whoever quotes a text reads it first.
std::uint32_t number_of(std::string_view stem);
// The stem as a part of the label of who speaks.
std::uint32_t label_number_of(std::string_view stem);

// Without function words. Of an immense text the first 4,000 words.
IndexedText index_text(std::string_view text);
// "Anna Maria" of "Anna Maria: I was in Lyon."; empty where a text doesn't begin like that.
std::string_view speaker_of(std::string_view text);

struct IndexedExchange {
    util::Id id = 0;
    util::Id session = 0;
    IndexedText said, answered;
};

inline constexpr std::size_t kMostInBlock = 128;

// How many of the exchanges, from the front, fit into one block: at least one.
std::size_t fit_block(std::span<const IndexedExchange> exchanges);
// Sorted by id, as many as fit.
std::string encode_block(std::span<const IndexedExchange> exchanges);
// The inverse. Both throw Error kStorageDamaged where the block is none.
std::vector<IndexedExchange> decode_block(std::string_view block);
// The numbers of the stems in it, rising.
std::vector<std::uint32_t> stems_of_block(std::string_view block);

// What a search wants, in the numbers of the index.
struct WantedStems {
    explicit WantedStems(const std::vector<std::string>& stems);
    // Whether a number may be one of them.
    bool may_be(std::uint32_t number) const { return (filter[number % 4096 / 64] >> number % 64 & 1U) != 0; }

    std::vector<std::uint32_t> plain, labels;  // of the i-th stem
    std::array<std::uint64_t, 64> filter{};
};

model::Stretch search_block(std::string_view block, const WantedStems& wanted);
// The same of what is in no block yet.
void search_exchange(const IndexedExchange& exchange, const WantedStems& wanted, model::Stretch& stretch);

}  // namespace arq::store
