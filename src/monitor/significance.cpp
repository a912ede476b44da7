// SPDX-License-Identifier: MIT
#include "monitor/significance.h"

#include <math.h>  // NOLINT(modernize-deprecated-headers): lgamma_r is POSIX's, and std::lgamma isn't thread safe

#include <algorithm>
#include <cmath>

namespace arq::monitor {
namespace {

// Terms that change nothing any more.
constexpr double kNegligible = 1e-17;
constexpr double kLarge = 1e200;

double log_factorial(std::uint64_t n) {
    int sign = 0;
    return ::lgamma_r(static_cast<double>(n) + 1, &sign);
}

double log_choose(std::uint64_t n, std::uint64_t k) {
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

// Adds up a tail, term by term, from `begin` to `end`: `ratio(k)` is what term k + 1 is of term k. The first
// may be far too small for a double where most of the others are not, so all are counted in units of it.
template <typename Ratio>
double sum_tail(std::uint64_t begin, std::uint64_t end, double unit_log, const Ratio& ratio) {
    double term = 1;
    double sum = 1;
    for (std::uint64_t k = begin; k < end; ++k) {
        const double factor = ratio(k);
        term *= factor;
        sum += term;
        if (factor < 1 && term < sum * kNegligible) break;
        if (sum > kLarge) {
            term /= kLarge;
            sum /= kLarge;
            unit_log += std::log(kLarge);
        }
    }
    return std::min(std::exp(unit_log + std::log(sum)), 1.0);
}

}  // namespace

double fisher_upper(std::uint64_t first_hits, std::uint64_t first, std::uint64_t second_hits,
                    std::uint64_t second) {
    const std::uint64_t hits = first_hits + second_hits;
    const std::uint64_t least = hits > second ? hits - second : 0;
    if (first_hits <= least) return 1;
    const std::uint64_t most = std::min(hits, first);
    const double first_log =
        log_choose(first, first_hits) + log_choose(second, second_hits) - log_choose(first + second, hits);
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    return sum_tail(first_hits, most, first_log, [&](std::uint64_t k) {
        return number(first - k) * number(hits - k) /
               (number(k + 1) * (number(second) - number(hits) + number(k + 1)));
    });
}

double binomial_upper(std::uint64_t hits, std::uint64_t trials, double chance) {
    if (hits == 0 || chance >= 1) return 1;
    if (chance <= 0) return 0;
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    const double first_log = log_choose(trials, hits) + number(hits) * std::log(chance) +
                             number(trials - hits) * std::log1p(-chance);
    const double odds = chance / (1 - chance);
    return sum_tail(hits, trials, first_log,
                    [&](std::uint64_t k) { return number(trials - k) / number(k + 1) * odds; });
}

}  // namespace arq::monitor
