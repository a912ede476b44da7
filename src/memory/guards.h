// SPDX-License-Identifier: MIT
//
// What holds for all rules: where in a message no statement of the speaker's own begins, because it is asked,
// supposed, wished, denied, told by somebody else, or said in play; where a clause goes on with the subject of
// the one before; and sentences that say what holds no more ("no longer", «больше не») or correct ("not X but
// Y"), brought into the form in which the rules know them.
#pragma once

#include <vector>

#include "memory/matcher.h"
#include "memory/rule_table.h"
#include "memory/tokens.h"

namespace arq::memory {

// What a correction says is wrong: "Berlin" of "not in Berlin but in Bonn".
struct Replaced {
    std::size_t sentence = 0;
    std::string_view first, last;  // words of the message
};

// Takes the words out that close and correct, marks what is closed.
std::vector<Replaced> rewrite_denials(Tokens& tokens, const RuleTable& table);

// Marks the words that are blocked.
void apply_guards(Tokens& tokens, const RuleTable& table);

// Of tokens that were rewritten and guarded.
Reading read(const RuleTable& table, const Tokens& tokens);

}  // namespace arq::memory
