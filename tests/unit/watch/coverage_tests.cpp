// SPDX-License-Identifier: MIT
#include "arq/watch/coverage.h"

#include <boost/test/unit_test.hpp>

namespace arq::watch {
namespace {

constexpr std::size_t kSlots = 10;

// So many slots of each kind, the others good.
std::vector<Answer> slots(std::size_t count, Answer kind) {
    std::vector<Answer> all(kSlots, Answer::kGood);
    std::fill_n(all.begin(), count, kind);
    return all;
}

BOOST_AUTO_TEST_SUITE(coverage_tests)

BOOST_AUTO_TEST_CASE(all_are_served_where_each_slot_answers) {
    BOOST_TEST(is_everybody_served(slots(0, Answer::kBad), std::nullopt));
    BOOST_TEST(is_everybody_served(slots(0, Answer::kBad), Answer::kSilent));
}

BOOST_AUTO_TEST_CASE(a_slot_that_keeps_its_tenth_of_the_users_waiting_is_not_covered_by_the_others) {
    for (const std::size_t count : {1U, 5U, 10U}) {
        BOOST_TEST(!is_everybody_served(slots(count, Answer::kSilent), Answer::kGood));
        BOOST_TEST(!is_everybody_served(slots(count, Answer::kBad), Answer::kGood));
    }
}

BOOST_AUTO_TEST_CASE(one_slot_that_refuses_is_covered_by_the_second_try) {
    BOOST_TEST(is_everybody_served(slots(1, Answer::kRefused), std::nullopt));
}

BOOST_AUTO_TEST_CASE(of_two_that_refuse_some_are_refused_by_the_standby_too) {
    BOOST_TEST(!is_everybody_served(slots(2, Answer::kRefused), std::nullopt));
    BOOST_TEST(!is_everybody_served(slots(2, Answer::kRefused), Answer::kGood));
    BOOST_TEST(!is_everybody_served(slots(9, Answer::kRefused), Answer::kGood));
}

BOOST_AUTO_TEST_CASE(where_all_refuse_the_standby_serves) {
    BOOST_TEST(is_everybody_served(slots(10, Answer::kRefused), Answer::kGood));
    for (const Answer standby : {Answer::kBad, Answer::kRefused, Answer::kSilent})
        BOOST_TEST(!is_everybody_served(slots(10, Answer::kRefused), standby));
    BOOST_TEST(!is_everybody_served(slots(10, Answer::kRefused), std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_is_not_served) {
    BOOST_TEST(!is_everybody_served({}, Answer::kGood));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
