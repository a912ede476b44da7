// SPDX-License-Identifier: MIT
#include "arq/monitor/canary_judge.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "monitor/significance.h"

namespace arq::monitor {
namespace {

constexpr double kSteps = 3;
constexpr double kMeasures = 3;
constexpr double kShare = 0.95;

std::string format(const char* pattern, double value) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), pattern, value);
    return {text.data(), static_cast<std::size_t>(std::max(length, 0))};
}

std::string count(std::uint64_t number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string failed_words(const CanarySide& side) {
    return std::to_string(side.errors) + " of " + count(side.requests, "request");
}

std::string p95_words(const CanarySide& side) {
    const std::optional<double> p95 = side.times.quantile_ms(kShare);
    return p95 ? format("%.3g ms", *p95) : std::string{"unknown"};
}

std::string test_words(const char* test, double p, double level) {
    return std::string{" ("} + test + ", p = " + format("%.2g", p) + ", below " + format("%.2g", level) + ")";
}

// The bucket within which 95 % of both sides' requests lie: taken of both, so that the test is exact.
std::size_t bucket_of_p95(const Histogram& one, const Histogram& other) {
    const std::uint64_t all = one.count() + other.count();
    std::uint64_t within = 0;
    std::size_t bucket = 0;
    for (; bucket + 1 < kBuckets; ++bucket) {
        within += one.count_of(bucket) + other.count_of(bucket);
        if (static_cast<double>(within) >= kShare * static_cast<double>(all)) break;
    }
    return bucket;
}

std::uint64_t count_above(const Histogram& times, std::size_t bucket) {
    std::uint64_t above = 0;
    for (std::size_t at = bucket + 1; at < kBuckets; ++at) above += times.count_of(at);
    return above;
}

double times_p(const CanarySide& canary, const CanarySide& production) {
    const std::size_t bucket = bucket_of_p95(canary.times, production.times);
    return fisher_upper(count_above(canary.times, bucket), canary.times.count(),
                        count_above(production.times, bucket), production.times.count());
}

bool is_slower(const CanarySide& canary, const CanarySide& production, double ratio) {
    const std::optional<double> its = canary.times.quantile_ms(kShare);
    const std::optional<double> other = production.times.quantile_ms(kShare);
    return its && other && *its >= *other * ratio;
}

// An error rate above its end is not counted twice, should the two counts ever be read apart.
double errors_p(const CanarySide& canary, const CanarySide& production) {
    return fisher_upper(std::min(canary.errors, canary.requests), canary.requests,
                        std::min(production.errors, production.requests), production.requests);
}

double deaths_p(const CanarySide& canary, const CanarySide& production) {
    const double exposure = canary.slot_minutes + production.slot_minutes;
    if (exposure <= 0) return 1;
    return binomial_upper(canary.deaths, canary.deaths + production.deaths, canary.slot_minutes / exposure);
}

std::string numbers(const CanarySide& canary, const CanarySide& production) {
    return failed_words(canary) + " failed (production: " + failed_words(production) + "), p95 " +
           p95_words(canary) + " (" + p95_words(production) + "), " + count(canary.deaths, "worker") +
           " died (" + std::to_string(production.deaths) + ")";
}

}  // namespace

CanaryJudgement judge_canary(const CanarySide& canary, const CanarySide& production, const CanaryRules& rules,
                             const CanaryMoment& moment) {
    const double half = rules.level / 2 / kSteps / kMeasures;
    const double early = half / std::max(rules.looks, 1U);
    // Errors and times are compared once after the time is over; deaths also while it is waited for requests,
    // without an end, so each such look gets a part of which all together make one.
    const double late = static_cast<double>(moment.late_looks);
    const double deaths_level = moment.is_over ? half / ((late + 1) * (late + 2)) : early;
    CanaryJudgement judgement{.level = moment.is_over ? half : early};

    judgement.deaths_p = deaths_p(canary, production);
    if (judgement.deaths_p < deaths_level) {
        judgement.verdict = CanaryVerdict::kWorse;
        judgement.text = count(canary.deaths, "worker") + " of the canary died, " +
                         std::to_string(production.deaths) + " of production" +
                         test_words("binomial test", judgement.deaths_p, deaths_level);
        return judgement;
    }
    const bool is_enough = canary.requests >= rules.min_requests && production.requests >= rules.min_requests;
    if (!is_enough) {
        judgement.verdict = moment.is_over ? CanaryVerdict::kHold : CanaryVerdict::kWait;
        judgement.text = "too few requests to compare: the canary has answered " +
                         std::to_string(canary.requests) + ", production " +
                         std::to_string(production.requests) + ", and " + std::to_string(rules.min_requests) +
                         " of each are needed (canary.min_requests)";
        return judgement;
    }
    judgement.errors_p = errors_p(canary, production);
    judgement.times_p = times_p(canary, production);
    if (judgement.errors_p < judgement.level) {
        judgement.verdict = CanaryVerdict::kWorse;
        judgement.text = "of the canary " + failed_words(canary) + " failed, of production " +
                         failed_words(production) +
                         test_words("Fisher's exact test", judgement.errors_p, judgement.level);
    } else if (judgement.times_p < judgement.level && is_slower(canary, production, rules.p95_ratio)) {
        judgement.verdict = CanaryVerdict::kWorse;
        judgement.text = "p95 of the canary is " + p95_words(canary) + ", of production " +
                         p95_words(production) +
                         test_words("Fisher's exact test of the share above the p95 of both",
                                    judgement.times_p, judgement.level);
    } else {
        judgement.verdict = moment.is_over ? CanaryVerdict::kWell : CanaryVerdict::kWait;
        judgement.text = "no worse: " + numbers(canary, production);
    }
    return judgement;
}

}  // namespace arq::monitor
