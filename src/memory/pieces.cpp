// SPDX-License-Identifier: MIT
//
// The pieces of a value that a match has found: lists cut into their items, and what is cut off their ends.
#include "memory/matcher.h"

namespace arq::memory {
namespace {

bool stands_in(const Token& token, KnownList list) {
    return (token.lists & bit_of(list)) != 0;
}

}  // namespace

bool joins_things(const Reading& reading, std::size_t at) {
    const std::vector<Token>& words = reading.tokens.all;
    return stands_in(words[at], KnownList::kJoin) &&
           !(at + 1 < words.size() && stands_in(words[at + 1], KnownList::kPair));
}

std::vector<Piece> split_list(const Reading& reading, const Piece& list) {
    const std::vector<Token>& words = reading.tokens.all;
    std::vector<Piece> items;
    std::size_t begin = list.begin;
    for (std::size_t at = list.begin; at <= list.end; ++at) {
        const bool is_join = at < list.end && joins_things(reading, at);
        const bool is_new =
            at == list.end || (at > begin && words[at].after_comma && !words[at].joined) || is_join;
        if (!is_new) continue;
        const Piece item = trim_piece(reading, {.begin = begin, .end = at});
        if (item.begin < item.end) items.push_back(item);
        begin = is_join ? at + 1 : at;
    }
    return items;
}

Piece trim_piece(const Reading& reading, Piece piece) {
    if (piece.begin >= piece.end) return piece;
    const std::vector<Token>& words = reading.tokens.all;
    const auto cuts = [&](std::size_t at, KnownList list) {
        return stands_in(words[at], list) || stands_in(words[at], KnownList::kSkip);
    };
    while (piece.end > piece.begin + 1 &&
           (cuts(piece.end - 1, KnownList::kTail) || stands_in(words[piece.end - 1], KnownList::kLead)))
        --piece.end;
    while (piece.end > piece.begin + 1 && cuts(piece.begin, KnownList::kLead)) ++piece.begin;
    // "28 октября свадьба": when it is is told beside.
    std::size_t thing = piece.begin;
    while (thing < piece.end && words[thing].is_date) ++thing;
    if (thing < piece.end && piece.slot != Slot::kDate && piece.slot != Slot::kNumber) piece.begin = thing;
    // «по-английски» is one word to its reader.
    while (piece.begin > 0 && words[piece.begin].joined) --piece.begin;
    return piece;
}

}  // namespace arq::memory
