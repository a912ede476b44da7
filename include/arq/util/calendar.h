// SPDX-License-Identifier: MIT
//
// Days as people in a time zone count them, by the system's zoneinfo. Thread safe.
#pragma once

#include <chrono>
#include <string_view>

#include "arq/util/clock.h"

namespace arq::util {

// What clock and calendar show at a place, whichever that is.
using LocalTime = std::chrono::local_time<Milliseconds>;

// Whether the name stands in the IANA database ("Europe/Moscow"). Where the system has no zoneinfo at
// all every name counts as known.
bool is_time_zone(std::string_view name);

// The day that it is there at that time; UTC's where the zone is unknown.
std::chrono::year_month_day local_day(Timestamp time, std::string_view zone);

// What a clock there shows at that time; UTC where the zone is unknown.
LocalTime to_local(Timestamp time, std::string_view zone);

// When a clock there shows that. A time that is shown twice, as the clocks go back, is the first of both; one
// that is skipped, as they go forward, is as much later as they go forward: 02:30 is 03:30.
Timestamp to_utc(LocalTime time, std::string_view zone);

}  // namespace arq::util
