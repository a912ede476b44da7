// SPDX-License-Identifier: MIT
#include "arq/monitor/histogram.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <vector>

namespace arq::monitor {
namespace {

using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(histogram_tests)

BOOST_AUTO_TEST_CASE(every_time_is_within_two_percent_of_its_buckets_middle) {
    for (std::uint64_t time = 1; time <= kLongestMicroseconds; time += 1 + time / 997) {
        const std::size_t bucket = bucket_of(time);
        BOOST_REQUIRE(bucket < kBuckets);
        const double error = std::abs(middle_of_bucket(bucket) - static_cast<double>(time));
        BOOST_REQUIRE(error < 0.02 * static_cast<double>(time));
    }
}

BOOST_AUTO_TEST_CASE(buckets_follow_each_other_and_none_is_left_out) {
    std::size_t last = 0;
    for (std::uint64_t time = 1; time < 1U << 20U; ++time) {
        const std::size_t bucket = bucket_of(time);
        BOOST_REQUIRE((bucket == last || bucket == last + 1));
        last = bucket;
    }
    BOOST_TEST(bucket_of(kLongestMicroseconds) == kBuckets - 1);
    BOOST_TEST(bucket_of(UINT64_MAX) == kBuckets - 1);
}

BOOST_AUTO_TEST_CASE(quantiles_of_random_times_are_within_two_percent_of_the_exact_ones) {
    std::mt19937_64 random{20261124};
    std::lognormal_distribution<double> skewed{8.0, 1.5};
    std::uniform_real_distribution<double> even{1, 5e6};
    for (int round = 0; round < 20; ++round) {
        Histogram histogram;
        std::vector<double> times(10'000);
        for (double& time : times) {
            time = std::floor(std::min(round % 2 == 0 ? skewed(random) : even(random), 1e9)) + 1;
            histogram.add(microseconds{static_cast<std::int64_t>(time)});
        }
        std::sort(times.begin(), times.end());
        double sum = 0;
        for (const double time : times) sum += time;
        for (const double share : {0.01, 0.5, 0.95, 0.99, 0.999, 1.0}) {
            const double exact = times[static_cast<std::size_t>(std::ceil(share * 10'000)) - 1];
            BOOST_TEST(
                std::abs(histogram.quantile_ms(share).value() * 1000 - exact) < 0.02 * exact,
                "quantile " << share << " is " << *histogram.quantile_ms(share) << " ms, not " << exact);
        }
        BOOST_TEST(std::abs(histogram.sum_microseconds() - sum) < 0.02 * sum);
        BOOST_TEST(histogram.count() == 10'000U);
    }
}

BOOST_AUTO_TEST_CASE(nothing_has_no_quantile) {
    BOOST_TEST(!Histogram{}.quantile_ms(0.5).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded_the_same) {
    Histogram histogram;
    for (const std::uint64_t time : {0ULL, 1ULL, 63ULL, 64ULL, 5'000ULL, 5'001ULL, 1ULL << 40U})
        histogram.add(bucket_of(time), time + 1);
    const auto decoded = Histogram::decode(histogram.encode());
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST((*decoded == histogram));
    BOOST_TEST((Histogram::decode("") == Histogram{}));
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_no_histogram) {
    BOOST_TEST(!Histogram::decode("\x01").has_value());
    BOOST_TEST(!Histogram::decode("\xff\xff\x01\x01").has_value());
    BOOST_TEST(!Histogram::decode(std::string(40, '\xff')).has_value());
}

BOOST_AUTO_TEST_CASE(a_difference_is_what_came_since) {
    Histogram before;
    before.add(microseconds{100});
    Histogram after = before;
    after.add(microseconds{100});
    after.add(microseconds{9'000});
    const Histogram since = after - before;
    BOOST_TEST(since.count() == 2U);
    BOOST_TEST(since.count_up_to(microseconds{200}) == 1U);
    BOOST_TEST((before - after).count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::monitor
