// SPDX-License-Identifier: MIT
#include "arq/util/ids.h"

#include <boost/test/unit_test.hpp>

#include "support/fake_clock.h"

namespace arq::util {
namespace {

BOOST_AUTO_TEST_SUITE(ids_tests)

BOOST_AUTO_TEST_CASE(an_id_survives_being_written_and_read) {
    tests::FakeClock clock;
    const Id id = make_id(clock);
    BOOST_TEST(format_id(id).size() == 12U);
    BOOST_TEST(parse_id(format_id(id)).value() == id);
}

BOOST_AUTO_TEST_CASE(written_ids_sort_by_time) {
    tests::FakeClock clock;
    const std::string earlier = format_id(make_id(clock));
    clock.advance(Milliseconds{1});
    BOOST_TEST(earlier < format_id(make_id(clock)));
}

BOOST_AUTO_TEST_CASE(what_is_no_id_is_not_read) {
    for (const char* text :
         {"", "0n97qrrzz3p", "0n97qrrzz3pkk", "0N97QRRZZ3PK", "0n97qrrzz3pu", "000000000000"})
        BOOST_TEST(!parse_id(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(client_ids_are_of_64_plain_characters_at_most) {
    BOOST_TEST(is_client_id("A-z_0.9"));
    BOOST_TEST(is_client_id(std::string(64, 'x')));
    BOOST_TEST(!is_client_id(std::string(65, 'x')));
    BOOST_TEST(!is_client_id(""));
    BOOST_TEST(!is_client_id("a b"));
    BOOST_TEST(!is_client_id("ы"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
