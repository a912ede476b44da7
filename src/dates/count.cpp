// SPDX-License-Identifier: MIT
#include "dates/count.h"

#include <algorithm>
#include <array>

namespace arq::dates {
namespace {

std::optional<int> number_word(const Tokens& tokens, std::size_t at) {
    if (const Meaning* meaning = tokens.meaning(at, Kind::kNumber)) return meaning->value;
    return std::nullopt;
}

// "twenty" and "five" may be joined by a hyphen.
std::size_t skip_hyphen(const Tokens& tokens, std::size_t at) {
    return tokens.is_glued_mark(at, '-') && tokens[at + 1].is_glued ? at + 1 : at;
}

// The endings that make an ordinal of digits: "24th", «24го», «24-го».
bool is_ordinal_ending(const Tokens& tokens, std::size_t at) {
    return tokens[at].is_glued &&
           tokens.is_word(at, {"st", "nd", "rd", "th", "го",  "ого", "его", "ое", "е",  "й", "ый",
                               "ий", "я",  "ая", "му", "ому", "ему", "м",   "ом", "ем", "ю", "ую"});
}

struct UnitRow {
    Unit unit;
    Grain grain;
    int factor;
};
constexpr std::array kUnits{
    UnitRow{kSecondUnit, Grain::kSecond, 1},  UnitRow{kMinuteUnit, Grain::kMinute, 1},
    UnitRow{kHourUnit, Grain::kHour, 1},      UnitRow{kDayUnit, Grain::kDay, 1},
    UnitRow{kWeekUnit, Grain::kWeek, 1},      UnitRow{kFortnightUnit, Grain::kWeek, 2},
    UnitRow{kMonthUnit, Grain::kMonth, 1},    UnitRow{kQuarterUnit, Grain::kQuarter, 1},
    UnitRow{kHalfYearUnit, Grain::kMonth, 6}, UnitRow{kYearUnit, Grain::kYear, 1},
    UnitRow{kDecadeUnit, Grain::kYear, 10},   UnitRow{kHalfHourUnit, Grain::kMinute, 30},
};

// A quantity in quarters, so that "half" and "three quarters" are exact.
struct Quantity {
    int quarters = 0;
    std::size_t next = 0;
    bool is_number = true;
};

std::optional<Quantity> read_fraction(const Tokens& tokens, std::size_t at) {
    // "1/2", "3/4", "1.5", "2,5"
    if (tokens.is_number(at) && tokens.is_glued_number(at + 2)) {
        const int first = tokens[at].value;
        const int second = tokens[at + 2].value;
        if (tokens.is_glued_mark(at + 1, '/') && (second == 2 || second == 4) && first < second)
            return Quantity{first * 4 / second, at + 3};
        if ((tokens.is_glued_mark(at + 1, '.') || tokens.is_glued_mark(at + 1, ',')) && second == 5 &&
            tokens[at + 2].digits == 1 && first >= 0 && first <= 1000)
            return Quantity{first * 4 + 2, at + 3};
    }
    // "half an hour", "half hour"
    if (tokens.meaning(at, Kind::kHalf) != nullptr) {
        if (tokens.is_word(at + 1, {"a", "an"})) return Quantity{2, at + 2};
        return Quantity{2, at + 1};
    }
    if (tokens.is_word(at, {"полтора", "полторы"})) return Quantity{6, at + 1};
    // "three-quarters of an hour", "a quarter of an hour"
    const std::optional<Count> count = read_cardinal(tokens, at);
    std::size_t next = count ? skip_hyphen(tokens, count->next) : at + 1;
    if (count ? count->value < 4 : tokens.is_word(at, "a")) {
        if (!tokens.is_word(next, {"quarter", "quarters"})) return std::nullopt;
        for (const std::string_view words : {"of an", "of a"})
            if (const std::size_t behind = tokens.skip(next + 1, words))
                return Quantity{count ? count->value : 1, behind};
    }
    return std::nullopt;
}

std::optional<Quantity> read_quantity(const Tokens& tokens, std::size_t at) {
    if (auto fraction = read_fraction(tokens, at)) return fraction;
    if (const std::optional<Count> count = read_cardinal(tokens, at)) {
        if (count->value > 10000) return std::nullopt;
        std::size_t next = count->next;
        int quarters = count->value * 4;
        if (const std::size_t behind = tokens.skip(next, "and a half")) {
            quarters += 2;
            next = behind;
        }
        if (tokens.is_word(next, "more")) ++next;
        return Quantity{quarters, next};
    }
    // "a", "a few", "a couple of", «пару»
    std::size_t next = at;
    const Meaning* amount = tokens.meaning(next, Kind::kAmount);
    if (amount == nullptr) return std::nullopt;
    int value = amount->value;
    if (const Meaning* second = tokens.meaning(++next, Kind::kAmount); second != nullptr && value == 1) {
        value = second->value;
        ++next;
    }
    if (tokens.is_word(next, "of") && value > 1) ++next;
    if (tokens.is_word(next, "more")) ++next;
    return Quantity{value * 4, next, true};
}

void add_units(Duration& duration, int quarters, CalendarUnit unit) {
    const int count = quarters * unit.factor;
    switch (unit.grain) {
        case Grain::kSecond:
            duration.seconds += count / 4;
            break;
        case Grain::kMinute:
            duration.seconds += count * 15;
            break;
        case Grain::kHour:
            duration.seconds += count * 15 * 60;
            break;
        case Grain::kDay:
            duration.days += count / 4;
            duration.seconds += count % 4 * 6 * 3600;
            break;
        case Grain::kWeek:
            duration.days += count * 7 / 4;
            break;
        case Grain::kMonth:
            duration.months += count / 4;
            duration.days += count % 4 * 30 / 4;
            break;
        case Grain::kQuarter:
            duration.months += count * 3 / 4;
            break;
        case Grain::kYear:
            duration.months += count * 3;
            break;
    }
    // What is no whole number of them is exact to the next finer one.
    const Grain grain = count % 4 == 0 ? unit.grain : finer(unit.grain);
    duration.finest = std::min(duration.finest, grain);
}

}  // namespace

std::optional<Count> read_cardinal(const Tokens& tokens, std::size_t at) {
    if (tokens.is_number(at)) {
        if (tokens[at].value < 0) return std::nullopt;
        return Count{tokens[at].value, at + 1, true};
    }
    const std::optional<int> first = number_word(tokens, at);
    if (!first || *first == 100) return std::nullopt;
    int total = 0;
    int group = *first;
    std::size_t next = at + 1;
    int least = group >= 20 && group < 100 ? 10 : (group >= 1000 ? 1000 : 1);  // what follows is smaller
    if (group < 1000 && tokens.meaning(next, Kind::kNumber) != nullptr &&
        *number_word(tokens, next) == 1000) {
        total = group * 1000;
        group = 0;
        ++next;
        least = 1000;
    } else if (group == 1000) {
        total = 1000;
        group = 0;
    }
    if (total > 0 && tokens.is_word(next, "and")) ++next;
    for (int words = 0; words < 3; ++words) {
        const std::size_t behind = skip_hyphen(tokens, next);
        const std::optional<int> value = number_word(tokens, behind);
        if (!value || *value >= least || *value == 0) break;
        group += *value;
        least = *value == 100 ? 100 : (*value >= 20 && *value < 100 ? 10 : 1);
        next = behind + 1;
    }
    return Count{total + group, next, false};
}

std::optional<Count> read_ordinal(const Tokens& tokens, std::size_t at) {
    if (tokens.is_number(at)) {
        if (tokens[at].value < 0) return std::nullopt;
        if (is_ordinal_ending(tokens, at + 1)) return Count{tokens[at].value, at + 2, true};
        if (tokens.is_glued_mark(at + 1, '-') && is_ordinal_ending(tokens, at + 2))
            return Count{tokens[at].value, at + 3, true};
        return std::nullopt;
    }
    if (const Meaning* ordinal = tokens.meaning(at, Kind::kOrdinal)) return Count{ordinal->value, at + 1};
    const std::optional<int> tens = number_word(tokens, at);
    if (!tens || (*tens != 20 && *tens != 30)) return std::nullopt;
    const std::size_t next = skip_hyphen(tokens, at + 1);
    const Meaning* ones = tokens.meaning(next, Kind::kOrdinal);
    if (ones == nullptr || ones->value > 9) return std::nullopt;
    return Count{*tens + ones->value, next + 1};
}

std::optional<CalendarUnit> read_unit(const Tokens& tokens, std::size_t at) {
    const Meaning* meaning = tokens.meaning(at, Kind::kUnit);
    if (meaning == nullptr) meaning = tokens.meaning(at, Kind::kAbbreviation);
    if (meaning == nullptr) return std::nullopt;
    for (const UnitRow& row : kUnits)
        if (row.unit == meaning->value) return CalendarUnit{row.grain, row.factor};
    return std::nullopt;
}

std::optional<Duration> read_duration(const Tokens& tokens, std::size_t at) {
    constexpr int kMostUnits = 5;
    Duration duration;
    for (int units = 0; units < kMostUnits; ++units) {
        std::size_t next = at;
        if (units > 0) {
            if (tokens.is_mark(next, ',')) ++next;
            if (tokens.is_word(next, {"and", "и"})) ++next;
        }
        std::optional<Quantity> quantity = read_quantity(tokens, next);
        // «час», «неделю»: Russian needs no article.
        if (!quantity && units == 0) quantity = Quantity{4, next, false};
        if (!quantity) break;
        const std::optional<CalendarUnit> unit = read_unit(tokens, quantity->next);
        constexpr int kMostYears = 2000;
        if (!unit || (unit->grain >= Grain::kMonth && quantity->quarters * unit->factor > 4 * kMostYears))
            break;
        if (tokens.meaning(quantity->next, Kind::kUnit) == nullptr) duration.is_abbreviated = true;
        // "3 hours and 5 hours" are two durations.
        if (units > 0 && unit->grain >= duration.finest) break;
        int quarters = quantity->quarters;
        at = quantity->next + 1;
        for (const std::string_view half : {"and a half", "с половиной"}) {
            const std::size_t behind = tokens.skip(at, half);
            if (behind == 0) continue;
            quarters += 2;
            at = behind;
        }
        duration.has_number = duration.has_number || quantity->is_number;
        add_units(duration, quarters, *unit);
        duration.next = at;
    }
    if (duration.next == 0) return std::nullopt;
    return duration;
}

std::optional<Duration> read_inverted_duration(const Tokens& tokens, std::size_t at) {
    const std::optional<CalendarUnit> unit = read_unit(tokens, at);
    if (!unit) return std::nullopt;
    const std::size_t start = tokens.is_word(at + 1, "через") ? at + 2 : at + 1;
    const std::optional<Count> count = read_cardinal(tokens, start);
    if (!count || count->value > 1000) return std::nullopt;
    Duration duration{.next = count->next, .has_number = true};
    add_units(duration, count->value * 4, *unit);
    return duration;
}

Instant shift(Instant time, const Duration& duration, int sign) {
    time = add(time, sign * duration.months, Grain::kMonth);
    return time + sign * (Days{duration.days} + Seconds{duration.seconds});
}

}  // namespace arq::dates
