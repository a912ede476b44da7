// SPDX-License-Identifier: MIT
#include <array>
#include <cstdlib>

#include "dates/fields.h"
#include "dates/holidays.h"

namespace arq::dates {
namespace {

using std::chrono::hours;

struct PartRow {
    int from_hour;
    int to_hour;
};
// By Part.
constexpr std::array kParts{
    PartRow{0, 12},   // morning
    PartRow{0, 9},    // early morning
    PartRow{12, 19},  // afternoon
    PartRow{12, 14},  // lunch
    PartRow{18, 24},  // evening
    PartRow{0, 6},    // night
    PartRow{21, 24},  // late night
    PartRow{13, 17},  // after lunch
    PartRow{15, 21},  // after school
    PartRow{17, 21},  // after work
};

class Resolver {
public:
    Resolver(const Fields& fields, const Reference& reference)
        : f_(fields),
          now_(reference.now),
          today_(day_of(reference.now)),
          day_(reference.day),
          looks_back_(reference.options->looks_back),
          utc_offset_(reference.options->utc_offset) {}

    std::optional<Span> run() const {
        if (f_.is_exact && !f_.clock) return f_.frame;
        std::optional<Span> date;
        if (!f_.has_date() && f_.has_time()) date = day_;
        if (f_.has_date()) {
            date = resolve_date();
            if (!date) return std::nullopt;
            if (f_.has_time() && date->grain != Grain::kDay) return std::nullopt;
        }
        if (f_.clock) return resolve_clock(date);
        if (f_.part) return resolve_part(date);
        return date;
    }

private:
    int this_year() const { return static_cast<int>(date_of(now_).year()); }
    int this_month() const { return static_cast<int>(static_cast<unsigned>(date_of(now_).month())); }
    static Span day_span(LocalDays day) { return {.from = day, .to = day + Days{1}, .grain = Grain::kDay}; }

    std::optional<int> given_year() const {
        if (f_.year) return f_.year;
        if (f_.frame && f_.frame->grain == Grain::kYear)
            return static_cast<int>(date_of(f_.frame->from).year());
        // "March in a year": exact to the month, but what is meant is the year.
        if (f_.frame && (f_.month || f_.holiday) && f_.frame->grain >= Grain::kMonth)
            return static_cast<int>(date_of(f_.frame->from).year());
        return std::nullopt;
    }

    std::optional<Span> resolve_date() const {
        if (f_.holiday) return resolve_holiday();
        if (f_.season) return resolve_season();
        if (f_.is_weekend) return resolve_weekend();
        if (f_.month) return resolve_month();
        if (f_.day) return resolve_day();
        if (f_.weekday) return resolve_weekday();
        if (f_.frame) return f_.frame;
        if (f_.year) return year_span(*f_.year);
        return std::nullopt;
    }

    static std::optional<Span> year_span(int year) {
        const auto first = day_from(year, 1, 1);
        if (!first) return std::nullopt;
        return unit_at(*first, Grain::kYear);
    }

    // Of the years around, the first whose span has begun or is still to come; `turn` counts from there.
    template <typename SpanOfYear>
    std::optional<Span> nearest(SpanOfYear span_of) const {
        const int turn = f_.turn.value_or(0);
        const bool back = f_.turn ? turn < 0 : looks_back_;
        const int first = this_year() + (back ? 1 : -1);
        int skipped = turn == 0 ? 0 : std::abs(turn) - 1;
        for (int step = 0; step < 8; ++step) {
            const std::optional<Span> span = span_of(first + (back ? -step : step));
            if (!span) continue;
            const bool is_now = span->from <= now_ && now_ < span->to;
            const bool fits = back ? span->to <= now_ : span->from > now_;
            if ((fits || (is_now && turn == 0)) && skipped-- == 0) return span;
        }
        return std::nullopt;
    }

    std::optional<Span> resolve_holiday() const {
        if (const std::optional<int> year = given_year()) return holiday_in(*f_.holiday, *year);
        return nearest([&](int year) { return holiday_in(*f_.holiday, year); });
    }

    std::optional<Span> resolve_season() const {
        const auto season_of = [&](int year) -> std::optional<Span> {
            // Winter is named after the year in which it ends, unless somebody names the year.
            const int first_month = *f_.season == 0 ? 12 : *f_.season * 3;
            const auto from = day_from(*f_.season == 0 ? year - 1 : year, first_month, 1);
            if (!from) return std::nullopt;
            return Span{*from, add(*from, 3, Grain::kMonth), Grain::kDay, true};
        };
        if (const std::optional<int> year = given_year())
            return season_of(*f_.season == 0 ? *year + 1 : *year);
        return nearest(season_of);
    }

