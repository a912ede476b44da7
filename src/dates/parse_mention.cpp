// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dates/parser.h"

namespace arq::dates {
namespace {

// Where "5" alone may stand: at the ends of a range.
bool is_bare_end(const Fields& fields) {
    return fields.bare && !fields.day && !fields.month && !fields.frame && !fields.weekday &&
           !fields.has_time();
}

Found point(std::size_t first, std::size_t next, const Fields& fields, const std::optional<Span>& span) {
    Found found{.next = next, .first = first, .is_strong = fields.is_strong};
    if (span) {
        found.from = span->from;
        found.to = span->to;
        found.grain = span->grain;
        found.is_range = span->is_range;
    }
    return found;
}

// Which half of the day the ends of "9-11am", «с 5 до 7 вечера», "from 9 to 5" lie in.
void settle_hours(Fields& from, Fields& to, Instant now, bool has_day) {
    if (!from.clock || !to.clock) return;
    ClockTime& begin = *from.clock;
    ClockTime& end = *to.clock;
    if (begin.is_ambiguous && !from.part) {
        const int start = begin.hour % 12;
        begin.is_ambiguous = false;
        if (!end.is_ambiguous) {
            // The half that the later one names counts for both, where they fit into it.
            begin.hour = end.hour > 12 && start < end.hour - 12 ? start + 12 : start;
            if (end.hour < 12 && start >= end.hour) begin.hour = start + 12;
        } else if (start >= 1 && start <= 5) {
            begin.hour = start + 12;
        } else {
            int last = end.hour % 12;
            while (last <= begin.hour) last += 12;
            const Instant today = day_of(now);
            const bool is_over = !has_day && today + std::chrono::hours{last} <= now;
            if (is_over && begin.hour < 12 && now <= today + std::chrono::hours{begin.hour + 12})
                begin.hour += 12;
        }
    }
    begin.grain = end.grain = std::min(begin.grain, end.grain);
}

}  // namespace

// "every Monday", «по понедельникам»: no date, and nothing of it is one.
std::size_t Parser::skip_repetition(std::size_t at) const {
    std::size_t next = 0;
    if (tokens_.is_word(at, {"every", "each", "каждый", "каждую", "каждое", "каждые", "каждого", "каждой"}))
        next = at + 1;
    else if (tokens_.is_word(at, "по") && tokens_[at + 1].text.ends_with("м") &&
             (tokens_.meaning(at + 1, Kind::kWeekday) != nullptr ||
              tokens_.meaning(at + 1, Kind::kWeekend) != nullptr))
        return at + 2;
    else
        return 0;
    if (tokens_.is_word(next, {"other", "second", "второй"})) ++next;
    if (const auto duration = read_duration(tokens_, next)) return duration->next;
    Fields fields;
    // "every Monday at 5", "every morning"
    fields.is_strong = true;
    fields.frame = unit_at(reference_.now, Grain::kDay);
    const std::size_t part = read_part(next, fields);
    if (part > 0) return part;
    Fields day;
    const std::size_t behind = read_phrase(next, day);
    return std::max(behind, next);
}

// One end of a range: a phrase, or a number that the other end explains.
std::size_t Parser::read_end(std::size_t at, Fields& fields) const {
    if (const std::size_t next = read_phrase(at, fields)) return next;
    fields = {};
    std::size_t start = tokens_.is_word(at, "the") ? at + 1 : at;
    const auto ordinal = read_ordinal(tokens_, start);
    const auto count = ordinal ? ordinal : read_cardinal(tokens_, start);
    if (!count || count->value < 1 || count->value > 31 || (count->is_digits && tokens_[start].digits > 2))
        return 0;
    fields.bare = count->value;
    return count->next;
}

std::optional<Found> Parser::combine(std::size_t first, Fields from, Fields to, std::size_t next, bool is_led,
                                     bool includes_end, const Fields* day) const {
    const auto as_hour = [&](int value) {
        return ClockTime{.hour = value, .is_ambiguous = value >= 1 && value <= 12};
    };
    // "13 to 15 July", "July 13-15", "9-11am", "from 5 to 7".
    const auto explain = [&](Fields& bare, const Fields& other) {
        if (!is_bare_end(bare)) return true;
        const int value = *bare.bare;
        if (other.clock && !other.day)
            bare.clock = as_hour(value);
        else if (other.day)
            bare.day = value;
        else if (is_bare_end(other) && is_led)
            bare.clock = as_hour(value);
        else
            return false;
        return !bare.clock || value <= 24;
    };
    const Fields said = to;
    if (!explain(to, from) || !explain(from, said)) return std::nullopt;
    // What one end leaves out, the other says.
    if (from.day && !from.month && !from.frame && to.month) {
        from.month = to.month;
        from.year = to.year;
    }
    if (to.day && !to.month && !to.frame && from.month) to.month = from.month;
    if (from.day && !from.has_time() && to.clock) from.clock = to.clock;
    if (to.year && !from.year && from.month) {
        const bool is_earlier = to.month && (*from.month > *to.month);
        from.year = is_earlier ? *to.year - 1 : *to.year;
    }
    if (from.year && !to.year && to.month && !from.frame)
        to.year = from.month && *to.month < *from.month ? *from.year + 1 : *from.year;
    const auto copy_day = [](Fields& target, const Fields& source) {
        target.weekday = source.weekday;
        target.day = source.day;
        target.month = source.month;
        target.year = source.year;
        target.frame = source.frame;
        target.holiday = source.holiday;
        target.turn = source.turn;
    };
    bool shares_day = false;
    if (day != nullptr) {
        copy_day(from, *day);
        if (day->part && from.clock && from.clock->is_ambiguous) from.part = day->part;
    }
    if (from.clock && !from.has_date() && to.has_day() && to.clock) {
        copy_day(from, to);
        copy_day(to, Fields{});
    }
    if (to.clock && !to.has_date()) {
        shares_day = true;
        if (from.part && !to.part && to.clock->is_ambiguous) to.part = from.part;
        if (to.part && !from.part) from.part = to.part;
    }
    if (to.zone_minutes && !from.zone_minutes) from.zone_minutes = to.zone_minutes;
    const bool has_day = from.has_date() || to.has_date() || reference_.day;
    settle_hours(from, to, reference_.now, has_day);
    std::optional<Span> begin = resolve(from, reference_);
    if (!begin) return Found{.next = next, .first = first};
    if (shares_day) to.frame = unit_at(begin->from, Grain::kDay);
    Reference later = reference_;
    const bool is_floating = !to.frame || shares_day;
    if (is_floating && !reference_.options->looks_back) later.now = begin->from;
    if (to.clock && shares_day && to.clock->is_ambiguous && !to.part) {
        // The first such hour behind the beginning.
        int hour = to.clock->hour % 12;
        const auto begins = begin->from - day_of(begin->from);
        const auto minutes = std::chrono::minutes{to.clock->minute};
        while (hour < 24 && std::chrono::hours{hour} + minutes <= begins) hour += 12;
        to.clock->hour = hour;
        to.clock->is_ambiguous = false;
    }
    Options forward = *reference_.options;
    if (later.now != reference_.now) later.options = &forward;
    std::optional<Span> end = resolve(to, later);
    if (!end) return Found{.next = next, .first = first};
    Found found{.next = next, .first = first, .is_strong = from.is_strong || to.is_strong || is_led};
    found.from = begin->from;
    found.grain = std::min(begin->grain, end->grain);
    // Of days and what is longer the last one belongs to it; a time of the day is an end.
    const bool is_point = to.has_time() && !to.part;
    found.to = is_point || !includes_end ? end->from : end->to;
    if (is_point && *found.to <= *found.from && shares_day) *found.to += Days{1};
    // "From 9 to 5" at ten o'clock is today's, though nine is over.
    if (from.clock && !has_day && !reference_.options->looks_back &&
        *found.from - Days{1} <= reference_.now && reference_.now < *found.to - Days{1}) {
        *found.from -= Days{1};
        *found.to -= Days{1};
    }
    if (*found.to <= *found.from) return Found{.next = next, .first = first};
    found.is_range = true;
    return found;
}

std::optional<Found> Parser::finish_range(std::size_t first, const Fields& from, std::size_t at, bool is_led,
                                          const Fields* day) const {
    const bool is_dash = tokens_.is_mark(at, '-') || (tokens_.is_mark(at, '/') && from.has_date());
    std::size_t next = at;
    if (tokens_.is_mark(next, ',') && is_led) ++next;
    if (tokens_.is_word(next, {"and", "и"}) && tokens_.is_word(next + 1, {"until", "till", "to", "до"}))
        ++next;
    const bool is_to =
        tokens_.is_word(next, {"to", "till", "until", "untill", "through", "thru", "до", "по"});
    const bool is_between =
        tokens_.is_word(first, {"between", "между"}) || tokens_.is_word(first + 1, {"between"});
    const bool is_and = is_between && tokens_.is_word(next, {"and", "и"});
    const bool is_slash = tokens_.is_mark(at, '/') && from.clock;
    if (!is_dash && !is_to && !is_and && !is_slash) return std::nullopt;
    if (is_bare_end(from) && tokens_.is_mark(at, '-') && tokens_[at].is_glued != tokens_[at + 1].is_glued)
        return std::nullopt;
    ++next;
    if (tokens_.is_word(next, "the")) ++next;
    Fields to;
    std::size_t behind = read_end(next, to);
    if (behind == 0) return std::nullopt;
    // "July 13 through 15": of the month, not o'clock
    if (from.day && !from.has_time() && to.clock && !to.has_date() && behind == next + 1 &&
        tokens_.is_number(next)) {
        to = {};
        to.bare = tokens_[next].value;
    }
    if (is_bare_end(to) && from.day && !from.year)
        if (const std::size_t year = read_year_of_month(behind, to)) behind = year;
    if (is_bare_end(to) && (counts_something(behind, false) || (!is_led && is_bare_end(from))))
        return std::nullopt;
    // "from 9 to 5 tomorrow"
    Fields shared;
    if (is_bare_end(from) && is_bare_end(to) && day == nullptr) {
        const std::size_t end = read_phrase(behind, shared);
        if (end > 0 && shared.has_day() && !shared.has_time())
            return combine(first, from, to, end, is_led, true, &shared);
    }
    if (!is_led && !from.is_strong && !to.is_strong) {
        const bool has_dates = !is_bare_end(from) && !is_bare_end(to);
        if (!has_dates) return std::nullopt;
    }
    if (day != nullptr && to.has_date()) return std::nullopt;
    return combine(first, from, to, behind, is_led, true, day);
}

// "from 10 to 12" behind "Monday".
std::optional<Found> Parser::read_times_of(std::size_t first, const Fields& day, std::size_t at) const {
    if (!day.has_day() || day.clock || day.is_exact) return std::nullopt;
    std::size_t next = tokens_.is_mark(at, ',') ? at + 1 : at;
    if (tokens_.is_word(next, "in") && tokens_.is_word(next + 1, "between")) ++next;
    const bool is_led = tokens_.is_word(next, {"from", "between", "с", "со", "между"});
    if (is_led) ++next;
    Fields from;
    next = read_end(next, from);
    if (next == 0 || from.has_date() || (!from.clock && !is_bare_end(from))) return std::nullopt;
    // "Friday 5 to 7", but not "Friday 5 and 7".
    return finish_range(first, from, next, is_led || !tokens_.is_word(next, {"and", "и"}), &day);
}

// "from 5 to 7", "between Monday and Friday", «с 13 по 15 июля».
std::optional<Found> Parser::read_range(std::size_t at) const {
    std::size_t next = at;
    if (tokens_.is_word(next, "in") && tokens_.is_word(next + 1, "between")) ++next;
    if (!tokens_.is_word(next, {"from", "between", "с", "со", "от", "между"})) return std::nullopt;
    ++next;
    Fields from;
    next = read_end(next, from);
    if (next == 0) return std::nullopt;
    return finish_range(at, from, next, true);
}

// "since Monday", "before 2014", "until 5 pm", «до пятницы», «с понедельника».
std::optional<Found> Parser::read_open(std::size_t at) const {
    enum class Side { kSince, kFrom, kAfter, kBefore, kThrough };
    struct Row {
        std::string_view words;
        Side side;
    };
    constexpr auto kRows = std::to_array<Row>({
        {"since", Side::kSince},
        {"from", Side::kFrom},
        {"starting", Side::kFrom},
        {"starting from", Side::kFrom},
        {"as of", Side::kFrom},
        {"с", Side::kFrom},
        {"со", Side::kFrom},
        {"начиная с", Side::kFrom},
        {"after", Side::kAfter},
        {"later than", Side::kAfter},
        {"anytime after", Side::kAfter},
        {"sometime after", Side::kAfter},
        {"после", Side::kAfter},
        {"before", Side::kBefore},
        {"until", Side::kBefore},
        {"till", Side::kBefore},
        {"earlier than", Side::kBefore},
        {"sometimes before", Side::kBefore},
        {"sometime before", Side::kBefore},
        {"anytime before", Side::kBefore},
        {"untill", Side::kBefore},
        {"up to", Side::kBefore},
        {"до", Side::kBefore},
        {"раньше", Side::kBefore},
        {"перед", Side::kBefore},
        {"не раньше", Side::kFrom},
        {"не позже", Side::kThrough},
        {"не позднее", Side::kThrough},
        {"no later than", Side::kThrough},
        {"not later than", Side::kThrough},
        {"no earlier than", Side::kFrom},
        {"not before", Side::kFrom},
        {"позднее", Side::kAfter},
        {"позже", Side::kAfter},
        {"through", Side::kThrough},
        {"по", Side::kThrough},
    });
    for (const std::string_view words : {"asap", "as soon as possible"})
        if (const std::size_t behind = tokens_.skip(at, words))
            return Found{.next = behind,
                         .first = at,
                         .is_strong = true,
                         .from = reference_.now,
                         .grain = Grain::kSecond,
                         .is_range = true};
    std::size_t next = 0;
    Side side = Side::kFrom;
    for (const Row& row : kRows)
        if (const std::size_t behind = tokens_.skip(at, row.words); behind > next) {
            next = behind;
            side = row.side;
        }
    // "By the end of the month" is from now till then.
    Fields fields;
    if (tokens_.is_word(at, {"by", "к"})) {
        const std::size_t start = tokens_.is_word(at + 1, "the") ? at + 2 : at + 1;
        const std::size_t behind = read_edge(start, fields, 0);
        if (behind == 0 || fields.frame->to <= reference_.now ||
            !tokens_.is_word(start, {"end", "eom", "eoy", "eow", "концу"}))
            return std::nullopt;
        return Found{.next = behind,
                     .first = at,
                     .is_strong = true,
                     .from = reference_.now,
                     .to = fields.frame->to,
                     .grain = Grain::kSecond,
                     .is_range = true};
    }
    if (next == 0) return std::nullopt;
    // "After lunch" is a part of the day.
    if (read_part(at, fields) > 0) return std::nullopt;
    if (side == Side::kAfter && !is_russian_) {
        if (const auto duration = read_duration(tokens_, next); duration && duration->has_number) {
            const Span span = moved(*duration, 1);
            return Found{.next = duration->next,
                         .first = at,
                         .is_strong = true,
                         .from = span.from,
                         .grain = span.grain,
                         .is_range = true};
        }
    }
    const std::size_t behind = read_phrase(next, fields);
    if (behind == 0 || (!fields.is_strong && behind < tokens_.size())) return std::nullopt;
    // "Later today" is today.
    if (tokens_.is_word(at, {"раньше", "позже", "позднее"}) && !fields.clock) return std::nullopt;
    Options options = *reference_.options;
    Reference reference = reference_;
    if (side == Side::kSince) {
        options.looks_back = true;
        reference.options = &options;
    }
    const std::optional<Span> span = resolve(fields, reference);
    Found found{.next = behind, .first = at, .is_strong = fields.is_strong};
    if (!span) return found;
    found.grain = span->grain;
    found.is_range = true;
    const bool is_day = !fields.has_time();
    switch (side) {
        case Side::kSince:
        case Side::kFrom:
            found.from = span->from;
            break;
        case Side::kAfter:
            found.from = is_day ? span->to : span->from;
            break;
        case Side::kBefore: {
            // "Before the end of the year" the end still is before.
            const std::size_t start = tokens_.is_word(next, "the") ? next + 1 : next;
            const bool is_end = tokens_.is_word(start, {"end", "конца", "eom", "eoy", "eow"});
            found.to = is_end ? span->to : span->from;
            break;
        }
        case Side::kThrough:
            found.to = is_day ? span->to : span->from;
            break;
    }
    // "Later than 3:30 but before 6"
    if (side == Side::kAfter || side == Side::kFrom) {
        std::size_t start = behind;
        if (tokens_.is_word(start, {"but", "and", "и", "но"}) &&
            tokens_.is_word(start + 1, {"before", "until", "till", "до"})) {
            Fields to;
            const std::size_t end = read_end(start + 2, to);
            if (end > 0)
                if (auto range = combine(at, fields, to, end, true, false)) return range;
        }
    }
    return found;
}

// "4pm for 30 minutes", "from 18 December for 10 days", "for 10 days from 18 December".
std::optional<Found> Parser::read_lasting(std::size_t at) const {
    std::optional<Duration> duration;
    std::size_t next = at;
    const auto read_for = [&](std::size_t from) -> std::size_t {
        if (!tokens_.is_word(from, "for")) return 0;
        duration = read_duration(tokens_, from + 1);
        if (duration) return duration->next;
        // "for 30'"
        if (tokens_.is_number(from + 1) && tokens_[from + 1].value > 0 && tokens_[from + 1].value < 1000 &&
            tokens_.is_glued_mark(from + 2, '\'')) {
            duration = Duration{.seconds = tokens_[from + 1].value * 60, .finest = Grain::kMinute};
            return from + 3;
        }
        return 0;
    };
    Fields fields;
    if (const std::size_t behind = read_for(at)) {
        next = behind;
        for (const std::string_view words : {"starting from", "starting on", "starting", "from", "beginning"})
            if (const std::size_t start = tokens_.skip(next, words)) {
                next = read_phrase(start, fields);
                break;
            }
        if (next == behind || next == 0) return std::nullopt;
    } else {
        const std::size_t start = tokens_.is_word(at, "from") ? at + 1 : at;
        next = read_phrase(start, fields);
        if (next == 0 || !fields.is_strong || (next = read_for(next)) == 0) return std::nullopt;
    }
    if (!fields.is_strong || !duration || (!duration->has_number && duration->next > 0)) return std::nullopt;
    const std::optional<Span> span = resolve(fields, reference_);
    if (!span || span->is_range) return std::nullopt;
    const Grain grain = std::min(span->grain, duration->finest);
    return Found{.next = next,
                 .first = at,
                 .is_strong = true,
                 .from = span->from,
                 .to = shift(span->from, *duration, 1),
                 .grain = grain,
                 .is_range = true};
}

std::optional<Found> Parser::read_mention(std::size_t at) const {
    if (const std::size_t next = skip_repetition(at)) return Found{.next = next, .first = at};
    if (auto lasting = read_lasting(at)) return lasting;
    if (auto range = read_range(at)) return range;
    if (auto open = read_open(at)) return open;
    Fields fields;
    std::size_t next = read_phrase(at, fields);
    if (next > 0) {
        if (auto times = read_times_of(at, fields, next)) return times;
        if (auto range = finish_range(at, fields, next, false)) return range;
        return point(at, next, fields, resolve(fields, reference_));
    }
    if (!tokens_.is_number(at) && tokens_.meaning(at, Kind::kNumber) == nullptr &&
        tokens_.meaning(at, Kind::kOrdinal) == nullptr && !tokens_.is_word(at, "the"))
        return std::nullopt;
    next = read_end(at, fields);
    if (next == 0 || !is_bare_end(fields)) return std::nullopt;
    return finish_range(at, fields, next, false);
}

}  // namespace arq::dates
