// SPDX-License-Identifier: MIT
//
// Finding phrases in what people wrote, whatever its case and punctuation.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace arq::memory {

// A sentence or clause: its text, its words as they stand in it, and the same folded.
struct Clause {
    std::string_view text;
    std::vector<std::string_view> words;
    std::vector<std::string> folded;
    bool asks = false;  // ends with a question mark
};

// Cut behind . ! ? ; and at line breaks. `message` outlives the clauses.
std::vector<Clause> split_clauses(std::string_view message);

// Whether the phrase's words ("my name is") stand in the clause from word `at` on; gives the number of
// words, 0 where they don't.
std::size_t match_at(const Clause& clause, std::size_t at, std::string_view phrase);

}  // namespace arq::memory
