// SPDX-License-Identifier: MIT
//
// A text as the parser of dates sees it: words, numbers and marks with what they mean.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dates/lexicon.h"

namespace arq::dates {

struct Token {
    enum class Type : std::uint8_t { kWord, kNumber, kMark };

    Type type = Type::kMark;
    bool is_glued = false;  // nothing stands between it and what is before it
    char mark = 0;  // of a mark: '-' for every dash, '\n' for an end of line, '?' for any beyond ASCII
    std::size_t offset = 0;  // in the text
    std::size_t size_bytes = 0;
    std::string text;             // of a word: folded, without apostrophes: "oclock"
    bool is_capitalised = false;  // of a Latin word
    bool is_upper = false;        // "BOM"
    bool may_begin = false;       // a date may begin with it
    Meanings meanings;            // of a word
    int value = -1;               // of a number; -1 where it has more than nine digits
    int digits = 0;
};

// Ends where the text ends to be UTF-8. "15h30", "3pm", "24го" are several tokens, glued together.
std::vector<Token> tokenise(std::string_view text);

// The tokens, with answers for what lies beyond their ends.
class Tokens {
public:
    explicit Tokens(std::string_view text) : list_(tokenise(text)) {}

    std::size_t size() const { return list_.size(); }
    const Token& operator[](std::size_t at) const { return at < list_.size() ? list_[at] : end_; }

    bool is_word(std::size_t at, std::string_view word) const { return (*this)[at].text == word; }
    bool is_word(std::size_t at, std::span<const std::string_view> words) const;
    bool is_word(std::size_t at, std::initializer_list<std::string_view> words) const {
        return is_word(at, std::span{words.begin(), words.size()});
    }
    bool is_mark(std::size_t at, char mark) const;
    bool is_glued_mark(std::size_t at, char mark) const { return is_mark(at, mark) && (*this)[at].is_glued; }
    bool is_number(std::size_t at) const { return (*this)[at].type == Token::Type::kNumber; }
    bool is_glued_number(std::size_t at) const { return is_number(at) && (*this)[at].is_glued; }
    // Whether a date may begin there: most tokens of a text are none that one would have to look at.
    bool may_begin(std::size_t at) const;
    const Meaning* meaning(std::size_t at, Kind kind) const { return (*this)[at].meanings.of(kind); }
    // Behind the words of `phrase` ("the day after") where they stand from `at` on; else 0.
    std::size_t skip(std::size_t at, std::string_view phrase) const;

private:
    std::vector<Token> list_;
    Token end_;
};

}  // namespace arq::dates
