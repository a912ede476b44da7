// SPDX-License-Identifier: MIT
#include <algorithm>

#include "dates/holidays.h"
#include "dates/parser.h"

namespace arq::dates {
namespace {

constexpr int kPivot = 50;  // '49 is 2049, '50 is 1950

int full_year(int value, int digits) {
    if (digits > 2) return value;
    return value + (value < kPivot ? 2000 : 1900);
}

bool is_year(const Token& token) {
    return token.type == Token::Type::kNumber && token.digits == 4 && token.value >= 1000 &&
           token.value < 3000;
}

bool is_date_taken(const Fields& fields) {
    return fields.month || fields.day || fields.holiday || fields.season || fields.is_weekend ||
           (fields.frame && fields.frame->grain < Grain::kQuarter && fields.counted_in != Grain::kYear);
}

}  // namespace

// "2015-03-03", "3/3/15", "10.12.2013", "14.10.", "2/2013", "4/25", "2014-10".
std::size_t Parser::read_numeric_date(std::size_t at, Fields& fields) const {
    const Token& first = tokens_[at];
    if (!tokens_.is_number(at) || first.digits > 4 || is_date_taken(fields) || fields.year) return 0;
    const char separator = tokens_[at + 1].is_glued ? tokens_[at + 1].mark : '\0';
    if ((separator != '-' && separator != '/' && separator != '.')) return 0;
    // "2012/Aug/10"
    const Meaning* named = tokens_.meaning(at + 2, Kind::kMonth);
    if (named != nullptr && is_year(first) && tokens_.is_glued_mark(at + 3, separator) &&
        tokens_.is_glued_number(at + 4)) {
        fields.year = first.value;
        fields.month = named->value;
        fields.day = tokens_[at + 4].value;
        fields.is_strong = true;
        return at + 5;
    }
    if (named != nullptr && first.digits <= 2 && separator == '-' &&
        tokens_.is_glued_mark(at + 3, separator) && tokens_.is_glued_number(at + 4) &&
        (tokens_[at + 4].digits == 2 || is_year(tokens_[at + 4]))) {
        fields.day = first.value;
        fields.month = named->value;
        fields.year = full_year(tokens_[at + 4].value, tokens_[at + 4].digits);
        fields.is_strong = true;
        return at + 5;
    }
    if (!tokens_.is_glued_number(at + 2)) return 0;
    if (at > 0 && first.is_glued && tokens_[at - 1].type != Token::Type::kWord &&
        tokens_[at - 1].mark != '(' && tokens_[at - 1].mark != '-' && tokens_[at - 1].mark != '"')
        return 0;
    const Token& second = tokens_[at + 2];
    // «в 10.12» is a time
    if (separator == '.' && is_russian_ && is_led_by(at, {"в"}) && !tokens_.is_glued_mark(at + 3, '.'))
        return 0;
    const bool has_third = tokens_.is_glued_mark(at + 3, separator) && tokens_.is_glued_number(at + 4);
    const Token& third = tokens_[at + 4];
    std::size_t next = has_third ? at + 5 : at + 3;
    // A longer chain of numbers is none: "1.2.3.4".
    if ((tokens_.is_glued_mark(next, separator) || tokens_.is_glued_mark(next, '/')) &&
        tokens_.is_glued_number(next + 1))
        return 0;

    const auto set = [&](int year, int month, int day) {
        if (year > 0) fields.year = year;
        fields.month = month;
        if (day > 0) fields.day = day;
    };
    const auto day_and_month = [&](int a, int b) {
        bool is_day_first = reference_.options->order == DayMonthOrder::kDayFirst ||
                            (reference_.options->order == DayMonthOrder::kByLanguage && is_russian_);
        if (separator == '.') is_day_first = true;
        if (a > 12 && b <= 12) is_day_first = true;
        if (b > 12 && a <= 12) is_day_first = false;
        return is_day_first ? std::pair{a, b} : std::pair{b, a};
    };
    const bool is_whole = at == 0 && next >= tokens_.size();
    if (is_year(first)) {
        if (second.digits > 2 || separator == '.') return 0;
        if (has_third && (third.digits > 2 || third.value == 0)) return 0;
        if (!has_third && second.digits != 2 && !is_whole) return 0;
        set(first.value, second.value, has_third ? third.value : 0);
    } else if (first.digits > 2) {
        return 0;
    } else if (has_third) {
        if (second.digits > 2 || (third.digits != 2 && third.digits != 4)) return 0;
        // "1.1.30" is a version, "1-2-30" a row of numbers.
        if (third.digits == 2 && separator == '.' && (first.digits < 2 || second.digits < 2)) return 0;
        if (third.digits == 2 && separator == '-' && !is_whole && !has_lead(at)) return 0;
        const auto [day, month] = day_and_month(first.value, second.value);
        set(full_year(third.value, third.digits), month, day);
    } else if (is_year(second)) {
        if (separator == '-') return 0;
        set(second.value, first.value, 0);
    } else if (second.digits > 2) {
        return 0;
    } else {
        const auto [day, month] = day_and_month(first.value, second.value);
        if (month > 12 || day > 31 || month == 0 || day == 0) return separator == '/' ? at + 3 : 0;
        const bool is_counted = read_unit(tokens_, next).has_value() || tokens_.is_word(next, "of");
        if (is_counted) return 0;
        bool is_date = is_whole || (has_lead(at) && !counts_something(next));
        if (separator == '/' && !is_date)
            is_date = std::max(first.value, second.value) > 12 && std::max(first.value, second.value) != 24 &&
                      !counts_something(next);
        if (separator == '.') {
            const bool has_stop = tokens_.is_glued_mark(next, '.') && next + 1 < tokens_.size();
            if (second.digits != 2 || (!is_russian_ && !tokens_.is_glued_mark(next, '.'))) return 0;
            is_date = is_date || has_stop || tokens_.is_glued_mark(next, '.') || first.digits == 2;
            const bool is_range = tokens_.is_glued_mark(next, '-');
            is_date = is_date && (is_range || !counts_something(next));
            if (is_date && tokens_.is_glued_mark(next, '.')) ++next;
        }
        if (separator == '-' && !is_whole) is_date = false;
        if (!is_date) return 0;
        set(0, month, day);
    }
    fields.is_strong = true;
    // The "T" and the zone of ISO 8601.
    if (tokens_.is_word(next, "t") && tokens_[next].is_glued && tokens_.is_glued_number(next + 1)) {
        ClockTime clock;
        if (std::size_t behind = read_digital(next + 1, clock)) {
            clock.is_ambiguous = false;
            fields.clock = clock;
            next = behind;
            if (tokens_.is_glued_mark(next, '.') && tokens_.is_glued_number(next + 1)) next += 2;
            if (tokens_.is_word(next, "z") && tokens_[next].is_glued) {
                fields.zone_minutes = 0;
                ++next;
            } else if ((tokens_.is_glued_mark(next, '+') || tokens_.is_glued_mark(next, '-')) &&
                       tokens_[next + 1].digits == 2 && tokens_.is_glued_mark(next + 2, ':') &&
                       tokens_[next + 3].digits == 2) {
                const int sign = tokens_[next].mark == '-' ? -1 : 1;
                fields.zone_minutes = sign * (tokens_[next + 1].value * 60 + tokens_[next + 3].value);
                next += 4;
            }
        }
    }
    if (is_russian_ && tokens_.is_word(next, {"г", "года", "году"})) ++next;
    return next;
}

// "the 13th", "13", "first", «тринадцатое».
std::optional<Count> Parser::read_day_of_month(std::size_t at) const {
    if (tokens_.is_word(at, "the")) ++at;
    std::optional<Count> count = read_ordinal(tokens_, at);
    if (!count && tokens_.is_number(at) && tokens_[at].digits <= 2) {
        count = read_cardinal(tokens_, at);
        // "Aug 8:30" is a time.
        if (count && (tokens_.is_glued_mark(count->next, ':') && tokens_.is_glued_number(count->next + 1)))
            return std::nullopt;
    }
    if (!count || count->value < 1) return std::nullopt;
    return count;
}

// ", 2014", "2014 года", "'96", "96", "of 2014".
std::size_t Parser::read_year_of_month(std::size_t at, Fields& fields) const {
    std::size_t next = at;
    if (fields.year) return 0;
    if (tokens_.is_glued_mark(next, '.')) ++next;
    const std::size_t beside = next;  // a short year is no further away: "3 Aug 96"
    if (tokens_.is_mark(next, ',')) ++next;
    if (tokens_.is_word(next, {"of", "in", "в"})) ++next;
    const bool has_apostrophe = tokens_.is_mark(next, '\'') || tokens_.is_mark(next, '?');
    if (has_apostrophe) ++next;
    int year = 0;
    if (is_year(tokens_[next]) && !tokens_.is_glued_mark(next + 1, ':')) {
        year = tokens_[next].value;
    } else if (tokens_.is_number(next) && tokens_[next].digits == 2) {
        const bool may_be_day = !fields.day && !has_apostrophe && tokens_[next].value <= 31;
        const bool is_time =
            (tokens_.is_glued_mark(next + 1, ':') || tokens_.meaning(next + 1, Kind::kMeridiem) != nullptr ||
             tokens_.is_word(next + 1, {"h", "ч", "час", "часов", "часа", "o", "oclock"})) ||
            tokens_.is_mark(next + 1, '-');
        if (may_be_day || is_time || (next > beside && !has_apostrophe)) return 0;
        if (fields.day && !has_apostrophe && counts_something(next + 1)) return 0;
        year = full_year(tokens_[next].value, 2);
    } else if (const auto words = read_cardinal(tokens_, next);
               words && !words->is_digits && words->value >= 1900 && words->value < 2200) {
        fields.year = words->value;
        return words->next;
    } else {
        return 0;
    }
    if (tokens_.is_glued_mark(next + 1, '-') && tokens_.is_glued_number(next + 2)) return 0;
    fields.year = year;
    ++next;
    if (tokens_.is_word(next, {"года", "г", "году", "год"})) ++next;
    return next;
}

// "Feb 13", "march third 2015", "February the 15th", "Dec. 21".
std::size_t Parser::read_month_day(std::size_t at, Fields& fields) const {
    const Meaning* month = tokens_.meaning(at, Kind::kMonth);
    if (month == nullptr || is_date_taken(fields)) return 0;
    std::size_t next = at + 1;
    if (tokens_.is_glued_mark(next, '.')) ++next;
    const std::optional<Count> day = read_day_of_month(next);
    if (!day || (is_russian_ && !tokens_.is_number(next))) return 0;
    if (is_russian_) return 0;  // «марта 5»: the number belongs to what follows
    // "Aug 96" is a month of a year; "May 5pm" an hour.
    if (day->is_digits && day->value > 31 && tokens_[next].digits == 2) return 0;
    if (tokens_.meaning(day->next, Kind::kMeridiem) != nullptr && day->is_digits) return 0;
    fields.month = month->value;
    fields.day = day->value;
    fields.is_strong = true;
    next = day->next;
    if (const std::size_t behind = read_year_of_month(next, fields)) return behind;
    return next;
}

// "13 Feb", "the first of march", "15-го марта 2015 года", «третье марта».
std::size_t Parser::read_day_month(std::size_t at, Fields& fields) const {
    if (is_date_taken(fields)) return 0;
    const std::optional<Count> day = read_day_of_month(at);
    if (!day) return 0;
    std::size_t next = day->next;
    if (tokens_.is_word(next, "day")) ++next;
    if (tokens_.is_word(next, {"of", "числа"})) ++next;
    const Meaning* month = tokens_.meaning(next, Kind::kMonth);
    if (month == nullptr) return 0;
    // "5 may become", "2 march on"
    if (day->is_digits && next == day->next && tokens_.is_word(next, {"may", "march"}) &&
        !tokens_[next].is_capitalised && !tokens_[next].is_glued && counts_something(next + 1))
        return 0;
    fields.month = month->value;
    fields.day = day->value;
    fields.is_strong = true;
    ++next;
    if (const std::size_t behind = read_year_of_month(next, fields)) return behind;
    return tokens_.is_glued_mark(next, '.') && tokens_[next - 1].text.size() <= 8 &&
                   tokens_.is_number(next + 1)
               ? next + 1
               : next;
}

// "March", "October 2014", "next March", "March after next", «в марте».
std::size_t Parser::read_month(std::size_t at, Fields& fields) const {
    if (is_date_taken(fields)) return 0;
    const std::optional<Count> turn = read_turn(at);
    const std::size_t start = turn ? turn->next : at;
    const Meaning* month = tokens_.meaning(start, Kind::kMonth);
    if (month == nullptr) return 0;
    // "32 August" is no month either.
    if (!turn && at > 0 && tokens_.is_number(at - 1) && tokens_[at - 1].digits <= 2) return 0;
    const std::string& name = tokens_[start].text;
    const bool is_long = name.size() > (is_russian_ ? 8 : 4) || name == "june" || name == "july";
    const bool may_be_name = month->value == 3 || month->value == 5 || month->value == 8 ||
                             (!is_russian_ && (month->value == 4 || month->value == 6));
    std::size_t next = start + 1;
    Fields copy = fields;
    copy.month = month->value;
    if (turn && turn->value != kComing) copy.turn = turn->value;
    const std::size_t behind_year = read_year_of_month(next, copy);
    // "August 32" is no day, and hardly a year.
    if (behind_year > 0 && tokens_[next].digits == 2 && tokens_[next].value <= 40) return 0;
    if (behind_year > 0)
        next = behind_year;
    else if (tokens_.is_number(next) && !tokens_.is_glued_mark(next + 1, ':') && !read_day_of_month(next))
        return 0;
    if (const std::size_t behind = tokens_.skip(next, "after next")) {
        copy.turn = 2;
        next = behind;
    }
    if (tokens_.is_word(start, "may") && !tokens_[start].is_capitalised && !turn && behind_year == 0 &&
        !is_led_by(at, {"in", "of", "since", "until", "by"}))
        return 0;
    const bool is_sure = turn || copy.year || has_lead(start) ||
                         (at > 0 && tokens_.is_glued_mark(at - 1, '-') && has_lead(at - 1)) ||
                         (is_long && !may_be_name);
    // A short name is a word of its own only beside something else: "jan", "mar".
    if (!is_sure && !is_long && name != "may" && name != "май") return 0;
    copy.is_strong = copy.is_strong || is_sure;
    fields = copy;
    return next;
}

// "the 15th", "15-го числа", "15 числа", "20 of this month" (which the frame says then).
std::size_t Parser::read_day_number(std::size_t at, Fields& fields) const {
    if (fields.day || fields.month || fields.holiday || (fields.frame && fields.frame->grain < Grain::kMonth))
        return 0;
    std::optional<Count> day = read_ordinal(tokens_, at);
    if (!day) day = read_cardinal(tokens_, at);
    if (!day || day->value < 1 || day->value > 31) return 0;
    std::size_t next = day->next;
    const bool is_ordinal = read_ordinal(tokens_, at).has_value();
    if (tokens_.is_word(next, "day")) ++next;
    // "20th of next month"
    Fields inner;
    if (tokens_.is_word(next, "of") || is_russian_) {
        const std::size_t start = tokens_.is_word(next, {"of", "числа"}) ? next + 1 : next;
        const std::size_t behind = read_cycle(start, inner);
        if (behind > 0 && inner.frame && inner.frame->grain == Grain::kMonth && !fields.frame &&
            (is_ordinal || start > next)) {
            fields.frame = inner.frame;
            fields.day = day->value;
            fields.is_strong = true;
            return behind;
        }
    }
    if (tokens_.is_word(next, "числа") || tokens_.is_word(next, "число")) {
        fields.day = day->value;
        fields.is_strong = true;
        return next + 1;
    }
    if (!is_ordinal || !day->is_digits || counts_something(next)) return 0;
    const bool is_sure =
        fields.weekday || is_led_by(at, {"on", "by", "until", "till", "before", "after", "since", "from"});
    if (!is_sure && !is_russian_ && !is_led_by(at, {"the", "to", "and", "between"})) return 0;
    fields.day = day->value;
    fields.is_strong = fields.is_strong || is_sure;
    return next;
}

// "in 2014", «в 2014 году».
std::size_t Parser::read_year(std::size_t at, Fields& fields) const {
    if (fields.year || fields.frame || (fields.day && !fields.month)) return 0;
    if (fields.clock && !fields.month) return 0;
    int year = 0;
    std::size_t next = at + 1;
    if (is_year(tokens_[at]))
        year = tokens_[at].value;
    else if (const auto words = read_cardinal(tokens_, at);
             words && !words->is_digits && words->value >= 1900 && words->value < 2200) {
        year = words->value;
        next = words->next;
    } else {
        return 0;
    }
    if (tokens_[next].is_glued &&
        (tokens_[next].mark == '-' || tokens_[next].mark == '/' || tokens_[next].mark == ':') &&
        tokens_[next + 1].is_glued)
        return 0;
    // «в 2025-м»
    if (const auto ordinal = read_ordinal(tokens_, at); ordinal && is_russian_ && ordinal->value == year)
        next = ordinal->next;
    const bool has_word = tokens_.is_word(next, {"год", "года", "году", "годом", "г"});
    if (has_word) ++next;
    const bool fits_others = fields.month || fields.holiday || fields.season;
    const bool is_led =
        (is_russian_ && is_led_by(at, {"в", "с", "до", "по"}) && year >= 1900 && year < 2100) ||
        is_led_by(at, {"in", "since", "until", "till", "before", "after", "by", "from", "through", "during",
                       "к", "после"});
    if (!fits_others && !has_word && (!is_led || year < 1800 || year > 2199 || counts_something(next)))
        return 0;
    fields.year = year;
    fields.is_strong = true;
    return next;
}

// "next", "the last", «в следующую».
std::optional<Count> Parser::read_turn(std::size_t at) const {
    if (tokens_.is_word(at, "the")) ++at;
    const Meaning* turn = tokens_.meaning(at, Kind::kTurn);
    if (turn == nullptr) return std::nullopt;
    return Count{turn->value, at + 1};
}

// "Friday", "next Friday", "this Fri.", "Friday after next", «в прошлую пятницу».
std::size_t Parser::read_weekday(std::size_t at, Fields& fields) const {
    if (fields.weekday) return 0;
    const std::optional<Count> turn = read_turn(at);
    const std::size_t start = turn ? turn->next : at;
    const Meaning* weekday = tokens_.meaning(start, Kind::kWeekday);
    if (weekday == nullptr) return 0;
    // «через две пятницы»: of many
    if (fields.is_empty() && at > 0 && !turn && read_cardinal(tokens_, at - 1)) return 0;
    const std::string& name = tokens_[start].text;
    const bool is_long = name.size() > (is_russian_ ? 5 : 4);
    // "I sat", "the sun"
    if (!is_long && (name == "sat" || name == "sun" || name == "wed") && !tokens_[start].is_capitalised &&
        at > 0)
        return 0;
    std::size_t next = start + 1;
    // "Mondays" are many of them.
    if (is_long && !is_russian_ && name.ends_with("s") && !tokens_.is_word(next, {"morning", "evening"})) {
        const bool is_possessive = tokens_[start].size_bytes > name.size();
        if (!is_possessive) return 0;
    }
    fields.weekday = weekday->value;
    if (turn && turn->value != kComing) fields.turn = turn->value;
    if (const std::size_t behind = tokens_.skip(next, "after next")) {
        fields.turn = 2;
        next = behind;
    }
    if (!is_long && tokens_.is_glued_mark(next, '.')) ++next;
    fields.is_strong =
        fields.is_strong || is_long || turn || is_led_by(start, {"on", "в", "во", "до", "с", "by", "since"});
    return next;
}

// "3rd quarter", "Q3", «в третьем квартале».
std::size_t Parser::read_quarter(std::size_t at, Fields& fields) const {
    if (is_date_taken(fields)) return 0;
    int quarter = 0;
    std::size_t next = 0;
    if (tokens_.is_word(at, "q") && tokens_.is_glued_number(at + 1)) {
        quarter = tokens_[at + 1].value;
        next = at + 2;
    } else if (const auto ordinal = read_ordinal(tokens_, at)) {
        const auto unit = read_unit(tokens_, ordinal->next);
        if (!unit || unit->grain != Grain::kQuarter) return 0;
        quarter = ordinal->value;
        next = ordinal->next + 1;
    }
    if (quarter < 1 || quarter > 4) return 0;
    Fields copy = fields;
    const std::size_t behind = read_year_of_month(next, copy);
    Fields named;
    std::size_t behind_frame = 0;
    if (behind == 0) {
        const std::size_t start = tokens_.is_word(next, "of") ? next + 1 : next;
        behind_frame = read_cycle(start, named);
        if (behind_frame > 0 && (!named.frame || named.frame->grain != Grain::kYear)) behind_frame = 0;
    }
    int year = static_cast<int>(date_of(reference_.now).year());
    if (behind > 0) {
        year = *copy.year;
        next = behind;
    } else if (behind_frame > 0) {
        year = static_cast<int>(date_of(named.frame->from).year());
        next = behind_frame;
    } else if (fields.year) {
        year = *fields.year;
    }
    const auto first = day_from(year, quarter * 3 - 2, 1);
    if (!first) return 0;
    fields.year.reset();
    fields.frame = unit_at(*first, Grain::kQuarter);
    fields.is_strong = true;
    return next;
}

// "this summer", "in spring", «прошлым летом», "next weekend".
std::size_t Parser::read_season(std::size_t at, Fields& fields) const {
    if (fields.month || fields.day || fields.holiday || fields.season || fields.is_weekend) return 0;
    const std::optional<Count> turn = read_turn(at);
    std::size_t start = turn ? turn->next : at;
    const Meaning* season = tokens_.meaning(start, Kind::kSeason);
    const Meaning* weekend = tokens_.meaning(start, Kind::kWeekend);
    // "week-end"
    if (tokens_.is_word(start, "week") && tokens_.is_mark(start + 1, '-') &&
        tokens_.is_word(start + 2, {"end", "ends"})) {
        start += 2;
        if (fields.frame && fields.frame->grain < Grain::kWeek) return 0;
        fields.is_weekend = true;
    } else if (weekend != nullptr) {
        if (fields.frame && fields.frame->grain < Grain::kWeek) return 0;
        fields.is_weekend = true;
    } else if (season != nullptr) {
        if (fields.frame && fields.frame->grain < Grain::kYear) return 0;
        // "I fall", "a spring": only what is said to be a season.
        const std::string& name = tokens_[start].text;
        const bool is_adverb = name == "летом" || name == "зимой" || name == "весной" || name == "осенью";
        if (const std::size_t behind = turn ? 0 : read_year_of_month(start + 1, fields)) {
            fields.season = season->value;
            fields.is_strong = true;
            return behind;
        }
        if (!turn && !is_adverb && !has_lead(start) && (name == "fall" || name == "spring" || name == "лет"))
            return 0;
        fields.season = season->value;
        fields.is_strong = fields.is_strong || turn || is_adverb || has_lead(start) || is_led_by(at, {"the"});
        if (turn && turn->value != kComing) fields.turn = turn->value;
        return start + 1;
    } else {
        return 0;
    }
    if (turn && turn->value != kComing) fields.turn = turn->value;
    fields.is_strong = fields.is_strong || turn ||
                       is_led_by(start, {"on", "over", "during", "the", "at", "в", "на", "к", "до", "после"});
    return start + 1;
}

std::size_t Parser::read_named_day(std::size_t at, Fields& fields) const {
    if (is_date_taken(fields) || fields.weekday) return 0;
    const std::optional<Count> turn = read_turn(at);
    const auto name = find_holiday(tokens_, turn ? turn->next : at);
    if (!name) return 0;
    fields.holiday = name->holiday;
    if (turn && turn->value != kComing) fields.turn = turn->value;
    fields.is_strong = true;
    if (const std::size_t behind = read_year_of_month(name->next, fields)) return behind;
    return name->next;
}

}  // namespace arq::dates
