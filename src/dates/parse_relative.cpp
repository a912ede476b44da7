// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dates/parser.h"

namespace arq::dates {
namespace {

constexpr int kDeepest = 2;  // "the end of the last week of next year"

// The first or last days, or months, of a longer unit: docs/dates.md.
enum class Edge { kBegin, kMiddle, kEnd };

std::optional<Span> edge_of(const Span& whole, Edge edge) {
    const auto cut = [&](int from, int to, Grain grain) {
        return Span{from < 0 ? whole.to : add(whole.from, from, grain),
                    to < 0 ? whole.to : add(whole.from, to, grain), grain, true};
    };
    switch (whole.grain) {
        case Grain::kWeek:
            if (edge == Edge::kBegin) return cut(0, 3, Grain::kDay);
            return edge == Edge::kMiddle ? cut(2, 4, Grain::kDay) : cut(4, -1, Grain::kDay);
        case Grain::kMonth:
            if (edge == Edge::kBegin) return cut(0, 10, Grain::kDay);
            return edge == Edge::kMiddle ? cut(10, 20, Grain::kDay) : cut(20, -1, Grain::kDay);
        case Grain::kQuarter:
            if (edge == Edge::kBegin) return cut(0, 1, Grain::kMonth);
            return edge == Edge::kMiddle ? cut(1, 2, Grain::kMonth) : cut(2, -1, Grain::kMonth);
        case Grain::kYear:
            if (edge == Edge::kBegin) return cut(0, 3, Grain::kMonth);
            return edge == Edge::kMiddle ? cut(4, 8, Grain::kMonth) : cut(8, -1, Grain::kMonth);
        case Grain::kDay:
            if (!whole.is_range && edge == Edge::kEnd)
                return Span{whole.from + std::chrono::hours{18}, whole.to, Grain::kHour, true};
            break;
        default:
            break;
    }
    // A season: by its months.
    if (!whole.is_range || whole.grain != Grain::kDay || whole.to - whole.from < Days{80})
        return std::nullopt;
    const int month = edge == Edge::kBegin ? 0 : (edge == Edge::kMiddle ? 1 : 2);
    const Instant from = add(whole.from, month, Grain::kMonth);
    return Span{from, add(from, 1, Grain::kMonth), Grain::kDay, true};
}

// The n-th unit that lies wholly in the window; counted from its end where `n` is negative.
std::optional<Span> nth_in(const Span& window, int n, Grain grain) {
    if (grain >= window.grain && !window.is_range) return std::nullopt;
    Instant from = floor_to(window.from, grain);
    if (n > 0) {
        if (from < window.from) from = add(from, 1, grain);
        from = add(from, n - 1, grain);
    } else {
        from = floor_to(window.to, grain);
        from = add(from, n, grain);
    }
    const Span span = unit_at(from, grain);
    if (span.from < window.from || span.to > window.to) return std::nullopt;
    return span;
}

std::optional<Span> nth_weekday_in(const Span& window, int n, int weekday) {
    LocalDays day = day_of(n > 0 ? window.from : window.to - Days{7});
    day += Days{(weekday - weekday_of(day) + 7) % 7 + 7 * (n > 0 ? n - 1 : n + 1)};
    if (day < window.from || day >= window.to) return std::nullopt;
    return Span{day, day + Days{1}, Grain::kDay};
}

bool takes_frame(const Fields& fields) {
    return !fields.frame && !fields.year && !fields.is_exact;
}

}  // namespace

Span Parser::moved(const Duration& duration, int sign) const {
    const Instant time = shift(reference_.now, duration, sign);
    // "In 3 days" is a day, not the hour at which it is said.
    const Grain grain = duration.finest == Grain::kDay ? Grain::kDay : finer(duration.finest);
    return unit_at(time, grain);
}

std::size_t Parser::read_today(std::size_t at, Fields& fields) const {
    if (fields.month || fields.day || fields.holiday || fields.season || fields.is_weekend ||
        !takes_frame(fields))
        return 0;
    const LocalDays today = day_of(reference_.now);
    if (const Meaning* day = tokens_.meaning(at, Kind::kDay)) {
        std::size_t next = at + 1;
        if (day->endings == Endings::kAdjective) {
            // «со вчерашнего дня», «вчерашним вечером»
            const auto unit = read_unit(tokens_, next);
            if (unit && unit->grain == Grain::kDay)
                ++next;
            else if (tokens_.meaning(next, Kind::kPart) == nullptr)
                return 0;
        }
        fields.frame = unit_at(today + Days{day->value}, Grain::kDay);
        fields.is_strong = true;
        return next;
    }
    if (fields.part || fields.weekday) return 0;
    if (tokens_.is_word(at, {"tonight", "tonite", "tonights"})) {
        fields.frame = unit_at(today, Grain::kDay);
        fields.part = kEvening;
        fields.is_strong = true;
        return at + 1;
    }
    if (fields.clock) return 0;
    std::size_t next = 0;
    for (const std::string_view words :
         {"now", "right now", "just now", "at the moment", "at this moment", "the moment", "сейчас",
          "прямо сейчас", "в данный момент", "сию минуту"})
        next = std::max(next, tokens_.skip(at, words));
    if (next == 0 || (tokens_.is_word(at, "the") && !is_led_by(at, {"at"}))) return 0;
    fields.frame = unit_at(reference_.now, Grain::kSecond);
    fields.is_exact = true;
    fields.is_strong = true;
    return next;
}

// "in 3 days", "2 weeks ago", "a year after Christmas", «через час», «за 2 дня до пятницы».
std::size_t Parser::read_offset(std::size_t at, Fields& fields, int depth) const {
    const bool has_today = fields.frame && fields.frame->grain == Grain::kDay && !fields.is_exact &&
                           !fields.month && !fields.day;
    if (fields.year || fields.is_exact || fields.part || (fields.frame && !has_today)) return 0;
    const auto take = [&](const Span& span, const Duration& duration) {
        fields.frame = span;
        fields.is_exact = duration.finest < Grain::kDay;
        fields.counted_in = duration.finest;
        fields.is_strong = true;
    };
    const bool goes_ahead = tokens_.is_word(at, {"in", "within", "через", "спустя"});
    const bool is_signed = tokens_.is_mark(at, '+') || tokens_.is_mark(at, '-');
    std::size_t start = at;
    if (goes_ahead) {
        start = skip_approximate(at + 1);
    } else if (is_signed) {
        if (!tokens_[at + 1].is_glued) return 0;
        ++start;
    } else if (tokens_.is_word(at, "за")) {
        ++start;  // «за 2 дня до пятницы»
    } else if (tokens_.is_word(at, "the") && read_unit(tokens_, at + 1) &&
               tokens_.is_word(at + 2, {"after", "before"})) {
        ++start;
    }
    if (is_russian_ && !fields.has_date() && !fields.has_time())
        if (const auto about = read_inverted_duration(tokens_, at)) {
            const std::size_t start_of_ago =
                tokens_.is_word(about->next, "тому") ? about->next + 1 : about->next;
            if (tokens_.is_word(at + 1, "через")) {
                take(moved(*about, 1), *about);
                return about->next;
            }
            if (tokens_.is_word(start_of_ago, "назад")) {
                take(moved(*about, -1), *about);
                return start_of_ago + 1;
            }
        }
    const std::optional<Duration> duration = read_duration(tokens_, start);
    if (!duration) return 0;
    const bool is_exact = duration->finest < Grain::kDay;
    if (has_today && (!is_exact || is_signed)) return 0;
    if (is_exact && (fields.clock || fields.weekday || fields.month || fields.day)) return 0;
    const bool has_count = duration->has_number || is_russian_;
    std::size_t next = duration->next;
    if (is_signed) {
        if (!duration->has_number) return 0;
        const int sign = tokens_[at].mark == '-' ? -1 : 1;
        if (sign < 0 && at > 0 && tokens_.is_number(at - 1)) return 0;
        take(moved(*duration, sign), *duration);
        return next;
    }
    if (const std::size_t behind = read_shifted(at, *duration, fields, depth)) return behind;
    if (!has_count) return 0;
    if (goes_ahead) {
        if (tokens_.is_word(at, "within")) {
            if (duration->is_abbreviated || has_today) return 0;
            const Span end = moved(*duration, 1);
            take({.from = reference_.now,
                  .to = end.grain == Grain::kDay ? end.to : end.from,
                  .grain = end.grain,
                  .is_range = true},
                 *duration);
            fields.is_exact = true;
            return next;
        }
        // "in time", "in a day" is one, "in the day" isn't
        take(moved(*duration, 1), *duration);
        return next;
    }
    if (tokens_.is_word(at, {"the", "за"})) return 0;
    for (const std::string_view words : {"ago", "назад", "тому назад", "back"})
        if (const std::size_t behind = tokens_.skip(next, words)) {
            if (words == "back" && tokens_[next].text.empty()) break;
            take(moved(*duration, -1), *duration);
            return behind;
        }
    for (const std::string_view words : {"from now", "from today", "hence", "later", "out", "спустя"})
        if (const std::size_t behind = tokens_.skip(next, words)) {
            take(moved(*duration, 1), *duration);
            return behind;
        }
    return 0;
}

// "after tomorrow" behind "2 weeks".
std::size_t Parser::read_shifted(std::size_t at, const Duration& duration, Fields& fields, int depth) const {
    if (depth >= kDeepest || fields.frame || fields.has_date()) return 0;
    const std::size_t next = duration.next;
    const bool is_after = tokens_.is_word(next, {"after", "from", "following", "после"});
    const bool is_before = tokens_.is_word(next, {"before", "до", "prior"});
    if (!is_after && !is_before) return 0;
    if (tokens_.is_word(at, {"in", "within", "через", "спустя"}) && is_before) return 0;
    if (tokens_.is_word(next, "from") && tokens_.is_word(next + 1, {"now", "today"})) return 0;
    Fields inner;
    const std::size_t behind = read_phrase(next + 1, inner, depth + 1);
    if (behind == 0 || !inner.is_strong) return 0;
    const std::optional<Span> base = resolve(inner, reference_);
    if (!base || base->is_range) return 0;
    const Instant from = shift(base->from, duration, is_after ? 1 : -1);
    const Span span = unit_at(from, std::min(base->grain, duration.finest));
    fields.frame = span;
    fields.is_exact = span.grain < Grain::kDay;
    fields.is_strong = true;
    return behind;
}

// "next week", "the last 2 days", «следующие три месяца», "the week after next".
std::size_t Parser::read_cycle(std::size_t at, Fields& fields) const {
    if (!takes_frame(fields) || fields.clock) return 0;
    std::size_t start = at;
    // "two upcoming weeks"
    std::optional<Count> count = read_cardinal(tokens_, at);
    if (count) {
        start = count->next;
        // "I'll be 40 next year"
        if (tokens_.is_word(start, {"next", "last", "this", "the"})) return 0;
    }
    const std::optional<Count> turn = read_turn(start);
    std::size_t next = turn ? turn->next : start;
    if (!turn) {
        if (count) return 0;
        // "the week after next", and, behind "of", "the month"
        if (tokens_.is_word(next, "the")) ++next;
        const auto unit = read_unit(tokens_, next);
        if (!unit || unit->grain < Grain::kDay) return 0;
        int ahead = 0;
        if (const std::size_t behind = tokens_.skip(next + 1, "after next")) {
            ahead = 2;
            next = behind;
        } else if (const std::size_t before = tokens_.skip(next + 1, "before last")) {
            ahead = -2;
            next = before;
        } else if (next > at && is_led_by(at, {"of", "in"}) && unit->grain > Grain::kDay &&
                   !fields.is_empty()) {
            ++next;
        } else {
            return 0;
        }
        fields.frame = unit_at(add(floor_to(reference_.now, unit->grain), ahead * unit->factor, unit->grain),
                               unit->grain);
        fields.is_strong = true;
        return next;
    }
    bool is_counted = count.has_value();
    if (!count) {
        const Meaning* amount = tokens_.meaning(next, Kind::kAmount);
        if (const auto inner = read_cardinal(tokens_, next)) {
            count = inner;
            next = inner->next;
            is_counted = true;
        } else if (amount != nullptr && amount->value > 1) {
            count = Count{amount->value, ++next};
            if (tokens_.is_word(next, "of")) ++next;
            is_counted = true;
        }
    }
    const auto unit = read_unit(tokens_, next);
    // "The next days" are nobody knows which.
    const std::string& name = tokens_[next].text;
    if (!is_counted && (is_russian_ ? name == "дни" || name == "дней" || name == "днях" || name == "годы"
                                    : name.ends_with("s") && tokens_.meaning(next, Kind::kUnit) != nullptr &&
                                          tokens_[next].size_bytes == name.size()))
        return 0;
    if (!unit || (tokens_.is_mark(next + 1, '-') && tokens_.is_word(next + 2, "end"))) return 0;
    const int step = turn->value == kComing ? 1 : turn->value;
    const int units = (count ? count->value : 1) * unit->factor;
    if (units < 1 || units > 2000 || (is_counted && (step == 0 || step > 1 || step < -1))) return 0;
    // "This second", "last hour": of times that short one doesn't speak so, but to say something else.
    const bool is_short = unit->grain <= Grain::kDay && !is_counted;
    const Instant here = floor_to(reference_.now, unit->grain);
    if (is_counted) {
        const Instant from = step > 0 ? add(here, 1, unit->grain) : add(here, -units, unit->grain);
        fields.frame = Span{from, add(from, units, unit->grain), unit->grain, true};
        fields.is_exact = unit->grain < Grain::kDay;
    } else {
        if (fields.weekday && unit->grain < Grain::kWeek) return 0;
        fields.frame = unit_at(add(here, step * unit->factor, unit->grain), unit->grain);
        fields.is_exact = unit->grain < Grain::kDay;
    }
    fields.is_strong = fields.is_strong || !is_short;
    return next + 1;
}

// What a part is named of: "the month", "2018", "next week", "October 2014".
std::optional<Span> Parser::read_window(std::size_t at, std::size_t& next, int depth) const {
    if (depth >= kDeepest) return std::nullopt;
    for (int words = 0; words < 2 && tokens_.is_word(at, {"the", "around", "about", "this", "of"}); ++words) {
        if (tokens_.is_word(at, "this") && !read_unit(tokens_, at + 1)) break;
        ++at;
    }
    if (const auto unit = read_unit(tokens_, at);
        unit && unit->factor == 1 && tokens_.meaning(at, Kind::kUnit) != nullptr) {
        next = at + 1;
        return unit_at(reference_.now, unit->grain);
    }
    const Token& token = tokens_[at];
    if (token.type == Token::Type::kNumber && token.digits == 4 && token.value >= 1000 &&
        token.value < 3000) {
        const auto first = day_from(token.value, 1, 1);
        next = at + 1;
        if (tokens_.is_word(next, {"года", "году", "г"})) ++next;
        return unit_at(*first, Grain::kYear);
    }
    Fields fields;
    next = read_phrase(at, fields, depth + 1);
    if (next == 0 || fields.has_time()) return std::nullopt;
    return resolve(fields, reference_);
}

// "last Monday of March", "the first week of October 2014", "2 Sundays from now", «второе воскресенье мая».
std::size_t Parser::read_nth(std::size_t at, Fields& fields, int depth) const {
    if (depth >= kDeepest || fields.has_date()) return 0;
    std::size_t start = tokens_.is_word(at, "the") ? at + 1 : at;
    const std::optional<Count> ordinal = read_ordinal(tokens_, start);
    int n = 0;
    std::size_t next = start;
    if (ordinal) {
        n = ordinal->value;
        next = ordinal->next;
    }
    if (const Meaning* turn = tokens_.meaning(next, Kind::kTurn); turn != nullptr && turn->value == -1) {
        n = ordinal ? -n : -1;
        ++next;
    }
    const std::optional<Count> count = n == 0 ? read_cardinal(tokens_, start) : std::nullopt;
    if (count) {
        // "2 Sundays from now"
        const Meaning* weekday = tokens_.meaning(count->next, Kind::kWeekday);
        const std::size_t behind = tokens_.skip(count->next + 1, "from now");
        if (weekday == nullptr || behind == 0 || count->value < 1 || count->value > 100) return 0;
        const Instant today = day_of(reference_.now);
        fields.frame = nth_weekday_in({today + Days{1}, today + Days{800}}, count->value, weekday->value);
        fields.is_strong = true;
        return fields.frame ? behind : 0;
    }
    if (n == 0 || n > 400 || n < -400) return 0;
    const Meaning* weekday = tokens_.meaning(next, Kind::kWeekday);
    const auto unit = read_unit(tokens_, next);
    bool is_weekend = tokens_.meaning(next, Kind::kWeekend) != nullptr;
    if (tokens_.is_word(next, "week") && tokens_.is_mark(next + 1, '-') && tokens_.is_word(next + 2, "end")) {
        is_weekend = true;
        next += 2;
    }
    if (weekday == nullptr && !is_weekend && (!unit || unit->grain < Grain::kDay || unit->factor > 1))
        return 0;
    ++next;
    const bool is_after = tokens_.is_word(next, {"after", "после"});
    if (tokens_.is_word(next, {"of", "in", "в", "на"}) || is_after)
        ++next;
    else if (!is_russian_)
        return 0;
    std::size_t behind = 0;
    std::optional<Span> window = read_window(next, behind, depth);
    if (!window) return 0;
    if (is_after) window = Span{window->to, window->to + Days{800}, Grain::kYear, true};
    std::optional<Span> span;
    if (weekday != nullptr) {
        if (window->grain < Grain::kWeek && !window->is_range) return 0;
        span = nth_weekday_in(*window, n, weekday->value);
    } else if (is_weekend) {
        if (const auto saturday = nth_weekday_in(*window, n, 5))
            span = Span{saturday->from, saturday->from + Days{2}, Grain::kDay, true};
    } else {
        span = nth_in(*window, n, unit->grain);
    }
    if (!span) return 0;
    fields.frame = span;
    fields.is_strong = true;
    return behind;
}

// "the end of the month", "early March", "EOY", «в начале следующей недели».
std::size_t Parser::read_edge(std::size_t at, Fields& fields, int depth) const {
    if (fields.has_date()) return 0;
    struct Row {
        std::string_view words;
        Edge edge;
    };
    constexpr auto kEdges = std::to_array<Row>({
        {"end of", Edge::kEnd},      {"ending of", Edge::kEnd},    {"beginning of", Edge::kBegin},
        {"start of", Edge::kBegin},  {"middle of", Edge::kMiddle}, {"early in", Edge::kBegin},
        {"late in", Edge::kEnd},     {"early", Edge::kBegin},      {"late", Edge::kEnd},
        {"mid", Edge::kMiddle},      {"начале", Edge::kBegin},     {"начала", Edge::kBegin},
        {"началу", Edge::kBegin},    {"начало", Edge::kBegin},     {"конце", Edge::kEnd},
        {"конца", Edge::kEnd},       {"концу", Edge::kEnd},        {"конец", Edge::kEnd},
        {"середине", Edge::kMiddle}, {"середины", Edge::kMiddle},  {"середина", Edge::kMiddle},
    });
    struct Short {
        std::string_view word;
        Edge edge;
        Grain grain;
    };
    constexpr auto kShort = std::to_array<Short>({{"eom", Edge::kEnd, Grain::kMonth},
                                                  {"bom", Edge::kBegin, Grain::kMonth},
                                                  {"eoy", Edge::kEnd, Grain::kYear},
                                                  {"boy", Edge::kBegin, Grain::kYear},
                                                  {"eow", Edge::kEnd, Grain::kWeek}});
    std::size_t start = tokens_.is_word(at, "the") ? at + 1 : at;
    std::optional<Span> span;
    std::size_t next = 0;
    for (const Short& row : kShort) {
        if (!tokens_.is_word(start, row.word)) continue;
        // "A boy" is none.
        if (row.word == "boy" && !tokens_[start].is_upper) return 0;
        span = edge_of(unit_at(reference_.now, row.grain), row.edge);
        next = start + 1;
    }
    for (const Row& row : kEdges) {
        if (span) break;
        std::size_t behind = tokens_.skip(start, row.words);
        if (behind == 0) continue;
        if (row.words == "mid" && tokens_.is_mark(behind, '-')) ++behind;
        const std::optional<Span> window = read_window(behind, next, depth);
        if (!window) continue;
        span = edge_of(*window, row.edge);
    }
    if (!span) return 0;
    fields.frame = span;
    fields.is_strong = true;
    return next;
}

}  // namespace arq::dates
