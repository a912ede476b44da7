// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dates/parser.h"

namespace arq::dates {
namespace {

// What may stand before a date or between two pieces of one.
constexpr auto kLeads = std::to_array<std::string_view>(
    {"on",    "in",      "at",   "the", "by",       "during",  "around",   "about",          "approximately",
     "circa", "exactly", "just", "for", "starting", "anytime", "sometime", "sometimes",      "from",
     "в",     "во",      "на",   "к",   "ко",       "около",   "примерно", "приблизительно", "ровно",
     "от",    "за",      "под"});
constexpr auto kApproximate = std::to_array<std::string_view>({"around", "about", "approximately", "circa",
                                                               "exactly", "just", "roughly", "the", "около",
                                                               "примерно", "приблизительно", "ровно", "где"});
constexpr auto kBetween =
    std::to_array<std::string_view>({"on", "in", "at", "of", "the", "around", "about", "for", "в", "во", "на",
                                     "к", "ко", "около", "примерно", "ровно"});

}  // namespace

std::size_t Parser::skip_approximate(std::size_t at) const {
    for (int words = 0; words < 2 && tokens_.is_word(at, kApproximate); ++words) ++at;
    if (tokens_.is_mark(at, '~')) ++at;
    return at;
}

std::size_t Parser::skip_lead(std::size_t at) const {
    if (tokens_.is_word(at, kLeads) || tokens_.is_mark(at, '@') || tokens_.is_mark(at, '~')) return at + 1;
    return 0;
}

std::size_t Parser::skip_between(std::size_t at) const {
    if (tokens_.is_mark(at, ',') || tokens_.is_mark(at, '@') || tokens_.is_mark(at, '(')) return at + 1;
    // "mon. 5 May"
    if (tokens_.is_glued_mark(at, '.') && tokens_[at - 1].size_bytes <= 8) return at + 1;
    return tokens_.is_word(at, kBetween) ? at + 1 : 0;
}

bool Parser::is_led_by(std::size_t at, std::initializer_list<std::string_view> words) const {
    for (int passed = 0; passed < 3 && at > 0; ++passed) {
        --at;
        if (tokens_.is_word(at, words)) return true;
        if (!tokens_.is_word(at, kApproximate) && !tokens_.is_mark(at, '~')) return false;
    }
    return false;
}

bool Parser::has_lead(std::size_t at) const {
    return is_led_by(
        at, {"in",    "on",       "since",    "until", "till",    "by",    "before", "after",  "from",
             "of",    "during",   "through",  "to",    "between", "early", "late",   "mid",    "for",
             "end",   "every",    "в",        "во",    "с",       "со",    "до",     "к",      "ко",
             "на",    "за",       "после",    "по",    "от",      "около", "начале", "начала", "конце",
             "конца", "середине", "середины", "концу", "началу",  "под",   "перед"});
}

std::size_t Parser::read_piece(std::size_t at, Fields& fields, int depth) const {
    // A token that means nothing begins nothing.
    const Token& token = tokens_[at];
    if (token.type == Token::Type::kMark ? token.mark != '+' && token.mark != '-' : !token.may_begin)
        return 0;
    using Read = std::size_t (Parser::*)(std::size_t, Fields&) const;
    if (const std::size_t next = read_numeric_date(at, fields)) return next;
    using ReadDeep = std::size_t (Parser::*)(std::size_t, Fields&, int) const;
    constexpr std::array<ReadDeep, 3> kDeep{&Parser::read_offset, &Parser::read_edge, &Parser::read_nth};
    for (const ReadDeep read : kDeep)
        if (const std::size_t next = (this->*read)(at, fields, depth)) return next;
    constexpr std::array<Read, 12> kReads{
        &Parser::read_cycle,     &Parser::read_today, &Parser::read_named_day, &Parser::read_month_day,
        &Parser::read_day_month, &Parser::read_month, &Parser::read_quarter,   &Parser::read_season,
        &Parser::read_weekday,   &Parser::read_clock, &Parser::read_part,      &Parser::read_day_number,
    };
    for (const Read read : kReads)
        if (const std::size_t next = (this->*read)(at, fields)) return next;
    return read_year(at, fields);
}

std::size_t Parser::read_phrase(std::size_t at, Fields& fields, int depth) const {
    constexpr int kMostPieces = 6;
    constexpr int kMostLeads = 3;
    std::size_t behind = 0;
    for (int pieces = 0; pieces < kMostPieces; ++pieces) {
        std::size_t next = 0;
        std::size_t from = at;
        for (int leads = 0; leads <= kMostLeads && next == 0; ++leads) {
            next = read_piece(from, fields, depth);
            if (next > 0) break;
            from = pieces == 0 ? skip_lead(from) : skip_between(from);
            if (from == 0) break;
        }
        if (next == 0) break;
        behind = at = next;
    }
    return behind;
}

}  // namespace arq::dates
