// SPDX-License-Identifier: MIT
#include "arq/context/tokens.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "context/characters.h"

namespace arq::context {
namespace {

// All counts are hundredths of a token.
constexpr std::size_t kToken = 100;
constexpr std::size_t kLongest = 16;
constexpr std::size_t kCarePercent = 3;

// Of a word's first 16 letters, by their number (0: none); what a further letter adds.
struct WordCost {
    std::array<std::uint16_t, kLongest + 1> by_length;
    std::uint16_t further;
};

// A piece is a word with the one character before it: a blank, nothing, or a mark. Averages over public
// texts and code that are no part of what the error is measured on, smoothed where such pieces are rare.
enum Before { kBehindBlank, kBehindNothing, kBehindMark };
enum Case { kLower, kCapitalised, kUpper };

// NOLINTNEXTLINE(cppcoreguidelines-avoid-c-arrays): [case][before]
constexpr WordCost kLatin[3][3] = {
    {{{0, 100, 100, 101, 101, 104, 107, 110, 114, 118, 122, 126, 132, 142, 155, 175, 230}, 40},
     {{0, 100, 100, 105, 107, 117, 128, 143, 155, 165, 190, 195, 205, 250, 270, 320, 370}, 42},
     {{0, 104, 112, 120, 122, 126, 140, 153, 158, 178, 203, 224, 246, 262, 290, 340, 380}, 42}},
    {{{0, 100, 100, 103, 107, 118, 127, 133, 150, 155, 160, 172, 182, 195, 210, 260, 300}, 42},
     {{0, 100, 101, 107, 110, 123, 132, 140, 150, 155, 175, 195, 215, 225, 255, 280, 320}, 42},
     {{0, 103, 149, 160, 165, 180, 205, 225, 265, 265, 275, 291, 311, 330, 350, 390, 420}, 45}},
    {{{0, 100, 108, 118, 135, 165, 175, 185, 215, 250, 265, 315, 325, 350, 420, 440, 470}, 50},
     {{0, 100, 101, 131, 153, 170, 190, 240, 250, 280, 290, 318, 335, 375, 420, 440, 470}, 50},
     {{0, 105, 162, 160, 165, 180, 190, 225, 235, 260, 280, 370, 400, 430, 450, 470, 500}, 50}}};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-c-arrays): [case][before]
constexpr WordCost kCyrillic[3][3] = {
    {{{0, 100, 100, 103, 123, 135, 161, 176, 204, 225, 232, 257, 264, 286, 294, 306, 340}, 25},
     {{0, 100, 100, 125, 187, 225, 248, 286, 300, 328, 360, 370, 385, 410, 440, 450, 480}, 30},
     {{0, 130, 135, 200, 200, 260, 270, 330, 356, 390, 400, 440, 440, 450, 460, 480, 500}, 30}},
    {{{0, 100, 111, 125, 185, 222, 265, 298, 326, 360, 385, 390, 400, 410, 420, 440, 460}, 30},
     {{0, 100, 110, 151, 182, 221, 264, 290, 330, 346, 360, 390, 405, 440, 440, 450, 480}, 30},
     {{0, 121, 214, 260, 305, 341, 350, 375, 429, 464, 490, 500, 540, 550, 560, 580, 600}, 30}},
    {{{0, 100, 135, 240, 325, 380, 455, 514, 565, 613, 720, 730, 850, 870, 890, 1000, 1050}, 65},
     {{0, 100, 150, 250, 300, 350, 440, 518, 550, 625, 700, 800, 820, 900, 1000, 1050, 1100}, 65},
     {{0, 120, 200, 300, 400, 430, 550, 600, 700, 720, 780, 830, 880, 930, 1000, 1060, 1110}, 65}}};

// Marks in a row, by their number; a run of the same one is a token up to 32 of them or so.
constexpr std::array<std::uint16_t, 9> kMarks{0, 100, 100, 108, 125, 145, 194, 220, 270};
constexpr std::size_t kFurtherMark = 55;

// A letter of another script beyond a word's first. Not measured on running text: meant to be too much.
std::size_t letter_cost(char32_t code) {
    if (code < 0x250) return 60;                      // an accent inside a Latin word
    if (code < 0x900) return 55;                      // Greek, Armenian, Hebrew, Arabic
    if (code < 0x1100) return 75;                     // India's, Thai, Georgian
    if (code >= 0xAC00 && code <= 0xD7A3) return 80;  // Hangul
    if (code >= 0x3040 && code <= 0x9FFF) return 95;  // Kana, Han
    return 200;
}

struct Reader {
    std::string_view text;
    std::size_t at = 0;
    std::size_t cost = 0;

