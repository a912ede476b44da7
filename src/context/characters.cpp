// SPDX-License-Identifier: MIT
#include "context/characters.h"

namespace arq::context {
namespace {

struct Decoded {
    char32_t code;
    std::size_t size_bytes;
};

Decoded decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
    const unsigned char lead = byte(0);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    constexpr Decoded kNoCharacter{0xFFFD, 1};
    if (size == 1) return {lead, 1};
    if (size == 0 || at + size > text.size()) return kNoCharacter;
    char32_t code = lead & (0x7FU >> size);
    for (std::size_t offset = 1; offset < size; ++offset) {
        if ((byte(offset) & 0xC0U) != 0x80) return kNoCharacter;
        code = code << 6 | (byte(offset) & 0x3FU);
    }
    return {code, size};
}

Class class_of_ascii(char32_t code) {
    if (code >= 'a' && code <= 'z') return Class::kLower;
    if (code >= 'A' && code <= 'Z') return Class::kUpper;
    if (code >= '0' && code <= '9') return Class::kDigit;
    if (code == '\n' || code == '\r') return Class::kNewline;
    if (code == ' ' || (code >= '\t' && code <= '\f')) return Class::kBlank;
    return Class::kMark;
}

Class class_of_cyrillic(char32_t code) {
    if (code <= 0x42F) return Class::kUpper;
    if (code <= 0x45F) return Class::kLower;
    if (code >= 0x482 && code <= 0x489) return Class::kMark;
    return code % 2 == 0 ? Class::kUpper : Class::kLower;
}

Class class_of_latin(char32_t code) {
    if (code == 0xD7 || code == 0xF7) return Class::kMark;
    if (code <= 0xFF) return code < 0xDF ? Class::kUpper : Class::kLower;
    return code % 2 == 0 ? Class::kUpper : Class::kLower;
}

bool is_blank(char32_t code) {
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_mark(char32_t code) {
    return code < 0xC0 || (code >= 0x2000 && code <= 0x2BFF) || (code >= 0x3001 && code <= 0x303F) ||
           (code >= 0xFE00 && code <= 0xFE6F) || (code >= 0xFF01 && code <= 0xFF20) || code == 0xFFFD ||
           code >= 0x1F000;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return {};
    const auto [code, size] = decode(text, at);
    Character found{.code = code, .size_bytes = size};
    if (code < 0x80) {
        found.kind = class_of_ascii(code);
        found.script = Script::kLatin;
    } else if (code >= 0x400 && code <= 0x52F) {
        found.kind = class_of_cyrillic(code);
        found.script = Script::kCyrillic;
    } else if (is_blank(code)) {
        found.kind = Class::kBlank;
    } else if (code == 0xAA || code == 0xB5 || code == 0xBA || !is_mark(code)) {
        found.kind = code >= 0xC0 && code <= 0x24F ? class_of_latin(code) : Class::kLower;
    } else {
        found.kind = Class::kMark;
    }
    return found;
}

}  // namespace arq::context
