// SPDX-License-Identifier: MIT
#include "arq/util/clock.h"

#include <sodium.h>

#include <cstdio>
#include <thread>

namespace arq::util {

Timestamp SystemClock::now() {
    return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::steady_now() {
    return std::chrono::steady_clock::now();
}

void SystemClock::sleep_for(Milliseconds duration) {
    std::this_thread::sleep_for(duration);
}

void SystemClock::random_fill(std::span<std::byte> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

std::string format_rfc3339(Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    char text[40];
    const int length = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text, static_cast<std::size_t>(length)};
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    int milliseconds = 0;
    const std::string copy{text};
    if (text.starts_with('-')) return std::nullopt;  // a year before the first
    if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ", &year, &month, &day, &hours, &minutes,
                    &seconds, &milliseconds) != 7)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok()) return std::nullopt;
    const Timestamp time = std::chrono::sys_days{date} + std::chrono::hours{hours} +
                           std::chrono::minutes{minutes} + std::chrono::seconds{seconds} +
                           Milliseconds{milliseconds};
    // What is out of range, or written in another way, comes out as something else.
    if (format_rfc3339(time) != text) return std::nullopt;
    return time;
}

}  // namespace arq::util