    Character peek() const { return character_at(text, at); }
    void skip(const Character& character) { at += character.size_bytes; }

    // 's, 're and the like go with the word.
    void skip_contraction() {
        if (at >= text.size() || text[at] != '\'') return;
        const auto letter = [&](std::size_t offset) {
            return at + offset < text.size() ? static_cast<char>(text[at + offset] | 0x20) : '\0';
        };
        const char first = letter(1);
        const char second = letter(2);
        if (std::string_view{"stmd"}.find(first) != std::string_view::npos && first != '\0')
            at += 2;
        else if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                 (first == 'l' && second == 'l'))
            at += 3;
    }

    // Capitals, then small letters: "HTML", "Parser", "HTMLParser" are one piece each.
    void read_word(Before before) {
        std::size_t capitals = 0;
        std::size_t letters = 0;
        std::size_t others = 0;  // their cost
        const Script script = peek().script;
        Case letter_case = kLower;
        bool small = false;
        for (Character next = peek(); next.is_letter(); next = peek()) {
            if (next.kind == Class::kUpper) {
                if (small) break;
                ++capitals;
            } else {
                small = true;
            }
            skip(next);
            if (next.script == Script::kOther)
                others += letter_cost(next.code);
            else
                ++letters;
        }
        if (capitals > 1 || (capitals == 1 && !small && letters > 1))
            letter_case = kUpper;
        else if (capitals == 1)
            letter_case = kCapitalised;
        skip_contraction();
        const WordCost& costs = (script == Script::kCyrillic ? kCyrillic : kLatin)[letter_case][before];
        const std::size_t common = std::min(letters, kLongest);
        std::size_t word = costs.by_length[common] + (letters - common) * costs.further + others;
        if (before == kBehindMark) word = std::max(word, kToken);
        cost += std::max(word, kToken);
    }

    void read_digits() {
        std::size_t digits = 0;
        for (Character next = peek(); next.kind == Class::kDigit && digits < 3; next = peek()) {
            skip(next);
            ++digits;
        }
        cost += kToken;
    }

    void read_marks() {
        const char32_t first = peek().code;
        std::size_t marks = 0;
        std::size_t wide = 0;
        bool is_same = true;
        for (Character next = peek(); next.kind == Class::kMark; next = peek()) {
            is_same = is_same && next.code == first;
            if (next.size_bytes >= 4 || next.code == 0xFFFD || next.code < 0x20)
                ++wide;  // an emoji may be three tokens, and many are one
            else
                ++marks;
            skip(next);
        }
        while (at < text.size() && (text[at] == '\n' || text[at] == '\r' || text[at] == '/')) ++at;
        cost += wide * (2 * kToken);
        if (marks == 0) return;
        const std::size_t common = std::min(marks, kMarks.size() - 1);
        cost += is_same && marks > 3 ? kToken + marks * kToken / 32
                                     : kMarks.at(common) + (marks - common) * kFurtherMark;
    }

    // White space up to its last line break; or all but the last blank, which goes with what follows.
    void read_blanks() {
        std::size_t end = at;
        std::size_t last = at;        // where the last character begins
        std::size_t behind_line = 0;  // behind the last line break
        for (Character next = character_at(text, end); next.is_space(); next = character_at(text, end)) {
            last = end;
            end += next.size_bytes;
            if (next.kind == Class::kNewline) behind_line = end;
        }
        const std::size_t begin = at;
        if (behind_line > 0)
            at = behind_line;
        else if (end < text.size() && last > at)
            at = last;
        else
            at = end;
        cost += kToken + (at - begin) / 16 * 10;
    }

    void read_piece() {
        const Character next = peek();
        if (next.is_letter()) return read_word(kBehindNothing);
        if (next.kind == Class::kDigit) return read_digits();
        const Character second = character_at(text, at + next.size_bytes);
        if (next.kind != Class::kNewline && second.is_letter()) {
            skip(next);
            return read_word(next.code == ' ' ? kBehindBlank : kBehindMark);
        }
        if (next.kind == Class::kMark) return read_marks();
        if (next.code == ' ' && second.kind == Class::kMark) {
            skip(next);
            return read_marks();
        }
        read_blanks();
    }
};

}  // namespace

std::size_t estimate_tokens(std::string_view text) {
    Reader reader{.text = text};
    while (reader.at < text.size()) reader.read_piece();
    // Averages are missed on either side; a window that overflows costs more than one not quite full.
    const std::size_t careful = reader.cost + reader.cost * kCarePercent / 100;
    return text.empty() ? 0 : std::max<std::size_t>(1, (careful + kToken / 2) / kToken);
}

}  // namespace arq::context
