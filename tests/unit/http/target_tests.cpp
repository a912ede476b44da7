// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <boost/test/unit_test.hpp>

namespace arq::http {
namespace {

BOOST_AUTO_TEST_SUITE(target_tests)

BOOST_AUTO_TEST_CASE(path_and_query_are_taken_apart_and_decoded) {
    const auto target = parse_target("/api/sessions/a%2Fb/?limit=5&q=a+b%26&&flag");
    BOOST_REQUIRE(target.has_value());
    BOOST_TEST(target->segments == (std::vector<std::string>{"api", "sessions", "a/b", ""}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(target->parameters.size() == 3U);
    BOOST_TEST(target->parameters[1].second == "a b&");
    BOOST_TEST(target->parameters[2].first == "flag");
}

BOOST_AUTO_TEST_CASE(what_is_no_path_is_refused) {
    for (const char* text :
         {"", "api", "/%", "/%4", "/%zz", "/?a=%f", "/?%ff=1", "/%c0%af", "/a%00b", "/?%00=1", "/?a=%00"})
        BOOST_TEST(!parse_target(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
