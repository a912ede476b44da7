// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace arq::topics {

struct Feature {
    std::uint32_t bucket = 0;
    float value = 0;
};

// What a text is made of: words, stems, pairs and triples of stems, runs of three to five letters within
// words; hashed into `buckets` (a power of two), each bucket once, in their order. Only the first 4 KiB
// count.
std::vector<Feature> features_of(std::string_view text, std::uint32_t buckets);

}  // namespace arq::topics
