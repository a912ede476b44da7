// SPDX-License-Identifier: MIT
//
// One pattern of the table to steps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "memory/rule_table.h"

namespace arq::memory {

// What is wrong with a line, and how to mend it.
struct PatternError {
    std::string message;
};

// Words of which a text holds one wherever a pattern matches.
struct Needed {
    std::vector<WordId> words;
    std::uint64_t lists = 0;

    bool empty() const { return words.empty() && lists == 0; }
};

// Appends the pattern's steps to the table's, and its words to the vocabulary. Gives its most telling words;
// empty where there are none. Throws PatternError.
Needed compile_pattern(std::string_view pattern, RuleTable& table);

// The bit of a list by its name without "@"; a new one where `may_add`. Throws PatternError.
unsigned list_number(RuleTable& table, std::string_view name, bool may_add);

// A word of a list or a pattern: "work", or "work~" for all words of its stem.
WordId add_word(RuleTable& table, std::string_view word);

}  // namespace arq::memory
