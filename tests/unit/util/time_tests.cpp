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

BOOST_AUTO_TEST_CASE(local_times_lead_back_to_utc) {
    const Timestamp time = Timestamp{std::chrono::sys_days{2026y / 11 / 24} + 22h + 30min};
    BOOST_TEST((to_local(time, "Europe/Moscow") == std::chrono::local_days{2026y / 11 / 25} + 1h + 30min));
    BOOST_TEST((to_local(time, "Nowhere/Land") == std::chrono::local_days{2026y / 11 / 24} + 22h + 30min));
    for (const char* zone : {"Europe/Moscow", "America/New_York", "Asia/Kolkata", "UTC", "Nowhere/Land"})
        BOOST_TEST((to_utc(to_local(time, zone), zone) == time));
}

BOOST_AUTO_TEST_CASE(a_time_that_the_clocks_skip_is_later) {
    // In Berlin 02:00 to 03:00 isn't on that day.
    const LocalTime day = std::chrono::local_days{2026y / 3 / 29};
    BOOST_TEST((to_utc(day + 2h + 30min, "Europe/Berlin") ==
                Timestamp{std::chrono::sys_days{2026y / 3 / 29} + 1h + 30min}));
    BOOST_TEST((to_local(to_utc(day + 2h + 30min, "Europe/Berlin"), "Europe/Berlin") == day + 3h + 30min));
    BOOST_TEST((to_utc(day + 1h + 59min, "Europe/Berlin") < to_utc(day + 2h, "Europe/Berlin")));
}

BOOST_AUTO_TEST_CASE(a_time_that_the_clocks_show_twice_is_the_first_of_both) {
    const LocalTime day = std::chrono::local_days{2026y / 10 / 25};
    BOOST_TEST((to_utc(day + 2h + 30min, "Europe/Berlin") ==
                Timestamp{std::chrono::sys_days{2026y / 10 / 25} + 0h + 30min}));
    BOOST_TEST((to_utc(day + 3h, "Europe/Berlin") == Timestamp{std::chrono::sys_days{2026y / 10 / 25} + 2h}));
}

BOOST_AUTO_TEST_CASE(only_zones_of_the_database_are_known) {
    BOOST_TEST(is_time_zone("Europe/Moscow"));
    BOOST_TEST(!is_time_zone("Europe/Nowhere"));
    BOOST_TEST(!is_time_zone("../../etc/passwd"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
