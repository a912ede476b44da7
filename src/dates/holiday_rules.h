// SPDX-License-Identifier: MIT
//
// How the day of a holiday is found in a year, in the calendars that people keep.
#pragma once

#include <optional>

#include "dates/span.h"

namespace arq::dates {

enum class Rule {
    kFixed,       // month, day
    kWorkday,     // month, day; on Friday or Monday where that is a weekend's
    kNthWeekday,  // month, which one (-1: the last), weekday
    kEaster,
    kOrthodoxEaster,
    kNewYearOfTishri,  // the Hebrew year that begins in that year; days begin with their evening
    kPassover,
    kHanukkah,
    kIndependenceOfIyar,  // 5 Iyar, unless that is near a Sabbath
    kIslamic,             // month, day of the Islamic year, by the new moon of Mecca
    kIslamicLastFriday,   // month
    kChineseNewYear,
    kIndianNewMoon,      // the evening before the new moon nearest to month, day
    kIndianFullMoon,     // likewise
    kIndianFullMoonDay,  // from a morning on
    kIndianMonth,        // the first morning after it
};

struct HolidayRule {
    Rule rule = Rule::kFixed;
    int month = 0;
    int day = 0;
    int weekday = 0;  // 0 is Monday
    int shift = 0;    // days behind what the rule gives
    int days = 1;     // how long it is
};

// None where that year has none: an Islamic year is shorter.
std::optional<LocalDays> day_of_rule(const HolidayRule& rule, int year);

}  // namespace arq::dates
