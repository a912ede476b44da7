// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dates/parser.h"

namespace arq::dates {
namespace {

// What may follow "at 5": words that don't say five of what.
constexpr auto kAfterNumber = std::to_array<std::string_view>({"on",
                                                               "in",
                                                               "at",
                                                               "and",
                                                               "or",
                                                               "but",
                                                               "to",
                                                               "for",
                                                               "with",
                                                               "from",
                                                               "until",
                                                               "till",
                                                               "if",
                                                               "when",
                                                               "then",
                                                               "so",
                                                               "because",
                                                               "i",
                                                               "we",
                                                               "you",
                                                               "he",
                                                               "she",
                                                               "it",
                                                               "they",
                                                               "the",
                                                               "my",
                                                               "our",
                                                               "please",
                                                               "sharp",
                                                               "ish",
                                                               "as",
                                                               "that",
                                                               "this",
                                                               "is",
                                                               "was",
                                                               "will",
                                                               "would",
                                                               "works",
                                                               "by",
                                                               "be",
                                                               "before",
                                                               "after",
                                                               "around",
                                                               "about",
                                                               "instead",
                                                               "today",
                                                               "tomorrow",
                                                               "tonight",
                                                               "its",
                                                               "are",
                                                               "there",
                                                               "here",
                                                               "not",
                                                               "no",
                                                               "ok",
                                                               "okay",
                                                               "too",
                                                               "also",
                                                               "approximately",
                                                               "exactly",
                                                               "of"});

// The ends of Russian nouns and adjectives that a number counts: «в 3 магазинах», «в 5 классе», «в 10 раз».
constexpr auto kCountedEndings =
    std::to_array<std::string_view>({"ах", "ях", "ых", "их", "ей", "ов", "м", "раз", "раза", "лет", "ия",
                                     "ок", "ек", "уб", "кг", "км", "грн", "ент", "ус"});
constexpr auto kNotCounted =
    std::to_array<std::string_view>({"нам", "вам", "им", "там", "всем", "вечером", "днем", "утром", "потом",
                                     "у", "их", "ей", "им", "чем", "том"});

bool is_in(std::span<const std::string_view> list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

bool Parser::counts_something(std::size_t at, bool is_place) const {
    const Token& token = tokens_[at];
    if (token.size_bytes == 0) return false;
    if (token.type == Token::Type::kMark) {
        if (token.mark == '%' || token.mark == '$' || token.mark == '#' || token.mark == '?' ||
            token.mark == '*' || token.mark == '+' || token.mark == '=' || token.mark == '/')
            return token.mark != '?' || token.size_bytes > 1;
        // "6.5", "6,000", "5-7": a longer number
        return token.is_glued && tokens_.is_glued_number(at + 1) && token.mark != '(';
    }
    if (token.type == Token::Type::kNumber) return false;
    if (token.is_glued) return true;
    for (const Kind kind : {Kind::kDay, Kind::kPart, Kind::kWeekday, Kind::kMonth, Kind::kTurn,
                            Kind::kMeridiem, Kind::kZone, Kind::kNow})
        if (tokens_.meaning(at, kind) != nullptr && !tokens_.is_word(at, {"дня", "may", "march"}))
            return false;
    if (token.text.empty()) return true;
    const bool is_latin = static_cast<unsigned char>(token.text[0]) < 0x80;
    if (is_latin) return !is_in(kAfterNumber, token.text);
    if (tokens_.meaning(at, Kind::kUnit) != nullptr || tokens_.meaning(at, Kind::kAbbreviation) != nullptr)
        return true;
    if (is_in(kNotCounted, token.text)) return false;
    if (is_place && token.text.ends_with("е") && !token.text.ends_with("те") && token.text.size() > 6)
        return true;
    return std::any_of(kCountedEndings.begin(), kCountedEndings.end(),
                       [&](std::string_view ending) { return token.text.ends_with(ending); });
}

}  // namespace arq::dates
