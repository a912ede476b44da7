// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "arq/util/calendar.h"
#include "arq/util/clock.h"
#include "support/fake_clock.h"

namespace arq::util {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time_tests)

BOOST_AUTO_TEST_CASE(times_are_written_as_rfc_3339_with_milliseconds) {
    tests::FakeClock clock;
    clock.advance(7ms);
    BOOST_TEST(format_rfc3339(clock.now()) == "2026-11-24T06:00:00.007Z");
}

BOOST_AUTO_TEST_CASE(a_day_is_that_of_the_time_zone) {
    const Timestamp late = Timestamp{std::chrono::sys_days{2026y / 11 / 24} + 22h};
    BOOST_TEST((local_day(late, "UTC") == 2026y / 11 / 24));
    BOOST_TEST((local_day(late, "Europe/Moscow") == 2026y / 11 / 25));
    BOOST_TEST((local_day(late, "America/New_York") == 2026y / 11 / 24));
}

BOOST_AUTO_TEST_CASE(only_zones_of_the_database_are_known) {
    BOOST_TEST(is_time_zone("Europe/Moscow"));
    BOOST_TEST(!is_time_zone("Europe/Nowhere"));
    BOOST_TEST(!is_time_zone("../../etc/passwd"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
