// SPDX-License-Identifier: MIT
//
// Runs the rules over a message's words. The steps that a rule may take from one word are bounded, so the
// whole is linear in the length of the message.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "memory/rule_table.h"
#include "memory/tokens.h"

namespace arq::memory {

struct Piece {
    std::size_t begin = 0, end = 0;  // words
    Slot slot = Slot::kThing;        // kOf, kList, or any other
};

struct Match {
    const Rule* rule = nullptr;
    std::size_t begin = 0, end = 0;  // words
    std::vector<Piece> pieces;
};

// What a clause goes on with where it leaves its subject out.
enum class Elided : std::uint8_t { kNothing, kSubject, kSubjectAndBe };

struct Reading {
    const RuleTable& table;
    const Tokens& tokens;
    std::vector<bool> clause_starts;  // of each word
    std::vector<Elided> elided;       // of each word
    std::vector<bool> words;          // of the vocabulary: which stand in the text
    std::uint64_t lists = 0;          // and which lists they are of

    // Whether the rule can match anywhere.
    bool has_needed(const Rule& rule) const {
        if (rule.needed == rule.needed_end && rule.needed_lists == 0) return true;
        if ((rule.needed_lists & lists) != 0) return true;
        for (std::uint32_t at = rule.needed; at < rule.needed_end; ++at)
            if (words[table.needed[at]]) return true;
        return false;
    }
};

// The first rule in the table's order that matches from word `at` on, of those that `wanted` lets pass, and
// whose match `take` takes; one that begins with a slot may begin before it, but not before word `floor`. Gives
// where the match ends; 0 where there is none.
template <typename Wanted, typename Take>
std::size_t match_at(const Reading& reading, std::size_t at, std::size_t floor, Wanted wanted, Take take);

// Whether the rule matches from word `at` on.
std::optional<Match> run_rule(const Reading& reading, const Rule& rule, std::size_t at);

// Where a list's items begin and end: "tea, coffee and rum".
std::vector<Piece> split_list(const Reading& reading, const Piece& list);

// Without what is cut off both ends: "a", "too".
Piece trim_piece(const Reading& reading, Piece piece);

template <typename Wanted, typename Take>
std::size_t match_at(const Reading& reading, std::size_t at, std::size_t floor, Wanted wanted, Take take) {
    const RuleTable& table = reading.table;
    const Token& token = reading.tokens.all[at];
    std::size_t word = table.first_of_word[token.word];
    std::size_t word_end = table.first_of_word[token.word + 1U];
    std::size_t stem = table.first_of_word[token.stem];
    std::size_t stem_end = table.first_of_word[token.stem + 1U];
    // Both are in the table's order.
    while (word < word_end || stem < stem_end) {
        const bool takes_word =
            stem == stem_end || (word < word_end && table.rules_of_words[word] <= table.rules_of_words[stem]);
        const std::uint16_t number = table.rules_of_words[takes_word ? word : stem];
        if (!takes_word || (stem < stem_end && table.rules_of_words[stem] == number)) ++stem;
        if (takes_word) ++word;
        const Rule& rule = table.rules[number];
        if (!reading.has_needed(rule) || !wanted(rule)) continue;
        const std::size_t sentence = reading.tokens.sentences[token.sentence].begin;
        const std::size_t earliest =
            rule.has_lead ? std::max({floor, sentence, at - std::min(at, kMostLead)}) : at;
        for (std::size_t begin = earliest; begin <= at; ++begin) {
            const auto match = run_rule(reading, rule, begin);
            if (match && match->end > at && take(*match)) return match->end;
        }
    }
    return 0;
}

}  // namespace arq::memory
