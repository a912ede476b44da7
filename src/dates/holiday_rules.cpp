// SPDX-License-Identifier: MIT
#include "dates/holiday_rules.h"

#include "dates/moon.h"

namespace arq::dates {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

LocalDays day_in(int year, int month, int day) {
    return *day_from(year, month, day);
}

// In the form of Meeus, Jones and Butcher.
LocalDays easter(int year) {
    const int a = year % 19;
    const int b = year / 100;
    const int c = year % 100;
    const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int month = (h + l - 7 * m + 114) / 31;
    return day_in(year, month, (h + l - 7 * m + 114) % 31 + 1);
}

// By the Julian calendar, which lags behind.
LocalDays orthodox_easter(int year) {
    const int d = (19 * (year % 19) + 15) % 30;
    const int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    const int month = (d + e + 114) / 31;
    const int lag_days = year / 100 - year / 400 - 2;
    return day_in(year, month, (d + e + 114) % 31 + 1) + Days{lag_days};
}

LocalDays nth_weekday(int year, int month, int which, int weekday) {
    LocalDays day = day_in(year, month, 1);
    if (which < 0) {
        day = day_of(add(day, 1, Grain::kMonth)) - Days{7};
        which = 1;
    }
    return day + Days{(weekday - weekday_of(day) + 7) % 7 + 7 * (which - 1)};
}

LocalDays workday(LocalDays day) {
    constexpr int kSaturday = 5;
    constexpr int kSunday = 6;
    if (weekday_of(day) == kSaturday) return day - Days{1};
    return weekday_of(day) == kSunday ? day + Days{1} : day;
}

// Days from the Hebrew epoch to the first of Tishri, before the year's length is put right (Dershowitz and
// Reingold, Calendrical Calculations).
long long hebrew_days(long long year) {
    const long long months = (235 * year - 234) / 19;
    const long long parts = 12084 + 13753 * months;
    const long long day = 29 * months + parts / 25920;
    return (3 * (day + 1)) % 7 < 3 ? day + 1 : day;
}

LocalDays tishri(int year) {
    constexpr long long kHebrewYears = 3761;   // of the one that begins in the year 0
    constexpr long long kEpochDays = 2092590;  // from it to 1970
    const long long hebrew = year + kHebrewYears;
    const long long before = hebrew_days(hebrew - 1);
    const long long here = hebrew_days(hebrew);
    const long long after = hebrew_days(hebrew + 1);
    const long long correction = after - here == 356 ? 2 : (here - before == 382 ? 1 : 0);
    return LocalDays{Days{here + correction - kEpochDays}};
}

LocalDays passover(int year) {
    constexpr int kDaysToTishri = 163;
    return tishri(year) - Days{kDaysToTishri};
}

// The 25th of Kislev: Heshvan has 29 or 30 days, as the year has.
LocalDays hanukkah(int year) {
    const int length = static_cast<int>((tishri(year + 1) - tishri(year)).count());
    const bool is_long = length == 355 || length == 385;
    return tishri(year) + Days{is_long ? 84 : 83};
}

LocalDays independence_of_iyar(int year) {
    const LocalDays day = passover(year) + Days{20};
    switch (weekday_of(day)) {
        case 0:
            return day + Days{1};
        case 4:
            return day - Days{1};
        case 5:
            return day - Days{2};
        default:
            return day;
    }
}

// The first of an Islamic month: the day after the evening on which the new moon has been.
LocalDays islamic_month(int islamic_year, int month) {
    constexpr int kEpochDays = 492149;  // from the first of Muharram of the year 1 to 1970
    const int mean_days =
        (islamic_year - 1) * 354 + (3 + 11 * islamic_year) / 30 + 29 * (month - 1) + month / 2;
    const LocalDays mean{Days{mean_days - kEpochDays}};
    constexpr auto kMecca = hours{3};
    constexpr auto kSunset = hours{18};
    return day_of(moon_near(mean - Days{1}, Phase::kNew) + kMecca - kSunset) + Days{2};
}

std::optional<LocalDays> islamic(int year, int month, int day) {
    const int first = static_cast<int>((year - 622) * 33LL / 32) - 1;
    for (int islamic_year = first; islamic_year < first + 4; ++islamic_year) {
        const LocalDays found = islamic_month(islamic_year, month) + Days{day - 1};
        if (static_cast<int>(date_of(found).year()) == year) return found;
    }
    return std::nullopt;
}

// Beijing's day of the second new moon after the winter solstice, the one nearest to the 5th of February.
LocalDays chinese_new_year(int year) {
    return day_of(moon_near(day_in(year, 2, 5), Phase::kNew) + hours{8});
}

constexpr auto kIndia = minutes{330};

// The day whose evening lies in the day of the moon that ends with the phase.
LocalDays indian_evening(LocalDays near, Phase phase) {
    constexpr auto kDusk = minutes{18 * 60 + 30};
    return day_of(moon_near(near, phase) + kIndia - kDusk);
}

constexpr auto kSunrise = hours{6};

LocalDays indian_day(LocalDays near, Phase phase) {
    return day_of(moon_near(near, phase) + kIndia - kSunrise);
}

LocalDays indian_month(LocalDays near) {
    return indian_day(near, Phase::kNew) + Days{1};
}

}  // namespace

std::optional<LocalDays> day_of_rule(const HolidayRule& rule, int year) {
    std::optional<LocalDays> day;
    switch (rule.rule) {
        case Rule::kFixed:
            day = day_in(year, rule.month, rule.day);
            break;
        case Rule::kWorkday:
            day = workday(day_in(year, rule.month, rule.day));
            break;
        case Rule::kNthWeekday:
            day = nth_weekday(year, rule.month, rule.day, rule.weekday);
            break;
        case Rule::kEaster:
            day = easter(year);
            break;
        case Rule::kOrthodoxEaster:
            day = orthodox_easter(year);
            break;
        case Rule::kNewYearOfTishri:
            day = tishri(year) - Days{1};
            break;
        case Rule::kPassover:
            day = passover(year) - Days{1};
            break;
        case Rule::kHanukkah:
            day = hanukkah(year) - Days{1};
            break;
        case Rule::kIndependenceOfIyar:
            day = independence_of_iyar(year) - Days{1};
            break;
        case Rule::kIslamic:
            day = islamic(year, rule.month, rule.day);
            break;
        case Rule::kIslamicLastFriday:
            if ((day = islamic(year, rule.month, 1))) {
                const LocalDays last = *day + Days{28};
                constexpr int kFriday = 4;
                day = last - Days{(weekday_of(last) - kFriday + 7) % 7};
            }
            break;
        case Rule::kChineseNewYear:
            day = chinese_new_year(year);
            break;
        case Rule::kIndianNewMoon:
            day = indian_evening(day_in(year, rule.month, rule.day), Phase::kNew);
            break;
        case Rule::kIndianFullMoon:
            day = indian_evening(day_in(year, rule.month, rule.day), Phase::kFull);
            break;
        case Rule::kIndianFullMoonDay:
            day = indian_day(day_in(year, rule.month, rule.day), Phase::kFull);
            break;
        case Rule::kIndianMonth:
            day = indian_month(day_in(year, rule.month, rule.day));
            break;
    }
    if (day) *day += Days{rule.shift};
    return day;
}

}  // namespace arq::dates
