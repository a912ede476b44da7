// SPDX-License-Identifier: MIT
#include "arq/watch/coverage.h"

#include <algorithm>
#include <cstddef>

namespace arq::watch {

bool is_everybody_served(const std::vector<Answer>& slots, std::optional<Answer> standby) {
    const auto count = [&](Answer answer) {
        return static_cast<std::size_t>(std::count(slots.begin(), slots.end(), answer));
    };
    const std::size_t good = count(Answer::kGood);
    const std::size_t refused = count(Answer::kRefused);
    if (slots.empty() || good + refused < slots.size()) return false;
    // One alone: whichever slot is tried second answers.
    if (refused == 0 || (refused == 1 && good > 0)) return true;
    return good == 0 && standby == Answer::kGood;
}

}  // namespace arq::watch