    std::optional<Span> resolve_weekend() const {
        Instant week = floor_to(now_, Grain::kWeek);
        if (f_.frame)
            week = floor_to(f_.frame->from, Grain::kWeek);
        else if (f_.turn)
            week += Days{7 * *f_.turn};
        else if (looks_back_ && now_ < week + Days{5})
            week -= Days{7};
        return Span{week + Days{5}, week + Days{7}, Grain::kDay, true};
    }

    std::optional<Span> resolve_month() const {
        const auto in_year = [&](int year) -> std::optional<Span> {
            const auto first = day_from(year, *f_.month, f_.day.value_or(1));
            if (!first) return std::nullopt;
            return unit_at(*first, f_.day ? Grain::kDay : Grain::kMonth);
        };
        const std::optional<int> year = given_year();
        std::optional<Span> span;
        if (year)
            span = in_year(*year);
        else if (f_.turn && *f_.turn == 0)
            span = in_year(this_year());
        else
            span = nearest_month(in_year);
        if (span && f_.weekday && !f_.day) return first_weekday(*span, *f_.weekday);
        return span;
    }

    template <typename SpanOfYear>
    std::optional<Span> nearest_month(SpanOfYear in_year) const {
        const Instant unit = floor_to(now_, f_.day ? Grain::kDay : Grain::kMonth);
        const std::optional<Span> this_years = in_year(this_year());
        // A day that this year doesn't have: nobody means the one in years to come.
        if (!this_years) return std::nullopt;
        const int turn = f_.turn.value_or(0);
        if (turn < 0 || (turn == 0 && looks_back_)) {
            const bool is_past = turn < 0 ? this_years->from < unit : this_years->from <= unit;
            return in_year(this_year() + (is_past ? 0 : -1) + (turn < 0 ? turn + 1 : 0));
        }
        const bool is_coming = turn > 0 ? this_years->from > unit : this_years->from >= unit;
        return in_year(this_year() + (is_coming ? 0 : 1) + (turn > 0 ? turn - 1 : 0));
    }

    std::optional<Span> resolve_day() const {
        constexpr int kMonthsToSearch = 84;
        Instant month = floor_to(now_, Grain::kMonth);
        const bool is_given = f_.frame && f_.frame->grain == Grain::kMonth;
        if (f_.frame && !is_given) return std::nullopt;
        if (is_given) month = f_.frame->from;
        for (int step = 0; step < kMonthsToSearch; ++step) {
            const auto date = date_of(month);
            const auto day = day_from(static_cast<int>(date.year()),
                                      static_cast<int>(static_cast<unsigned>(date.month())), *f_.day);
            const bool fits = is_given || (day && (looks_back_ ? *day <= today_ : *day >= today_));
            if (day && fits && (!f_.weekday || is_given || weekday_of(*day) == *f_.weekday))
                return day_span(*day);
            if (is_given) break;
            month = add(month, looks_back_ ? -1 : 1, Grain::kMonth);
        }
        return std::nullopt;
    }

    static std::optional<Span> first_weekday(const Span& window, int weekday) {
        LocalDays day = day_of(window.from);
        day += Days{(weekday - weekday_of(day) + 7) % 7};
        if (day >= window.to) return std::nullopt;
        return day_span(day);
    }

    std::optional<Span> resolve_weekday() const {
        if (f_.frame) {
            // "Friday, tomorrow" is tomorrow; "Friday in a week" is that of that week.
            if (f_.counted_in == Grain::kWeek)
                return first_weekday(unit_at(f_.frame->from, Grain::kWeek), *f_.weekday);
            if (f_.frame->grain == Grain::kDay && !f_.frame->is_range && !f_.is_exact) return f_.frame;
            return first_weekday(*f_.frame, *f_.weekday);
        }
        if (f_.year) return first_weekday(year_span(*f_.year).value_or(Span{}), *f_.weekday);
        const int ahead = (*f_.weekday - weekday_of(today_) + 7) % 7;
        const int behind = (weekday_of(today_) - *f_.weekday + 7) % 7;
        if (!f_.turn) {
            if (looks_back_) return day_span(today_ - Days{behind == 0 ? 7 : behind});
            return day_span(today_ + Days{ahead == 0 ? 7 : ahead});
        }
        const int turn = *f_.turn;
        if (turn == 0) return day_span(today_ + Days{ahead});
        if (turn < 0) return day_span(today_ - Days{(behind == 0 ? 7 : behind) + 7 * (-turn - 1)});
        const LocalDays week = day_of(floor_to(now_, Grain::kWeek));
        return day_span(week + Days{7 * turn + *f_.weekday});
    }

