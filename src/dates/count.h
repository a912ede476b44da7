// SPDX-License-Identifier: MIT
//
// Numbers, ordinals and durations among the tokens.
#pragma once

#include <optional>

#include "dates/span.h"
#include "dates/token.h"

namespace arq::dates {

struct Count {
    int value = 0;
    std::size_t next = 0;  // the first token behind it
    bool is_digits = false;
};

// "24", "twenty-four", «двадцать четыре», "two thousand eighteen".
std::optional<Count> read_cardinal(const Tokens& tokens, std::size_t at);

// "24th", "twenty-fourth", «24-го», «двадцать четвёртое».
std::optional<Count> read_ordinal(const Tokens& tokens, std::size_t at);

// "2 weeks", "an hour and a half", "1 day 2 hours", «полтора года», "half an hour".
struct Duration {
    int months = 0;
    int days = 0;
    int seconds = 0;
    Grain finest = Grain::kYear;  // of its units
    std::size_t next = 0;
    bool is_abbreviated = false;  // "5hr"
    bool has_number = false;      // no bare "day"
};
std::optional<Duration> read_duration(const Tokens& tokens, std::size_t at);

// «Минут через десять», «лет пять назад»: the unit before the number says that it is about so many.
std::optional<Duration> read_inverted_duration(const Tokens& tokens, std::size_t at);

Instant shift(Instant time, const Duration& duration, int sign);

// The unit at `at` as grain and factor: a fortnight is two weeks. None where there is none.
struct CalendarUnit {
    Grain grain = Grain::kDay;
    int factor = 1;
};
std::optional<CalendarUnit> read_unit(const Tokens& tokens, std::size_t at);

}  // namespace arq::dates
