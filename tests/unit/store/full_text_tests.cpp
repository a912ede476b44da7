// SPDX-License-Identifier: MIT
#include "store/full_text.h"

#include <boost/test/unit_test.hpp>

namespace arq::store {
namespace {

BOOST_AUTO_TEST_SUITE(full_text_tests)

BOOST_AUTO_TEST_CASE(nothing_that_is_asked_for_can_be_an_operator) {
    BOOST_TEST(match_any({"near", "a\"b", "not"}) == "\"near\" OR \"a\"\"b\" OR \"not\"");
    BOOST_TEST(match_any({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
