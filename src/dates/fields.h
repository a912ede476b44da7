// SPDX-License-Identifier: MIT
//
// What the pieces of a phrase say ("Friday", "the 13th", "at 5", "next week"), put together before it is
// looked up in the calendar.
#pragma once

#include <optional>

#include "dates/lexicon.h"
#include "dates/span.h"

namespace arq::dates {

struct ClockTime {
    int hour = 0;
    int minute = 0;
    int second = 0;
    Grain grain = Grain::kHour;
    bool is_ambiguous = false;  // 1 to 12, and nothing says of which half of the day
};

struct Fields {
    std::optional<int> year;
    std::optional<int> month;
    std::optional<int> day;  // of the month
    std::optional<int> weekday;
    std::optional<int> season;
    std::optional<int> holiday;  // a row of holidays.h
    bool is_weekend = false;
    std::optional<int> turn;          // 1 is "next", of a weekday, month, season, holiday or weekend
    std::optional<Span> frame;        // what is resolved already: "tomorrow", "next week", "in 3 days"
    std::optional<Grain> counted_in;  // the frame is a number of weeks, or years, away
    bool is_exact = false;            // the frame is a time as well: "in 5 minutes"
    std::optional<int> part;          // of the day: Part
    std::optional<ClockTime> clock;
    std::optional<int> bare;          // a number that the other end of a range makes a day or an hour
    std::optional<int> zone_minutes;  // of the clock, from UTC
    bool is_strong = false;           // a date wherever it stands; what isn't must be the whole text

    bool has_date() const {
        return year || month || day || weekday || season || holiday || is_weekend || frame;
    }
    bool has_day() const { return day || weekday || holiday || (frame && frame->grain <= Grain::kDay); }
    bool has_time() const { return clock || part || is_exact; }
    bool is_empty() const { return !has_date() && !has_time(); }
};

struct Reference {
    Instant now;
    const Options* options;
    std::optional<Span> day;  // that of times which name none: "on Friday we get up at 7"
};

// None where the calendar has no such time, or where the pieces don't fit together.
std::optional<Span> resolve(const Fields& fields, const Reference& reference);

}  // namespace arq::dates
