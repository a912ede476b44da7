// SPDX-License-Identifier: MIT
#include "arq/context/follow_up.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "arq/util/text.h"
#include "unit/context/follow_up_pairs.h"

namespace arq::context {
namespace {

namespace data = boost::unit_test::data;
using tests::FollowUpPair;

// What becomes of the pair's message: empty where it is left alone.
std::string completed(const FollowUpPair& pair) {
    return complete_follow_up(pair.message, {.message = pair.before}).value_or("");
}

template <std::size_t kSize>
std::size_t count_right(const FollowUpPair (&pairs)[kSize]) {
    std::size_t right = 0;
    for (const FollowUpPair& pair : pairs) right += completed(pair) == pair.completed ? 1 : 0;
    return right;
}

BOOST_AUTO_TEST_SUITE(follow_up_tests)

BOOST_AUTO_TEST_CASE(what_a_message_lacks_comes_from_the_turn_before) {
    for (const FollowUpPair& pair : tests::kTuned)
        BOOST_TEST(completed(pair) == pair.completed,
                   pair.before << " | " << pair.message << " -> " << completed(pair));
}

BOOST_AUTO_TEST_CASE(most_of_what_the_rules_were_not_made_for_is_completed_too) {
    BOOST_TEST_MESSAGE(count_right(tests::kHeld) << " of " << std::size(tests::kHeld));
    BOOST_TEST(count_right(tests::kHeld) * 100 >= std::size(tests::kHeld) * 80);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::context
