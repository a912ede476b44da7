// SPDX-License-Identifier: MIT
#include <algorithm>

#include "dates/parser.h"

namespace arq::dates {

// "3/3/15": two or three numbers, glued together by the same mark.
struct Parser::Figures {
    std::size_t at = 0;
    const Token& first;
    const Token& second;
    const Token* third = nullptr;
    char separator = 0;
    std::size_t next = 0;   // the token behind them
    bool is_whole = false;  // nothing else stands in the text
};

// "2012/Aug/10", "5-May-2015"
std::size_t Parser::read_figures_with_month(std::size_t at, Fields& fields) const {
    const Token& first = tokens_[at];
    const Token& last = tokens_[at + 4];
    const Meaning* month = tokens_.meaning(at + 2, Kind::kMonth);
    if (month == nullptr || !tokens_[at + 2].is_glued ||
        !tokens_.is_glued_mark(at + 3, tokens_[at + 1].mark) || !tokens_.is_glued_number(at + 4))
        return 0;
    const bool is_year_first = is_year(first) && last.digits <= 2;
    if (!is_year_first && (first.digits > 2 || (last.digits != 2 && !is_year(last)))) return 0;
    fields.year = is_year_first ? first.value : full_year(last.value, last.digits);
    fields.month = month->value;
    fields.day = is_year_first ? last.value : first.value;
    fields.is_strong = true;
    return at + 5;
}

// Which of 03/04 is which: docs/dates.md.
std::pair<int, int> Parser::order_day_and_month(const Figures& figures) const {
    const int a = figures.first.value;
    const int b = figures.second.value;
    const DayMonthOrder order = reference_.options->order;
    bool is_day_first = order == DayMonthOrder::kDayFirst ||
                        (order == DayMonthOrder::kByLanguage && is_russian_) || figures.separator == '.';
    if (a > 12 && b <= 12) is_day_first = true;
    if (b > 12 && a <= 12) is_day_first = false;
    return is_day_first ? std::pair{a, b} : std::pair{b, a};
}

// "4/25", "14.10.": as often as not a fraction, a score, a price.
std::size_t Parser::read_day_and_month(const Figures& figures, Fields& fields) const {
    const auto [day, month] = order_day_and_month(figures);
    const char separator = figures.separator;
    std::size_t next = figures.next;
    // "8/32" is no date, and nothing of it is; "25-13" may be a range.
    if (month > 12 || day > 31 || month == 0 || day == 0) return separator == '/' ? next : 0;
    if (read_unit(tokens_, next) || tokens_.is_word(next, "of")) return 0;
    const int larger = std::max(figures.first.value, figures.second.value);
    bool is_date = figures.is_whole || (has_lead(figures.at) && !counts_something(next));
    switch (separator) {
        case '/':
            // "24/7" is always
            is_date = is_date || (larger > 12 && larger != 24 && !counts_something(next));
            break;
        case '.': {
            const bool has_stop = tokens_.is_glued_mark(next, '.');
            if (figures.second.digits != 2 || (!is_russian_ && !has_stop)) return 0;
            const bool is_range = tokens_.is_glued_mark(next, '-');
            is_date =
                (is_date || has_stop || figures.first.digits == 2) && (is_range || !counts_something(next));
            if (has_stop) ++next;
            break;
        }
        default:
            is_date = figures.is_whole && larger > 12;
    }
    if (!is_date) return 0;
    fields.month = month;
    fields.day = day;
    return next;
}

// "T06:45:00.5+01:00" behind a date.
std::size_t Parser::read_iso_time(std::size_t at, Fields& fields) const {
    if (!tokens_.is_word(at, "t") || !tokens_[at].is_glued || !tokens_.is_glued_number(at + 1)) return 0;
    ClockTime clock;
    std::size_t next = read_digital(at + 1, clock);
    if (next == 0) return 0;
    clock.is_ambiguous = false;
    fields.clock = clock;
    if (tokens_.is_glued_mark(next, '.') && tokens_.is_glued_number(next + 1)) next += 2;
    if (tokens_.is_word(next, "z") && tokens_[next].is_glued) {
        fields.zone_minutes = 0;
        return next + 1;
    }
    const bool has_sign = tokens_.is_glued_mark(next, '+') || tokens_.is_glued_mark(next, '-');
    if (has_sign && tokens_[next + 1].digits == 2 && tokens_.is_glued_mark(next + 2, ':') &&
        tokens_[next + 3].digits == 2) {
        const int sign = tokens_[next].mark == '-' ? -1 : 1;
        fields.zone_minutes = sign * (tokens_[next + 1].value * 60 + tokens_[next + 3].value);
        return next + 4;
    }
    return next;
}

// "2015-03-03", "3/3/15", "10.12.2013", "14.10.", "2/2013", "4/25", "2014-10".
std::size_t Parser::read_numeric_date(std::size_t at, Fields& fields) const {
    if (!tokens_.is_number(at) || tokens_[at].digits > 4 || fields.has_calendar_date() || fields.year)
        return 0;
    const char separator = tokens_[at + 1].is_glued ? tokens_[at + 1].mark : '\0';
    if (separator != '-' && separator != '/' && separator != '.') return 0;
    if (const std::size_t next = read_figures_with_month(at, fields)) return next;
    if (!tokens_.is_glued_number(at + 2)) return 0;
    // The middle of a longer number.
    const char before = at > 0 && tokens_[at].is_glued && tokens_[at - 1].type == Token::Type::kMark
                            ? tokens_[at - 1].mark
                            : ' ';
    if (before != ' ' && before != '(' && before != '-' && before != '"') return 0;
    Figures figures{
        .at = at, .first = tokens_[at], .second = tokens_[at + 2], .separator = separator, .next = at + 3};
    if (tokens_.is_glued_mark(at + 3, separator) && tokens_.is_glued_number(at + 4)) {
        figures.third = &tokens_[at + 4];
        figures.next = at + 5;
    }
    std::size_t next = figures.next;
    figures.is_whole = at == 0 && next >= tokens_.size();
    // "1.2.3.4"
    if ((tokens_.is_glued_mark(next, separator) || tokens_.is_glued_mark(next, '/')) &&
        tokens_.is_glued_number(next + 1))
        return 0;
    // «в 10.12» is a time
    if (separator == '.' && is_russian_ && is_led_by(at, {"в"}) && !tokens_.is_glued_mark(at + 3, '.'))
        return 0;

    const Token& first = figures.first;
    const Token& second = figures.second;
    const Token* third = figures.third;
    if (is_year(first)) {
        if (second.digits > 2 || separator == '.' ||
            (third != nullptr && (third->digits > 2 || third->value == 0)) ||
            (third == nullptr && second.digits != 2 && !figures.is_whole))
            return 0;
        fields.year = first.value;
        fields.month = second.value;
        if (third != nullptr) fields.day = third->value;
    } else if (first.digits > 2) {
        return 0;
    } else if (third != nullptr) {
        if (second.digits > 2 || (third->digits != 2 && third->digits != 4)) return 0;
        // "1.1.30" is a version, "1-2-30" a row of numbers.
        const bool is_short = third->digits == 2;
        if (is_short && separator == '.' && (first.digits < 2 || second.digits < 2)) return 0;
        if (is_short && separator == '-' && !figures.is_whole && !has_lead(at)) return 0;
        const auto [day, month] = order_day_and_month(figures);
        fields.year = full_year(third->value, third->digits);
        fields.month = month;
        fields.day = day;
    } else if (is_year(second)) {
        if (separator == '-') return 0;
        fields.year = second.value;
        fields.month = first.value;
    } else {
        if (second.digits > 2) return 0;
        next = read_day_and_month(figures, fields);
        if (next == 0) return 0;
    }
    fields.is_strong = true;
    if (const std::size_t behind = read_iso_time(next, fields)) next = behind;
    if (is_russian_ && tokens_.is_word(next, {"г", "года", "году"})) ++next;
    return next;
}

}  // namespace arq::dates
