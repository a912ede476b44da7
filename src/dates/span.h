// SPDX-License-Identifier: MIT
//
// Stretches of the calendar, and steps in it.
#pragma once

#include <chrono>
#include <optional>

#include "arq/dates/dates.h"

namespace arq::dates {

using model::Grain;
using Seconds = std::chrono::seconds;
using Instant = std::chrono::local_seconds;
using Days = std::chrono::days;
using LocalDays = std::chrono::local_days;

struct Span {
    Instant from;
    Instant to;  // exclusive
    Grain grain = Grain::kDay;
    bool is_range = false;
};

// A number of units of time: "3 weeks" is {7 * 3 days as kWeek}. Months and coarser are counted on the
// calendar, all else is exact.
struct Length {
    int count = 0;
    Grain unit = Grain::kDay;
};

// The unit of the grain that `time` lies in. Weeks begin on Monday.
Instant floor_to(Instant time, Grain grain);
Instant add(Instant time, int count, Grain grain);  // the last day of a month stays within its month
Span unit_at(Instant time, Grain grain);            // from floor_to() on

LocalDays day_of(Instant time);
std::chrono::year_month_day date_of(Instant time);
int weekday_of(LocalDays day);                                    // 0 is Monday
std::optional<LocalDays> day_from(int year, int month, int day);  // none where the calendar has no such day

// How exact a time is that lies a number of units away: "in 3 hours" is exact to the minute.
Grain finer(Grain grain);

}  // namespace arq::dates
