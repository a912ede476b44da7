// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <vector>

#include "arq/model/search.h"

namespace arq::tests {

// The exchanges (or memories) in whose message, or answer, a stem was found: each once.
inline std::vector<util::Id> found_in(const std::vector<model::Stretch>& stretches, bool in_answers = false) {
    std::vector<util::Id> ids;
    for (const model::Stretch& stretch : stretches) {
        std::set<std::size_t> places;
        for (const auto& occurrence : stretch.occurrences)
            if ((occurrence.turn % 2 != 0) == in_answers) places.insert(occurrence.turn / 2U);
        for (const std::size_t place : places) ids.push_back(stretch.exchanges[place].id);
    }
    return ids;
}

}  // namespace arq::tests