    std::optional<Span> resolve_part(const std::optional<Span>& date) const {
        const PartRow& part = kParts.at(static_cast<std::size_t>(*f_.part));
        Instant day = date ? date->from : today_;
        // Of the night that is to come, once the last one is over.
        const bool is_today = day == today_;
        if (*f_.part == kNight && is_today && !looks_back_ && now_ >= day + hours{part.to_hour})
            day += Days{1};
        if (!date && !looks_back_ && now_ >= day + hours{part.to_hour}) day += Days{1};
        return Span{day + hours{part.from_hour}, day + hours{part.to_hour}, Grain::kHour, true};
    }

    Span clock_span(Instant day, int hour) const {
        const ClockTime& clock = *f_.clock;
        const Instant from = day + hours{hour} + std::chrono::minutes{clock.minute} + Seconds{clock.second};
        return {.from = from, .to = add(from, 1, clock.grain), .grain = clock.grain};
    }

    // What the part of the day makes of an hour on a face of twelve.
    int hour_in_part(int hour) const {
        switch (*f_.part) {
            case kMorning:
            case kEarlyMorning:
                return hour % 12;
            case kNight:
                return hour == 12 ? 0 : (hour >= 6 && hour < 12 ? hour + 12 : hour);
            case kEvening:
            case kLateNight:
                return hour == 12 ? 24 : hour + 12;
            case kLunch:
                return hour == 12 || hour == 11 ? hour : hour % 12 + 12;
            default:
                return hour % 12 + 12;
        }
    }

    std::optional<Span> resolve_clock(const std::optional<Span>& date) const {
        const ClockTime& clock = *f_.clock;
        int hour = clock.hour;
        bool is_ambiguous = clock.is_ambiguous;
        if (is_ambiguous && f_.part) {
            hour = hour_in_part(hour);
            is_ambiguous = false;
        } else if (is_ambiguous && hour >= 1 && hour <= kLastAfternoonHour) {
            hour += 12;  // who says "at 3" speaks of the afternoon
            is_ambiguous = false;
        }
        if (f_.zone_minutes && utc_offset_) return in_zone(date, hour);
        if (date && date->from != today_) return clock_span(date->from, hour);
        const Span first = clock_span(today_, hour);
        if (looks_back_) {
            if (is_ambiguous && hour < 12 && clock_span(today_, hour + 12).from <= now_)
                return clock_span(today_, hour + 12);
            if (date || first.from <= now_) return first;
            return clock_span(today_ - Days{1}, is_ambiguous && hour < 12 ? hour + 12 : hour);
        }
        if (first.from >= floor_to(now_, Grain::kMinute)) return first;
        if (is_ambiguous && hour < 12 && clock_span(today_, hour + 12).from >= now_)
            return clock_span(today_, hour + 12);
        if (date) return first;
        return clock_span(today_ + Days{1}, hour);
    }

    std::optional<Span> in_zone(const std::optional<Span>& date, int hour) const {
        const Instant day = date ? date->from : Instant{today_};
        Span span = clock_span(day, hour);
        span.grain = std::min(span.grain, Grain::kMinute);
        const auto moved = *utc_offset_ - std::chrono::minutes{*f_.zone_minutes};
        span.from += moved;
        span.to = add(span.from, 1, span.grain);
        if (!date && span.from < now_ && !looks_back_) {
            span.from += Days{1};
            span.to += Days{1};
        }
        return span;
    }

    static constexpr int kLastAfternoonHour = 5;

    const Fields& f_;
    Instant now_;
    LocalDays today_;
    std::optional<Span> day_;
    bool looks_back_;
    std::optional<std::chrono::minutes> utc_offset_;
};

}  // namespace

std::optional<Span> resolve(const Fields& fields, const Reference& reference) {
    return Resolver{fields, reference}.run();
}

}  // namespace arq::dates
