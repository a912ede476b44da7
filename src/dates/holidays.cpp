// SPDX-License-Identifier: MIT
#include "dates/holidays.h"

#include <array>
#include <string_view>

namespace arq::dates {
namespace {

// How the day is found in a year.
enum class Rule {
    kFixed,       // month, day
    kNthWeekday,  // month, which one (-1: the last), weekday; `shift` days later
    kEaster,      // days from it
    kOrthodoxEaster,
};

struct Holiday {
    std::string_view names;  // folded, without apostrophes, separated by "|"
    Rule rule;
    int month = 0;
    int day = 0;      // or which weekday of the month
    int weekday = 0;  // 0 is Monday
    int shift = 0;    // in days
    int days = 1;     // how long it is
};

constexpr int kMonday = 0;
constexpr int kTuesday = 1;
constexpr int kWednesday = 2;
constexpr int kThursday = 3;
constexpr int kFriday = 4;
constexpr int kSaturday = 5;
constexpr int kSunday = 6;

constexpr std::array kHolidays{
    Holiday{"christmas|christmas day|xmas|xmas day", Rule::kFixed, 12, 25},
    Holiday{"рождество|рождества|рождеству|рождеством", Rule::kFixed, 1, 7},
    Holiday{"christmas eve|xmas eve", Rule::kFixed, 12, 24},
    Holiday{"boxing day", Rule::kFixed, 12, 26},
    Holiday{"new year|new years|new years day|new year day|новый год|нового года|новому году", Rule::kFixed,
            1, 1},
    Holiday{"new years eve|new year eve|канун нового года", Rule::kFixed, 12, 31},
    Holiday{"старый новый год", Rule::kFixed, 1, 14},
    Holiday{"epiphany", Rule::kFixed, 1, 6},
    Holiday{"крещение", Rule::kFixed, 1, 19},
    Holiday{"groundhog day|groundhogs day", Rule::kFixed, 2, 2},
    Holiday{"valentine day|valentines day|день святого валентина", Rule::kFixed, 2, 14},
    Holiday{"день защитника отечества|дня защитника отечества", Rule::kFixed, 2, 23},
    Holiday{"womens day|international womens day|женский день|международный женский день", Rule::kFixed, 3,
            8},
    Holiday{"st patricks day|saint patricks day|st paddys day|saint paddys day|st pattys day", Rule::kFixed,
            3, 17},
    Holiday{"april fools|april fools day|день смеха", Rule::kFixed, 4, 1},
    Holiday{"siblings day|sibling day|national sibling day|national siblings day", Rule::kFixed, 4, 10},
    Holiday{"день космонавтики", Rule::kFixed, 4, 12},
    Holiday{"earth day", Rule::kFixed, 4, 22},
    Holiday{"may day|labour day|international workers day|loyalty day|law day|lei day|день труда",
            Rule::kFixed, 5, 1},
    Holiday{"victory day|день победы|дня победы|дню победы", Rule::kFixed, 5, 9},
    Holiday{"kings day|koningsdag|king day", Rule::kFixed, 4, 27},
    Holiday{"flag day", Rule::kFixed, 6, 14},
    Holiday{"juneteenth", Rule::kFixed, 6, 19},
    Holiday{"russia day|день россии|дня россии", Rule::kFixed, 6, 12},
    Holiday{"canada day", Rule::kFixed, 7, 1},
    Holiday{"independence day|4th of july|fourth of july", Rule::kFixed, 7, 4},
    Holiday{"bastille day", Rule::kFixed, 7, 14},
    Holiday{"день знаний|дню знаний", Rule::kFixed, 9, 1},
    Holiday{"halloween|halloween day|hallowe en|хэллоуин|хеллоуин", Rule::kFixed, 10, 31},
    Holiday{"all saints day", Rule::kFixed, 11, 1},
    Holiday{"день народного единства", Rule::kFixed, 11, 4},
    Holiday{"veterans day|veteran day|armistice day|remembrance day", Rule::kFixed, 11, 11},
    Holiday{"день конституции", Rule::kFixed, 12, 12},
    Holiday{"st nicholas day|saint nicholas day", Rule::kFixed, 12, 6},

    Holiday{"martin luther king day|martin luther kings day|martin luther king jr day|mlk day",
            Rule::kNthWeekday, 1, 3, kMonday},
    Holiday{"presidents day|president day|washingtons birthday|washington birthday", Rule::kNthWeekday, 2, 3,
            kMonday},
    Holiday{"mothers day|mother day", Rule::kNthWeekday, 5, 2, kSunday},
    Holiday{"день матери|дню матери", Rule::kNthWeekday, 11, -1, kSunday},
    Holiday{"memorial day|decoration day", Rule::kNthWeekday, 5, -1, kMonday},
    Holiday{"memorial day weekend", Rule::kNthWeekday, 5, -1, kMonday, -2, 3},
    Holiday{"fathers day|father day", Rule::kNthWeekday, 6, 3, kSunday},
    Holiday{"labor day", Rule::kNthWeekday, 9, 1, kMonday},
    Holiday{"labor day weekend", Rule::kNthWeekday, 9, 1, kMonday, -2, 3},
    Holiday{"grandparents day|national grandparents day", Rule::kNthWeekday, 9, 1, kMonday, 6},
    Holiday{"columbus day|indigenous peoples day", Rule::kNthWeekday, 10, 2, kMonday},
    Holiday{"день учителя", Rule::kFixed, 10, 5},
    Holiday{"thanksgiving|thanksgiving day|день благодарения", Rule::kNthWeekday, 11, 4, kThursday},
    Holiday{"black friday|черная пятница|черную пятницу", Rule::kNthWeekday, 11, 4, kThursday, 1},
    Holiday{"small business saturday", Rule::kNthWeekday, 11, 4, kThursday, 2},
    Holiday{"cyber monday", Rule::kNthWeekday, 11, 4, kThursday, 4},
    Holiday{"giving tuesday", Rule::kNthWeekday, 11, 4, kThursday, 5},
    Holiday{"administrative professionals day|administrative professional day|admins day|admin "
            "day|secretaries day",
            Rule::kNthWeekday, 4, -1, kSaturday, -3},
    Holiday{
        "daylight saving start|daylight savings start|daylight saving start day|daylight savings start day",
        Rule::kNthWeekday, 3, 2, kSunday},
    Holiday{"daylight saving end|daylight savings end|daylight saving end day|daylight savings end day",
            Rule::kNthWeekday, 11, 1, kSunday},

    Holiday{"easter|easter sunday|easter day", Rule::kEaster},
    Holiday{"good friday|great friday", Rule::kEaster, 0, 0, 0, -2},
    Holiday{"maundy thursday|holy thursday|covenant thursday|thursday of mysteries|sheer thursday",
            Rule::kEaster, 0, 0, 0, -3},
    Holiday{"holy saturday|easter saturday|easter eve", Rule::kEaster, 0, 0, 0, -1},
    Holiday{"easter monday", Rule::kEaster, 0, 0, 0, 1},
    Holiday{"palm sunday", Rule::kEaster, 0, 0, 0, -7},
    Holiday{"ash wednesday", Rule::kEaster, 0, 0, 0, -46},
    Holiday{"shrove tuesday|pancake day|pancake tuesday|mardi gras|fat tuesday", Rule::kEaster, 0, 0, 0, -47},
    Holiday{"shrove monday", Rule::kEaster, 0, 0, 0, -48},
    Holiday{"lent", Rule::kEaster, 0, 0, 0, -46, 46},
    Holiday{"ascension day|ascension thursday", Rule::kEaster, 0, 0, 0, 39},
    Holiday{"pentecost|whit sunday|white sunday", Rule::kEaster, 0, 0, 0, 49},
    Holiday{"whit monday|pentecost monday|monday of the holy spirit", Rule::kEaster, 0, 0, 0, 50},
    Holiday{"trinity sunday", Rule::kEaster, 0, 0, 0, 56},
    Holiday{"corpus christi", Rule::kEaster, 0, 0, 0, 60},
    Holiday{"orthodox easter|orthodox easter sunday|пасха|пасху|пасхи|пасхе", Rule::kOrthodoxEaster},
    Holiday{"orthodox easter monday", Rule::kOrthodoxEaster, 0, 0, 0, 1},
    Holiday{"orthodox good friday|orthodox great friday|страстная пятница", Rule::kOrthodoxEaster, 0, 0, 0,
            -2},
    Holiday{"orthodox palm sunday|вербное воскресенье", Rule::kOrthodoxEaster, 0, 0, 0, -7},
    Holiday{"lazarus saturday", Rule::kOrthodoxEaster, 0, 0, 0, -8},
    Holiday{"clean monday|orthodox shrove monday|orthodox ash monday|чистый понедельник",
            Rule::kOrthodoxEaster, 0, 0, 0, -48},
    Holiday{"масленица|масленицу|масленицы|масленичная неделя", Rule::kOrthodoxEaster, 0, 0, 0, -55, 7},
    Holiday{"троица|троицу|троицы", Rule::kOrthodoxEaster, 0, 0, 0, 49},
};

// Gauss's rule, in the form of Meeus, Jones and Butcher.
LocalDays easter(int year) {
    const int a = year % 19;
    const int b = year / 100;
    const int c = year % 100;
    const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int month = (h + l - 7 * m + 114) / 31;
    return *day_from(year, month, (h + l - 7 * m + 114) % 31 + 1);
}

// By the Julian calendar, which lags behind.
LocalDays orthodox_easter(int year) {
    const int d = (19 * (year % 19) + 15) % 30;
    const int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    const int month = (d + e + 114) / 31;
    const int lag_days = year / 100 - year / 400 - 2;
    return *day_from(year, month, (d + e + 114) % 31 + 1) + Days{lag_days};
}

LocalDays nth_weekday(int year, int month, int which, int weekday) {
    LocalDays day = *day_from(year, month, 1);
    if (which < 0) {
        day = day_of(add(day, 1, Grain::kMonth)) - Days{7};
        which = 1;
    }
    return day + Days{(weekday - weekday_of(day) + 7) % 7 + 7 * (which - 1)};
}

LocalDays first_day(const Holiday& holiday, int year) {
    switch (holiday.rule) {
        case Rule::kFixed:
            return *day_from(year, holiday.month, holiday.day);
        case Rule::kNthWeekday:
            return nth_weekday(year, holiday.month, holiday.day, holiday.weekday);
        case Rule::kEaster:
            return easter(year);
        case Rule::kOrthodoxEaster:
            return orthodox_easter(year);
    }
    return *day_from(year, 1, 1);
}

constexpr std::string_view kWeekdayNames[] = {"monday", "tuesday",  "wednesday", "thursday",
                                              "friday", "saturday", "sunday"};

// A word of a name, where "Fri" may stand for "Friday".
bool is_name_word(const Tokens& tokens, std::size_t at, std::string_view word) {
    if (tokens.is_word(at, word)) return true;
    const Meaning* weekday = tokens.meaning(at, Kind::kWeekday);
    return weekday != nullptr && word == kWeekdayNames[weekday->value];
}

std::size_t skip_name(const Tokens& tokens, std::size_t at, std::string_view name) {
    while (!name.empty()) {
        const std::size_t blank = name.find(' ');
        const std::string_view word = name.substr(0, blank);
        if (tokens.is_mark(at, '-') || (tokens.is_glued_mark(at, '\'') && word != "day")) ++at;
        if (tokens.is_number(at)) {
            // "4th of july"
            if (word != "4th" || tokens[at].value != 4 || !tokens.is_word(at + 1, "th")) return 0;
            at += 2;
        } else {
            if (!is_name_word(tokens, at, word)) return 0;
            ++at;
        }
        if (tokens.is_glued_mark(at, '.') && blank != std::string_view::npos) ++at;   // "St. Patrick's"
        if (tokens.is_glued_mark(at, '\'') && blank != std::string_view::npos) ++at;  // "Presidents' Day"
        name = blank == std::string_view::npos ? std::string_view{} : name.substr(blank + 1);
    }
    return at;
}

}  // namespace

std::optional<HolidayName> find_holiday(const Tokens& tokens, std::size_t at) {
    std::optional<HolidayName> longest;
    if (tokens[at].type == Token::Type::kMark) return longest;
    for (std::size_t row = 0; row < kHolidays.size(); ++row) {
        std::string_view names = kHolidays[row].names;
        while (!names.empty()) {
            const std::size_t bar = names.find('|');
            const std::size_t next = skip_name(tokens, at, names.substr(0, bar));
            if (next > at && (!longest || next > longest->next))
                longest = HolidayName{static_cast<int>(row), next};
            names = bar == std::string_view::npos ? std::string_view{} : names.substr(bar + 1);
        }
    }
    return longest;
}

std::optional<Span> holiday_in(int holiday, int year) {
    if (year < 2 || year > 9998) return std::nullopt;
    const Holiday& row = kHolidays.at(static_cast<std::size_t>(holiday));
    const LocalDays first = first_day(row, year) + Days{row.shift};
    return Span{first, first + Days{row.days}, Grain::kDay, row.days > 1};
}

}  // namespace arq::dates
