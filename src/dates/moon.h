// SPDX-License-Identifier: MIT
//
// When the moon is new or full: what the holidays of half the world go by.
#pragma once

#include "dates/span.h"

namespace arq::dates {

enum class Phase { kNew, kFull };

// The one nearest to the beginning of that day, in UTC, to some ten minutes (J. Meeus, Astronomical
// Algorithms, chapter 49, the larger terms).
Instant moon_near(LocalDays day, Phase phase);

}  // namespace arq::dates
