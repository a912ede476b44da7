// SPDX-License-Identifier: MIT
//
// UTF-8 as people write it: validation, white space, words, and their stems in English and Russian.
// Unicode's tables are utf8proc's, stems are Snowball's (libstemmer). Pure and thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arq::util {

bool is_valid_utf8(std::string_view text);

// Any character of category Cc: U+0000 to U+001F, U+007F to U+009F. `text` must be valid UTF-8.
bool has_control_characters(std::string_view text);

// Without Unicode White_Space at both ends. `text` must be valid UTF-8.
std::string_view trim(std::string_view text);

// The first `limit_bytes` at most, never cutting a character in half.
std::string_view truncate(std::string_view text, std::size_t limit_bytes);

// Runs of letters and digits (with an apostrophe inside a word), as they stand in `text`, which outlives
// them. Ends at the first byte that is no valid UTF-8.
std::vector<std::string_view> split_words(std::string_view text);

// A word in the form in which it is compared: NFC, case folded, ё as е, й kept, ’ as '.
std::string fold_word(std::string_view word);

// split_words() and fold_word() in one: "What’s Ёлка?" -> {"what's", "елка"}.
std::vector<std::string> words(std::string_view text);

// The Snowball stem of a word as words() gives it: Russian rules for Cyrillic, English for Latin
// letters; anything else, and what is longer than 64 bytes, is cut but not stemmed.
std::string stem(std::string_view word);

// words() and stem() in one.
std::vector<std::string> stems(std::string_view text);

enum class Language { kEnglish, kRussian };

// Russian where Cyrillic letters outnumber Latin ones; `fallback` where there are neither.
Language detect_language(std::string_view text, Language fallback);

}  // namespace arq::util
