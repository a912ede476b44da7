// SPDX-License-Identifier: MIT
//
// The grammar: a text's dates are mentions, a mention is a phrase or a range of two, a phrase is pieces side
// by side. Every function that reads something returns the first token behind it, 0 where it isn't there;
// none looks further than a bounded number of tokens.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "dates/count.h"
#include "dates/fields.h"
#include "dates/token.h"

namespace arq::dates {

// What was found from a token on, before it is looked up: a point or the ends of a range.
struct Found {
    std::size_t next = 0;   // the first token behind it
    std::size_t first = 0;  // its first token
    bool is_strong = false;
    std::optional<Instant> from;
    std::optional<Instant> to;
    Grain grain = Grain::kDay;
    bool is_range = false;
};

class Parser {
public:
    Parser(const Tokens& tokens, const Reference& reference, bool is_russian)
        : tokens_(tokens), reference_(reference), is_russian_(is_russian) {}

    // What begins at that token. A mention without ends is none, but its tokens may be passed over.
    std::optional<Found> read_mention(std::size_t at) const;

private:
    // parse_mention.cpp: ranges, and what is open at one end.
    std::optional<Found> read_range(std::size_t at) const;
    std::optional<Found> read_open(std::size_t at) const;
    std::optional<Found> read_lasting(std::size_t at) const;  // "for 10 days from 18 December"
    std::optional<Found> finish_range(std::size_t first, const Fields& from, std::size_t at, bool is_led,
                                      const Fields* day = nullptr) const;
    std::optional<Found> combine(std::size_t first, Fields from, Fields to, std::size_t next, bool is_led,
                                 bool includes_end, const Fields* day = nullptr) const;
    std::optional<Found> read_times_of(std::size_t first, const Fields& day, std::size_t at) const;
    std::size_t read_end(std::size_t at, Fields& fields) const;
    std::size_t skip_repetition(std::size_t at) const;

    // parse_phrase.cpp
    std::size_t read_phrase(std::size_t at, Fields& fields, int depth = 0) const;
    std::size_t read_piece(std::size_t at, Fields& fields, int depth) const;
    std::size_t skip_lead(std::size_t at) const;     // prepositions before the first piece
    std::size_t skip_between(std::size_t at) const;  // what may stand between two pieces
    std::size_t skip_approximate(std::size_t at) const;
    bool has_lead(std::size_t at) const;  // a preposition of time stands before it
    bool is_led_by(std::size_t at, std::initializer_list<std::string_view> words) const;

    // parse_days.cpp: days, months, years.
    std::size_t read_numeric_date(std::size_t at, Fields& fields) const;
    std::size_t read_month(std::size_t at, Fields& fields) const;
    std::size_t read_month_day(std::size_t at, Fields& fields) const;
    std::size_t read_day_month(std::size_t at, Fields& fields) const;
    std::size_t read_day_number(std::size_t at, Fields& fields) const;
    std::size_t read_year(std::size_t at, Fields& fields) const;
    std::size_t read_weekday(std::size_t at, Fields& fields) const;
    std::size_t read_quarter(std::size_t at, Fields& fields) const;
    std::size_t read_season(std::size_t at, Fields& fields) const;
    std::size_t read_named_day(std::size_t at, Fields& fields) const;  // holidays
    std::size_t read_year_of_month(std::size_t at, Fields& fields) const;
    std::optional<Count> read_day_of_month(std::size_t at) const;
    std::optional<Count> read_turn(std::size_t at) const;

    // parse_relative.cpp: what is counted from now, or from another date.
    std::size_t read_today(std::size_t at, Fields& fields) const;
    std::size_t read_offset(std::size_t at, Fields& fields, int depth) const;
    std::size_t read_cycle(std::size_t at, Fields& fields) const;
    std::size_t read_nth(std::size_t at, Fields& fields, int depth) const;
    std::size_t read_edge(std::size_t at, Fields& fields, int depth) const;
    std::size_t read_shifted(std::size_t at, const Duration& duration, Fields& fields, int depth) const;
    std::optional<Span> read_window(std::size_t at, std::size_t& next, int depth) const;
    Span moved(const Duration& duration, int sign) const;

    // parse_clock.cpp: times of the day.
    std::size_t read_clock(std::size_t at, Fields& fields) const;
    std::size_t read_digital(std::size_t at, ClockTime& clock) const;  // 15:30, 15h30
    std::size_t read_hour(std::size_t at, Fields& fields) const;
    std::size_t read_past_hour(std::size_t at, Fields& fields) const;  // half past three, без пяти пять
    std::size_t read_meridiem(std::size_t at, Fields& fields) const;
    std::size_t read_zone(std::size_t at, Fields& fields) const;
    std::size_t read_part(std::size_t at, Fields& fields) const;
    bool counts_something(std::size_t at,
                          bool is_place = true) const;  // what stands behind a bare number: "5 dollars"

    const Tokens& tokens_;
    Reference reference_;
    bool is_russian_;
};

}  // namespace arq::dates
