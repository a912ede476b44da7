// SPDX-License-Identifier: MIT
#include "arq/monitor/canary_state.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "arq/monitor/folder.h"

namespace arq::monitor {
namespace {

using std::chrono::minutes;

// The first word of `text`, which loses it and the blank behind it.
std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

std::int64_t number_of(std::string_view word) {
    std::int64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

int share_of(std::string_view word) {
    return static_cast<int>(std::clamp<std::int64_t>(number_of(word), 0, kCanarySlots));
}

util::Timestamp time_of(std::string_view word) {
    return util::Timestamp{std::chrono::seconds{number_of(word)}};
}

void read_line(CanaryState& state, std::string_view line) {
    const std::string_view key = take_word(line);
    if (key == "state") state.state = line;
    if (key == "release") state.release = line;
    if (key == "before") state.before = line;
    if (key == "share") state.share = share_of(line);
    if (key == "began") state.began = time_of(line);
    if (key == "since") state.since = time_of(line);
    if (key == "reason") state.reason = line;
    if (key == "step") {
        CanaryStep step{.share = share_of(take_word(line))};
        step.from = time_of(take_word(line));
        step.to = time_of(take_word(line));
        step.text = line;
        state.steps.push_back(std::move(step));
    }
}

// Whole minutes: [from, until).
struct Minutes {
    util::Timestamp from, until;
    double count() const {
        return std::max(std::chrono::duration<double, minutes::period>(until - from).count(), 0.0);
    }
};

CanarySide side_of(const std::vector<model::PoolFigures>& rows, model::Variant variant,
                   const Minutes& compared) {
    std::vector<model::PoolFigures> those;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(those), [&](const model::PoolFigures& row) {
        return row.begins_at >= compared.from && row.begins_at < compared.until;
    });
    const model::PoolFigures all = sum(those, variant);
    return {.requests = static_cast<std::uint64_t>(all.requests),
            .errors = static_cast<std::uint64_t>(all.errors),
            .deaths = static_cast<std::uint64_t>(all.deaths),
            .times = times_of(all)};
}

// How many minutes of [from, until) the pool has rows of: without any the machine or the pool was off, or
// somebody else than the two sides served. (A minute without a request has its probes.)
std::int64_t count_minutes(const std::vector<model::PoolFigures>& rows, util::Timestamp from,
                           util::Timestamp until) {
    std::set<util::Timestamp> seen;
    for (const model::PoolFigures& row : rows)
        if (row.variant != model::Variant::kLegacy && row.begins_at >= from && row.begins_at < until)
            seen.insert(row.begins_at);
    return static_cast<std::int64_t>(seen.size());
}

// Slots of the others, times the minutes of the steps that are over.
double slot_minutes_before(const CanaryState& state) {
    double all = 0;
    for (const CanaryStep& step : state.steps)
        all += (kCanarySlots - step.share) * Minutes{step.from, step.to}.count();
    return all;
}

}  // namespace

CanaryState parse_canary_state(std::string_view text) {
    CanaryState state;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        read_line(state, line);
    }
    return state;
}

// Another release may have been the canary in the minute in which this one came.
util::Timestamp canary_compared_from(const CanaryState& state) {
    return std::chrono::ceil<minutes>(state.began);
}

CanaryComparison compare_canary(const CanaryState& state, const std::vector<model::PoolFigures>& rows,
                                std::chrono::seconds step, util::Timestamp now) {
    const util::Timestamp first = canary_compared_from(state);
    // In the minute in which the step began some of the slots were still served as before it.
    const util::Timestamp begin = std::chrono::ceil<minutes>(state.since);
    const Minutes compared{std::max(first, begin), std::chrono::floor<minutes>(now)};
    const auto away = std::max(std::chrono::floor<minutes>(compared.until - begin), minutes{0}) -
                      minutes{count_minutes(rows, begin, compared.until)};
    const auto lasted = now - state.since - away;
    const auto late = lasted - step;
    CanaryComparison comparison{.canary = side_of(rows, model::Variant::kCanary, compared),
                                .moment = {.is_over = late >= std::chrono::seconds{0}},
                                .lasted = std::chrono::floor<std::chrono::seconds>(lasted)};
    if (comparison.moment.is_over)
        comparison.moment.late_looks = static_cast<unsigned>(std::chrono::floor<minutes>(late).count());
    comparison.canary.slot_minutes = state.share * compared.count();
    if (state.share < kCanarySlots) {
        comparison.production = side_of(rows, model::Variant::kProduction, compared);
        comparison.production.slot_minutes = (kCanarySlots - state.share) * compared.count();
    } else {
        const util::Timestamp last = std::chrono::floor<minutes>(state.since);
        comparison.production = side_of(rows, model::Variant::kProduction, {first, last});
        comparison.production.slot_minutes = slot_minutes_before(state);
    }
    return comparison;
}

}  // namespace arq::monitor
