// SPDX-License-Identifier: MIT
//
// Exact tests of whether one count is too large to be chance. Pure.
#pragma once

#include <cstdint>

namespace arq::monitor {

// Fisher's exact test, one-sided: how probable it is that of `hits` in all, spread over the first `first` and
// the other `second` trials without regard to which is which, so many or more as `first_hits` lie in the
// first. 1 where a side has no trials.
double fisher_upper(std::uint64_t first_hits, std::uint64_t first, std::uint64_t second_hits,
                    std::uint64_t second);

// How probable `hits` or more are in `trials` of which each hits with probability `chance`: the conditional
// test of two Poisson counts, `chance` being the first one's share of the exposure.
double binomial_upper(std::uint64_t hits, std::uint64_t trials, double chance);

}  // namespace arq::monitor
