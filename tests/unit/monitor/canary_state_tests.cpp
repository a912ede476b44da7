// SPDX-License-Identifier: MIT
#include "arq/monitor/canary_state.h"

#include <boost/test/unit_test.hpp>

namespace arq::monitor {
namespace {

using model::PoolFigures;
using model::Variant;
using util::Timestamp;
using namespace std::chrono_literals;

// Minute 100 begins at 6000 s.
Timestamp at(std::chrono::seconds time) {
    return Timestamp{time};
}

PoolFigures row(std::int64_t minute, Variant variant, std::uint64_t requests, std::int64_t deaths = 0) {
    Histogram times;
    times.add(bucket_of(1000), requests);
    return {.begins_at = Timestamp{std::chrono::minutes{minute}},
            .variant = variant,
            .requests = static_cast<std::int64_t>(requests),
            .errors = static_cast<std::int64_t>(requests) / 10,
            .times = times.encode(),
            .deaths = deaths};
}

std::vector<PoolFigures> minutes() {
    std::vector<PoolFigures> rows;
    for (std::int64_t minute = 95; minute < 140; ++minute) {
        rows.push_back(row(minute, Variant::kCanary, 10, 1));
        rows.push_back(row(minute, Variant::kProduction, 90, 2));
        rows.push_back(row(minute, Variant::kLegacy, 1000));
    }
    return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(canary_state_tests)

BOOST_AUTO_TEST_CASE(the_file_is_read) {
    const CanaryState state = parse_canary_state(
        "state running\nrelease 1.2\nbefore 1.1\nshare 5\nbegan 6030\nsince 7000\n"
        "step 1 6030 7000 no worse: 2 of 1000 requests failed\nlater is added\nreason too few requests\n");
    BOOST_TEST(state.state == "running");
    BOOST_TEST(state.is_on());
    BOOST_TEST(state.release == "1.2");
    BOOST_TEST(state.before == "1.1");
    BOOST_TEST(state.share == 5);
    BOOST_TEST((state.began == at(6030s)));
    BOOST_TEST((state.since == at(7000s)));
    BOOST_TEST(state.steps.size() == 1U);
    BOOST_TEST(state.steps[0].share == 1);
    BOOST_TEST((state.steps[0].to == at(7000s)));
    BOOST_TEST(state.steps[0].text == "no worse: 2 of 1000 requests failed");
    BOOST_TEST(state.reason == "too few requests");
}

BOOST_AUTO_TEST_CASE(nothing_and_damage_are_no_canary) {
    BOOST_TEST(!parse_canary_state("").is_on());
    BOOST_TEST(parse_canary_state("").state == "none");
    BOOST_TEST(parse_canary_state("share 99999999999999999999\nstep\n\nsince x").share == 0);
    BOOST_TEST(parse_canary_state("share 11").share == 10);
    BOOST_TEST(!parse_canary_state("state aborted").is_on());
}

BOOST_AUTO_TEST_CASE(both_sides_are_compared_over_the_same_whole_minutes) {
    // The canary came in the middle of minute 100; it is the middle of minute 104.
    const CanaryState state{.state = "running", .share = 1, .began = at(6030s), .since = at(6031s)};
    const CanaryComparison found = compare_canary(state, minutes(), 900s, at(6270s));
    BOOST_TEST(found.canary.requests == 3 * 10U);
    BOOST_TEST(found.canary.errors == 3U);
    BOOST_TEST(found.canary.deaths == 3U);
    BOOST_TEST(found.canary.times.count() == 30U);
    BOOST_TEST(found.production.requests == 3 * 90U);
    BOOST_TEST(found.canary.slot_minutes == 3);
    BOOST_TEST(found.production.slot_minutes == 27);
    BOOST_TEST(!found.moment.is_over);
}

BOOST_AUTO_TEST_CASE(the_minute_in_which_a_step_began_is_not_counted_for_it) {
    const CanaryState state{.state = "running", .share = 5, .began = at(6030s), .since = at(6931s)};
    const CanaryComparison found = compare_canary(state, minutes(), 300s, at(7350s));
    // Minutes 116 to 121.
    BOOST_TEST(found.canary.requests == 6 * 10U);
    BOOST_TEST(found.production.requests == 6 * 90U);
    BOOST_TEST(found.canary.slot_minutes == 30);
    BOOST_TEST(found.moment.is_over);
    BOOST_TEST(found.moment.late_looks == 1U);
}

BOOST_AUTO_TEST_CASE(with_all_users_it_is_compared_with_what_production_did_before) {
    CanaryState state{.state = "running", .share = 10, .began = at(6000s), .since = at(7800s)};
    state.steps = {{.share = 1, .from = at(6000s), .to = at(6900s)},
                   {.share = 5, .from = at(6900s), .to = at(7800s)}};
    const CanaryComparison found = compare_canary(state, minutes(), 900s, at(7980s));
    BOOST_TEST(found.canary.requests == 3 * 10U);
    BOOST_TEST(found.canary.slot_minutes == 30);
    BOOST_TEST(found.production.requests == 30 * 90U);
    BOOST_TEST(found.production.deaths == 60U);
    BOOST_TEST(found.production.slot_minutes == 15 * 9 + 15 * 5);
}

BOOST_AUTO_TEST_CASE(the_minute_in_which_all_users_came_is_counted_for_neither) {
    CanaryState state{.state = "running", .share = 10, .began = at(6000s), .since = at(7830s)};
    const CanaryComparison found = compare_canary(state, minutes(), 900s, at(7980s));
    BOOST_TEST(found.canary.requests == 2 * 10U);
    BOOST_TEST(found.production.requests == 30 * 90U);
}

BOOST_AUTO_TEST_CASE(minutes_in_which_the_pool_was_off_are_not_of_the_step) {
    const CanaryState state{.state = "running", .share = 5, .began = at(6030s), .since = at(6931s)};
    std::vector<PoolFigures> rows = minutes();
    // The machine was off from minute 118 to 137, but for legacy in one.
    std::erase_if(rows, [](const PoolFigures& one) {
        return one.begins_at >= at(118 * 60s) && one.begins_at < at(137 * 60s) &&
               one.variant != Variant::kLegacy;
    });
    const CanaryComparison found = compare_canary(state, rows, 300s, at(138 * 60s + 10s));
    BOOST_TEST(found.canary.requests == 3 * 10U);
    BOOST_TEST(found.lasted.count() == 138 * 60 + 10 - 6931 - 19 * 60);
    BOOST_TEST(!found.moment.is_over);
    BOOST_TEST(compare_canary(state, minutes(), 300s, at(138 * 60s + 10s)).moment.is_over);
}

BOOST_AUTO_TEST_CASE(before_the_first_whole_minute_there_is_nothing) {
    const CanaryState state{.state = "running", .share = 1, .began = at(6030s), .since = at(6031s)};
    const CanaryComparison found = compare_canary(state, minutes(), 1s, at(6045s));
    BOOST_TEST(found.canary.requests == 0U);
    BOOST_TEST(found.canary.slot_minutes == 0);
    BOOST_TEST(found.moment.is_over);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace arq::monitor
