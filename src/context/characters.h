// SPDX-License-Identifier: MIT
//
// The characters of a text by the classes that tokenizers cut by, coarser than Unicode's beyond Latin and
// Cyrillic letters.
#pragma once

#include <cstddef>
#include <string_view>

namespace arq::context {

enum class Script { kLatin, kCyrillic, kOther };
enum class Class { kNone, kLower, kUpper, kDigit, kBlank, kNewline, kMark };

struct Character {
    char32_t code = 0;
    std::size_t size_bytes = 0;  // 0 at the end of the text
    Class kind = Class::kNone;
    Script script = Script::kOther;

    bool is_letter() const noexcept { return kind == Class::kLower || kind == Class::kUpper; }
    bool is_space() const noexcept { return kind == Class::kBlank || kind == Class::kNewline; }
};

// The character at `at`; a byte that begins no valid UTF-8 is a mark of its own.
Character character_at(std::string_view text, std::size_t at);

}  // namespace arq::context
