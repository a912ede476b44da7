// SPDX-License-Identifier: MIT
//
// A message as the rules see it: its words with what stands between them, in sentences, contractions taken
// apart ("I'm" is "i am"), and what in it is quoted.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "memory/vocabulary.h"

namespace arq::memory {

struct Token {
    std::string_view text;          // as it stands in the message; both halves of a contraction have all of it
    WordId word = kNoWord;          // folded
    WordId stem = kNoWord;
    std::uint64_t lists = 0;        // the lists that the word or its stem stands in
    std::uint32_t sentence = 0;
    bool is_capitalised = false;
    bool is_number = false;         // digits only
    bool after_comma = false;       // or a bracket, or a symbol: another clause may begin here
    bool after_dash = false;        // or a colon
    bool joined = false;            // to the word before, by a hyphen
    bool is_quoted = false;         // between quotation marks, in code, behind ">", below an e-mail's head
    bool opens_quote = false;       // the first word of what stands between quotation marks
    bool is_date = false;           // part of words that say when
    bool is_blocked = false;        // by a guard: no statement of the speaker's own begins here
    bool is_wished = false;         // by nothing but a wish or a denial
    bool is_closed = false;         // of what holds no more: "no longer", «больше не»
};

struct Sentence {
    std::size_t begin = 0, end = 0;  // tokens
    bool asks = false;
};

struct Tokens {
    std::vector<Token> all;
    std::vector<Sentence> sentences;
};

// `message` outlives them; it is valid UTF-8 (what is not ends it).
Tokens split_tokens(std::string_view message, const Vocabulary& vocabulary);

}  // namespace arq::memory
