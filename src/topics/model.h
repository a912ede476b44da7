// SPDX-License-Identifier: MIT
//
// How a model lies in memory and in a file: the head, then biases and scales (a float per label), how much
// the features of each bucket count (a byte per bucket), the weights (a byte per bucket and label), and the
// labels, each ended by a zero byte. In the byte order of the machine.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "topics/features.h"

namespace arq::topics {

inline constexpr std::uint32_t kModelVersion = 1;
inline constexpr std::array<char, 4> kModelMagic{'A', 'R', 'Q', 'T'};
inline constexpr std::size_t kMostLabels = 255;
inline constexpr std::size_t kLongestLabelBytes = 64;
inline constexpr std::uint32_t kMostBuckets = 65536;

// The probability is a logistic curve over confidence_of().
struct Curve {
    float slope = 1;
    float offset = 0;
};

struct ModelHead {
    std::array<char, 4> magic = kModelMagic;
    std::uint32_t version = kModelVersion;
    std::uint32_t labels = 0;
    std::uint32_t buckets = 0;
    std::uint32_t label_bytes = 0;
    Curve curve;
};

// Weighs the features by what their buckets tell, and gives them the length 1.
inline void normalise(std::vector<Feature>& features, std::span<const std::uint8_t> values) {
    float sum = 0;
    for (Feature& feature : features) {
        feature.value *= values[feature.bucket];
        sum += feature.value * feature.value;
    }
    if (sum <= 0) return;
    const float scale = 1 / std::sqrt(sum);
    for (Feature& feature : features) feature.value *= scale;
}

// The share of the best score among all, exponentiated: it falls where others are as good and where all are
// low, for what speaks for nothing. As log odds.
struct Best {
    std::size_t label = 0;
    double confidence = 0;
};

inline Best best_of(std::span<const float> scores) {
    constexpr double kSharpness = 1.5;
    Best best;
    for (std::size_t label = 1; label < scores.size(); ++label)
        if (scores[label] > scores[best.label]) best.label = label;
    double others = 0;
    for (std::size_t label = 0; label < scores.size(); ++label)
        if (label != best.label) others += std::exp(kSharpness * scores[label]);
    best.confidence = kSharpness * scores[best.label] - std::log(others);
    return best;
}

inline double probability_of(const Best& best, const Curve& curve) {
    return 1 / (1 + std::exp(-(curve.slope * best.confidence + curve.offset)));
}

}  // namespace arq::topics
