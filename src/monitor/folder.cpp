// SPDX-License-Identifier: MIT
#include "arq/monitor/folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "arq/util/hash.h"

namespace arq::monitor {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr hours kMinutesKept{48};
constexpr days kHoursKept{60};
constexpr days kDaysKept{3 * 366};

std::size_t number_of(model::Variant variant) {
    return static_cast<std::size_t>(variant);
}

// What was folded by then, of one variant.
struct Seen {
    Totals totals;
    Histogram times;
};

// As text, in host.sqlite3: "1 <map> <first probe in ms, 0: none>" and, of each variant, the totals and the
// times in hexadecimal (- for none). Format on disk: never change, only begin another with another number.
struct State {
    std::uint64_t map = 0;
    std::uint64_t first_probe_ms = 0;
    std::array<Seen, std::size(kAllVariants)> seen;
};

constexpr std::uint64_t Totals::*kTotals[] = {&Totals::requests,  &Totals::errors, &Totals::deaths,
                                              &Totals::fallbacks, &Totals::probes, &Totals::probes_ok,
                                              &Totals::up_ms};

std::string format(const State& state) {
    std::string text = "1 " + std::to_string(state.map) + " " + std::to_string(state.first_probe_ms);
    for (const Seen& seen : state.seen) {
        for (const auto total : kTotals) text += " " + std::to_string(seen.totals.*total);
        const std::string times = seen.times.encode();
        text += " ";
        text += times.empty() ? "-" : util::to_hex(std::as_bytes(std::span{times}));
    }
    return text;
}

std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

std::uint64_t take_number(std::string_view& text) {
    const std::string_view word = take_word(text);
    std::uint64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

// That of nothing folded yet where there is none, or another version's.
State parse(std::string_view text) {
    if (take_number(text) != 1) return {};
    State state{.map = take_number(text), .first_probe_ms = take_number(text)};
    for (Seen& seen : state.seen) {
        for (const auto total : kTotals) seen.totals.*total = take_number(text);
        const auto bytes = util::from_hex(take_word(text));
        if (!bytes) continue;
        const std::string_view times{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
        seen.times = Histogram::decode(times).value_or(Histogram{});
    }
    return state;
}

std::int64_t since(std::uint64_t now, std::uint64_t before) {
    return static_cast<std::int64_t>(now - std::min(now, before));
}

void set_times(model::PoolFigures& row, const Histogram& times) {
    row.requests = static_cast<std::int64_t>(times.count());
    row.times = times.encode();
    row.p50_ms = times.quantile_ms(0.5);
    row.p95_ms = times.quantile_ms(0.95);
    row.p99_ms = times.quantile_ms(0.99);
    row.max_ms = times.quantile_ms(1);
}

void add(model::PoolFigures& row, const model::PoolFigures& more) {
    row.errors += more.errors;
    row.deaths += more.deaths;
    row.fallbacks += more.fallbacks;
    row.probes += more.probes;
    row.probes_ok += more.probes_ok;
    row.up_ms += more.up_ms;
    Histogram times = times_of(row);
    times += times_of(more);
    set_times(row, times);
}

model::PoolFigures difference(const Seen& now, const Seen& before, model::Variant variant) {
    model::PoolFigures row{.variant = variant};
    set_times(row, now.times - before.times);
    row.errors = since(now.totals.errors, before.totals.errors);
    row.deaths = since(now.totals.deaths, before.totals.deaths);
    row.fallbacks = since(now.totals.fallbacks, before.totals.fallbacks);
    row.probes = since(now.totals.probes, before.totals.probes);
    row.probes_ok = since(now.totals.probes_ok, before.totals.probes_ok);
    row.up_ms = since(now.totals.up_ms, before.totals.up_ms);
    return row;
}

bool is_empty(const model::PoolFigures& row) {
    return row.requests + row.errors + row.deaths + row.fallbacks + row.probes == 0;
}

util::Timestamp begin_of(model::Span span, util::Timestamp time) {
    if (span == model::Span::kDay) return std::chrono::floor<days>(time);
    if (span == model::Span::kHour) return std::chrono::floor<hours>(time);
    return std::chrono::floor<minutes>(time);
}

util::Timestamp time_of(std::uint64_t milliseconds) {
    return util::Timestamp{util::Milliseconds{milliseconds}};
}

}  // namespace

Histogram times_of(const model::PoolFigures& row) {
    return Histogram::decode(row.times).value_or(Histogram{});
}

model::PoolFigures sum(const std::vector<model::PoolFigures>& rows, model::Variant variant) {
    model::PoolFigures all{.variant = variant};
    for (const model::PoolFigures& row : rows) {
        if (row.variant != variant) continue;
        if (all.begins_at == util::Timestamp{}) all.begins_at = row.begins_at;
        add(all, row);
    }
    return all;
}

bool Folder::tick(util::Timestamp now) {
    const util::Timestamp minute = std::chrono::floor<minutes>(now);
    if (!minute_) {
        const std::uint64_t first = parse(rows_.fold_state()).first_probe_ms;
        tell_uptime(first != 0 ? std::optional{time_of(first)} : map_.first_probe_at(), now);
        minute_ = minute;
        return false;
    }
    if (minute == *minute_) return false;
    fold_into(minute - minutes{1}, now);
    minute_ = minute;
    return true;
}

void Folder::fold(util::Timestamp now) {
    fold_into(std::chrono::floor<minutes>(now), now);
}

void Folder::fold_into(util::Timestamp minute, util::Timestamp now) {
    const std::string before_text = rows_.fold_state();
    State before = parse(before_text);
    // What a map that is gone had counted since was lost with it.
    if (before.map != map_.identity()) before.seen = {};
    State after{.map = map_.identity(), .first_probe_ms = before.first_probe_ms};
    if (const auto first = map_.first_probe_at(); first && after.first_probe_ms == 0)
        after.first_probe_ms = static_cast<std::uint64_t>(first->time_since_epoch().count());

    model::Fold fold{
        .minutes_from = now - kMinutesKept, .hours_from = now - kHoursKept, .days_from = now - kDaysKept};
    for (const model::Variant variant : kAllVariants) {
        Seen& seen = after.seen[number_of(variant)];
        seen = {.totals = map_.totals(variant), .times = map_.times(variant)};
        const model::PoolFigures more = difference(seen, before.seen[number_of(variant)], variant);
        if (is_empty(more)) continue;
        for (const model::Span span : {model::Span::kMinute, model::Span::kHour, model::Span::kDay}) {
            const util::Timestamp begin = begin_of(span, minute);
            model::PoolFigures row =
                sum(rows_.list_figures(span, begin, begin + util::Milliseconds{1}), variant);
            row.begins_at = begin;
            add(row, more);
            fold.rows.push_back({.span = span, .figures = std::move(row)});
        }
    }
    fold.state = format(after);
    if (!rows_.write_fold(fold, before_text)) return;  // somebody else has just done it
    tell_uptime(after.first_probe_ms != 0 ? std::optional{time_of(after.first_probe_ms)} : std::nullopt, now);
}

// Each window ends with the last probe, unless that is long ago.
void Folder::tell_uptime(std::optional<util::Timestamp> first_probe, util::Timestamp now) {
    if (!first_probe) return;
    const auto last = map_.last_probe_at();
    const util::Timestamp end = last && now - *last <= kLongestProbeGap ? *last : now;
    const auto share = [&](model::Span span, std::chrono::milliseconds window) -> std::optional<double> {
        const util::Timestamp begin = begin_of(span, end - window);
        const auto elapsed = end - std::max(begin, *first_probe);
        if (elapsed <= std::chrono::milliseconds{0}) return std::nullopt;
        const auto up = static_cast<double>(rows_.sum_up_ms(span, begin));
        return std::min(100.0, 100.0 * up / static_cast<double>(elapsed.count()));
    };
    map_.note_uptime({.day = share(model::Span::kMinute, hours{24}),
                      .week = share(model::Span::kHour, days{7}),
                      .month = share(model::Span::kHour, days{30})});
}

}  // namespace arq::monitor
