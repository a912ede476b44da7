// SPDX-License-Identifier: MIT
#include "arq/monitor/canary_judge.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "monitor/significance.h"

namespace arq::monitor {
namespace {

constexpr CanaryMoment kEnd{.is_over = true};

CanarySide side(std::uint64_t requests, std::uint64_t errors, std::chrono::microseconds time,
                double slot_minutes) {
    CanarySide made{.requests = requests, .errors = errors, .slot_minutes = slot_minutes};
    // A twentieth is slow, and so is one more, so that p95 is what is asked for.
    made.times.add(bucket_of(500), requests - requests / 20 - 1);
    made.times.add(bucket_of(static_cast<std::uint64_t>(time.count())), requests / 20 + 1);
    return made;
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

// A pool whose users' requests fall to one side or the other.
struct Pool {
    std::mt19937_64 random;
    double error_rate[2], slowness[2], deaths_per_slot_minute[2];  // canary, production
    double requests_per_slot_minute = 40;

    void minute(CanarySide& side, int which, int slots) {
        const double expected = requests_per_slot_minute * slots;
        const auto requests = std::poisson_distribution<std::uint64_t>{expected}(random);
        std::lognormal_distribution<double> time{std::log(2000 * slowness[which]), 0.8};
        for (std::uint64_t n = 0; n < requests; ++n)
            side.times.add(std::chrono::microseconds{static_cast<std::int64_t>(time(random))});
        side.requests += requests;
        side.errors += std::binomial_distribution<std::uint64_t>{requests, error_rate[which]}(random);
        side.deaths +=
            std::poisson_distribution<std::uint64_t>{deaths_per_slot_minute[which] * slots + 1e-12}(random);
        side.slot_minutes += slots;
    }

    // Whether a whole canary of three steps, looked at each minute, is taken back.
    bool is_taken_back(const CanaryRules& rules) {
        CanarySide production;
        for (const int slots : {1, 5, 10}) {
            CanarySide canary;
            if (slots < 10) production = {};  // at 100 % it is what it was before
            for (unsigned look = 1; look <= rules.looks; ++look) {
                minute(canary, 0, slots);
                if (slots < 10) minute(production, 1, 10 - slots);
                const auto verdict =
                    judge_canary(canary, production, rules, {.is_over = look == rules.looks}).verdict;
                if (verdict == CanaryVerdict::kWorse) return true;
            }
        }
        return false;
    }
};

int taken_back_of(int canaries, const Pool& like) {
    const CanaryRules rules{.level = 0.01, .min_requests = 100, .looks = 5};
    int count = 0;
    for (int n = 0; n < canaries; ++n) {
        Pool pool = like;
        pool.random.seed(static_cast<std::uint64_t>(n) + 1);
        if (pool.is_taken_back(rules)) ++count;
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(canary_judge_tests)

BOOST_AUTO_TEST_CASE(fisher_has_the_known_values) {
    // Fisher's lady who tastes tea: 3 of 4 right, and all 4.
    BOOST_TEST(fisher_upper(3, 4, 1, 4) == 17.0 / 70, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(fisher_upper(4, 4, 0, 4) == 1.0 / 70, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(fisher_upper(0, 10, 5, 10) == 1);
    BOOST_TEST(fisher_upper(0, 0, 5, 10) == 1);
    BOOST_TEST(fisher_upper(10, 10, 10, 10) == 1);
}

BOOST_AUTO_TEST_CASE(fisher_agrees_with_boost) {
    std::mt19937_64 random{7};
    for (int n = 0; n < 40; ++n) {
        const auto draw = [&](std::uint64_t most) {
            return std::uniform_int_distribution<std::uint64_t>{0, most}(random);
        };
        const std::uint64_t first = draw(2000) + 1;
        const std::uint64_t second = draw(20000) + 1;
        const std::uint64_t first_hits = draw(std::min<std::uint64_t>(first, 100));
        const std::uint64_t second_hits = draw(std::min<std::uint64_t>(second, 500));
        const boost::math::hypergeometric_distribution<> known{
            static_cast<unsigned>(first_hits + second_hits), static_cast<unsigned>(first),
            static_cast<unsigned>(first + second)};
        double expected = 0;
        for (std::uint64_t k = first_hits; k <= std::min(first, first_hits + second_hits); ++k)
            expected += boost::math::pdf(known, static_cast<unsigned>(k));
        BOOST_TEST(fisher_upper(first_hits, first, second_hits, second) == expected,
                   boost::test_tools::tolerance(1e-7));
    }
}

BOOST_AUTO_TEST_CASE(large_counts_are_no_matter) {
    BOOST_TEST(fisher_upper(5000, 100000000, 45000, 900000000) > 0.3);
    BOOST_TEST(fisher_upper(6000, 100000000, 45000, 900000000) < 1e-30);
}

BOOST_AUTO_TEST_CASE(binomial_agrees_with_boost) {
    for (const std::uint64_t trials : {1U, 5U, 30U, 1000U}) {
        for (const double chance : {0.1, 0.42, 0.5, 0.9}) {
            for (std::uint64_t hits = 1; hits <= trials; hits += 1 + trials / 7) {
                const boost::math::binomial known{static_cast<double>(trials), chance};
                const double expected =
                    boost::math::cdf(boost::math::complement(known, static_cast<double>(hits) - 1));
                BOOST_TEST(binomial_upper(hits, trials, chance) == expected,
                           boost::test_tools::tolerance(1e-8));
            }
        }
    }
    BOOST_TEST(binomial_upper(0, 10, 0.1) == 1);
    BOOST_TEST(binomial_upper(3, 3, 0.1) == 0.001, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(like_is_well) {
    using namespace std::chrono_literals;
    const auto found = judge_canary(side(1000, 2, 9ms, 15), side(9000, 20, 9ms, 135), {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWell), found.text);
    BOOST_TEST(contains(found.text, "2 of 1000 requests failed (production: 20 of 9000 requests)"),
               found.text);
    BOOST_TEST(contains(found.text, "0 workers died (0)"), found.text);
}

BOOST_AUTO_TEST_CASE(more_errors_are_worse) {
    using namespace std::chrono_literals;
    const auto found = judge_canary(side(1000, 20, 9ms, 15), side(9000, 20, 9ms, 135), {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWorse), found.text);
    BOOST_TEST(contains(found.text, "of the canary 20 of 1000 requests failed"), found.text);
    BOOST_TEST(contains(found.text, "Fisher's exact test, p = "), found.text);
    // The other way round it is not.
    const auto better = judge_canary(side(1000, 0, 9ms, 15), side(9000, 900, 9ms, 135), {}, kEnd);
    BOOST_TEST((better.verdict == CanaryVerdict::kWell), better.text);
}

BOOST_AUTO_TEST_CASE(slower_is_worse_beyond_the_ratio) {
    using namespace std::chrono_literals;
    auto slow = side(4000, 0, 20ms, 15);
    const auto production = side(36000, 0, 9ms, 135);
    auto found = judge_canary(slow, production, {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWorse), found.text);
    BOOST_TEST(contains(found.text, "p95 of the canary is "), found.text);
    found = judge_canary(side(4000, 0, 10ms, 15), production, {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWell), found.text);
    found = judge_canary(slow, production, {.p95_ratio = 3}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWell), found.text);
    const auto faster = side(4000, 0, 1ms, 15);
    found = judge_canary(faster, production, {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kWell), found.text);
}

BOOST_AUTO_TEST_CASE(deaths_are_worse_without_a_single_answer) {
    CanarySide canary{.deaths = 5, .slot_minutes = 2};
    const CanarySide production{.requests = 500, .slot_minutes = 18};
    auto found = judge_canary(canary, production, {}, {});
    BOOST_TEST((found.verdict == CanaryVerdict::kWorse), found.text);
    BOOST_TEST(contains(found.text, "5 workers of the canary died, 0 of production (binomial test"),
               found.text);
    canary.deaths = 1;
    found = judge_canary(canary, production, {}, {});
    BOOST_TEST((found.verdict == CanaryVerdict::kWait), found.text);
}

BOOST_AUTO_TEST_CASE(too_few_requests_hold_and_say_so) {
    using namespace std::chrono_literals;
    const auto few = side(199, 199, 9ms, 15);
    const auto many = side(9000, 0, 9ms, 135);
    BOOST_TEST((judge_canary(few, many, {}, {}).verdict == CanaryVerdict::kWait));
    const auto found = judge_canary(few, many, {}, kEnd);
    BOOST_TEST((found.verdict == CanaryVerdict::kHold), found.text);
    BOOST_TEST(contains(found.text, "the canary has answered 199, production 9000, and 200 of each"),
               found.text);
    BOOST_TEST((judge_canary(many, few, {}, kEnd).verdict == CanaryVerdict::kHold));
    BOOST_TEST((judge_canary(side(200, 200, 9ms, 15), many, {}, kEnd).verdict == CanaryVerdict::kWorse));
}

BOOST_AUTO_TEST_CASE(before_the_end_the_level_is_stricter) {
    using namespace std::chrono_literals;
    // Worse at the end, not yet in the middle.
    const auto canary = side(1000, 12, 9ms, 15);
    const auto production = side(9000, 24, 9ms, 135);
    const auto early = judge_canary(canary, production, {}, {});
    BOOST_TEST((early.verdict == CanaryVerdict::kWait), early.text);
    const auto end = judge_canary(canary, production, {}, kEnd);
    BOOST_TEST((end.verdict == CanaryVerdict::kWorse), end.text);
    BOOST_TEST(end.errors_p == early.errors_p);
    BOOST_TEST(end.level == 0.01 / 18, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(early.level == 0.01 / 18 / 15, boost::test_tools::tolerance(1e-9));
}

// Simulated canaries. The seeds are fixed, so the counts are; what the bounds say holds for any.
BOOST_AUTO_TEST_CASE(a_release_as_good_is_seldom_taken_back) {
    const int taken_back = taken_back_of(
        300, {.error_rate = {0.005, 0.005}, .slowness = {1, 1}, .deaths_per_slot_minute = {0.05, 0.05}});
    BOOST_TEST_MESSAGE("false alarms: " << taken_back << " of 2000");
    BOOST_TEST(taken_back <= 20);  // 1 %, which is the level
}

BOOST_AUTO_TEST_CASE(a_worse_release_is_taken_back) {
    const Pool good{.error_rate = {0.005, 0.005}, .slowness = {1, 1}, .deaths_per_slot_minute = {0, 0}};
    Pool failing = good;
    failing.error_rate[0] = 0.04;
    Pool slow = good;
    slow.slowness[0] = 2.5;
    Pool dying = good;
    dying.deaths_per_slot_minute[0] = 1;
    const int failing_count = taken_back_of(60, failing);
    const int slow_count = taken_back_of(60, slow);
    const int dying_count = taken_back_of(60, dying);
    BOOST_TEST_MESSAGE("taken back of 60: " << failing_count << " that fail, " << slow_count
                                            << " that are slow, " << dying_count << " whose workers die");
    BOOST_TEST(failing_count >= 57);
    BOOST_TEST(slow_count >= 57);
    BOOST_TEST(dying_count >= 57);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace arq::monitor
