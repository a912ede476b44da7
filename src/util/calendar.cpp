// SPDX-License-Identifier: MIT
#include "arq/util/calendar.h"

#include <date/tz.h>

#include <stdexcept>

namespace arq::util {
namespace {

// Null where the zone, or the whole database, is missing.
const date::time_zone* find_zone(std::string_view name) {
    try {
        return date::locate_zone(std::string{name});
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

bool has_database() {
    return find_zone("Europe/London") != nullptr;
}

}  // namespace

bool is_time_zone(std::string_view name) {
    return find_zone(name) != nullptr || !has_database();
}

std::chrono::year_month_day local_day(Timestamp time, std::string_view zone) {
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(to_local(time, zone))};
}

LocalTime to_local(Timestamp time, std::string_view zone) {
    Milliseconds offset{0};
    if (const date::time_zone* found = find_zone(zone))
        offset = found->get_info(date::sys_time<Milliseconds>{time.time_since_epoch()}).offset;
    return LocalTime{time.time_since_epoch() + offset};
}

Timestamp to_utc(LocalTime time, std::string_view zone) {
    Milliseconds offset{0};
    // The offset before a change of the clocks counts for what the change shows twice or never.
    if (const date::time_zone* found = find_zone(zone))
        offset = found->get_info(date::local_time<Milliseconds>{time.time_since_epoch()}).first.offset;
    return Timestamp{time.time_since_epoch() - offset};
}

}  // namespace arq::util
