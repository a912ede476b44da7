// SPDX-License-Identifier: MIT
#include "dates/span.h"

#include <algorithm>

namespace arq::dates {

using namespace std::chrono_literals;
using std::chrono::floor;
using std::chrono::month;
using std::chrono::months;
using std::chrono::year_month_day;
using std::chrono::years;

LocalDays day_of(Instant time) {
    return floor<Days>(time);
}

year_month_day date_of(Instant time) {
    return year_month_day{day_of(time)};
}

int weekday_of(LocalDays day) {
    return static_cast<int>(std::chrono::weekday{day}.iso_encoding()) - 1;
}

std::optional<LocalDays> day_from(int year, int month, int day) {
    if (year < 1 || year > 9999 || month < 1 || day < 1) return std::nullopt;
    const year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return LocalDays{date};
}

Instant floor_to(Instant time, Grain grain) {
    const year_month_day date = date_of(time);
    switch (grain) {
        case Grain::kSecond:
            return time;
        case Grain::kMinute:
            return floor<std::chrono::minutes>(time);
        case Grain::kHour:
            return floor<std::chrono::hours>(time);
        case Grain::kDay:
            return day_of(time);
        case Grain::kWeek:
            return day_of(time) - Days{weekday_of(day_of(time))};
        case Grain::kMonth:
            return LocalDays{date.year() / date.month() / 1};
        case Grain::kQuarter:
            return LocalDays{date.year() / month{(static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1} / 1};
        case Grain::kYear:
            return LocalDays{date.year() / 1 / 1};
    }
    return time;
}

Instant add(Instant time, int count, Grain grain) {
    switch (grain) {
        case Grain::kSecond:
            return time + Seconds{count};
        case Grain::kMinute:
            return time + std::chrono::minutes{count};
        case Grain::kHour:
            return time + std::chrono::hours{count};
        case Grain::kDay:
            return time + Days{count};
        case Grain::kWeek:
            return time + Days{7 * count};
        case Grain::kMonth:
        case Grain::kQuarter:
        case Grain::kYear:
            break;
    }
    const LocalDays day = day_of(time);
    const int in_months = grain == Grain::kMonth ? 1 : (grain == Grain::kQuarter ? 3 : 12);
    year_month_day date = year_month_day{day} + months{count * in_months};
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return LocalDays{date} + (time - day);
}

Span unit_at(Instant time, Grain grain) {
    const Instant from = floor_to(time, grain);
    return {.from = from, .to = add(from, 1, grain), .grain = grain};
}

Grain finer(Grain grain) {
    switch (grain) {
        case Grain::kSecond:
        case Grain::kMinute:
            return Grain::kSecond;
        case Grain::kHour:
            return Grain::kMinute;
        case Grain::kDay:
        case Grain::kWeek:
        case Grain::kMonth:
            return Grain::kDay;
        case Grain::kQuarter:
        case Grain::kYear:
            return Grain::kMonth;
    }
    return grain;
}

}  // namespace arq::dates
