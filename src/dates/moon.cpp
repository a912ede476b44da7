// SPDX-License-Identifier: MIT
#include "dates/moon.h"

#include <cmath>
#include <numbers>

namespace arq::dates {
namespace {

constexpr double kMonthDays = 29.530588861;
constexpr double kFirstNewMoon = 2451550.09766;  // of the year 2000, as a Julian day
constexpr double kUnixEpoch = 2440587.5;

double sine(double degrees) {
    return std::sin(degrees * std::numbers::pi / 180);
}

// The Julian day of the k-th new moon since 2000; full moons lie at halves.
double phase_at(double k, Phase phase) {
    const double centuries = k / 1236.85;
    const double squared = centuries * centuries;
    const double eccentricity = 1 - 0.002516 * centuries;
    const double sun = 2.5534 + 29.10535670 * k;
    const double moon = 201.5643 + 385.81693528 * k + 0.0107582 * squared;
    const double latitude = 160.7108 + 390.67050284 * k - 0.0016118 * squared;
    const bool is_new = phase == Phase::kNew;
    double day = kFirstNewMoon + kMonthDays * k + 0.00015437 * squared;
    day += (is_new ? -0.40720 : -0.40614) * sine(moon);
    day += (is_new ? 0.17241 : 0.17302) * eccentricity * sine(sun);
    day += (is_new ? 0.01608 : 0.01614) * sine(2 * moon);
    day += (is_new ? 0.01039 : 0.01043) * sine(2 * latitude);
    day += (is_new ? 0.00739 : 0.00734) * eccentricity * sine(moon - sun);
    day += (is_new ? -0.00514 : -0.00515) * eccentricity * sine(moon + sun);
    day += (is_new ? 0.00208 : 0.00209) * eccentricity * eccentricity * sine(2 * sun);
    return day;
}

}  // namespace

Instant moon_near(LocalDays day, Phase phase) {
    const double wanted = static_cast<double>(day.time_since_epoch().count()) + kUnixEpoch;
    const double offset = phase == Phase::kNew ? 0 : 0.5;
    const double k = std::round((wanted - kFirstNewMoon) / kMonthDays - offset) + offset;
    double nearest = phase_at(k, phase);
    for (const double other : {phase_at(k - 1, phase), phase_at(k + 1, phase)})
        if (std::abs(other - wanted) < std::abs(nearest - wanted)) nearest = other;
    constexpr double kSecondsOfDay = 86400;
    return Instant{Seconds{static_cast<long long>(std::floor((nearest - kUnixEpoch) * kSecondsOfDay))}};
}

}  // namespace arq::dates
