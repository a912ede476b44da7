// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace arq::topics {

struct Feature {
    std::uint32_t hash = 0;
    float value = 0;
};

// What a text is made of: words, stems, runs of three to five letters within words, and, where asked for,
// stems that stand next to each other, and any two stems whatever their order; each once, by its hash and in
// the order of these. Only the first 4 KiB count.
std::vector<Feature> features_of(std::string_view text, bool with_pairs);

}  // namespace arq::topics
