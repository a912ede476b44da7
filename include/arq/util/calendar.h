// SPDX-License-Identifier: MIT
//
// Days as people in a time zone count them, by the system's zoneinfo. Thread safe.
#pragma once

#include <chrono>
#include <string_view>

#include "arq/util/clock.h"

namespace arq::util {

// Whether the name stands in the IANA database ("Europe/Moscow"). Where the system has no zoneinfo at
// all every name counts as known.
bool is_time_zone(std::string_view name);

// The day that it is there at that time; UTC's where the zone is unknown.
std::chrono::year_month_day local_day(Timestamp time, std::string_view zone);

}  // namespace arq::util
