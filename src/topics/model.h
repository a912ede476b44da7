// SPDX-License-Identifier: MIT
//
// How a model lies in memory and in a file, in the byte order of the machine:
//   the head; a bias and a scale (what a weight of 1 stands for) per label, as floats; the hashes of the
//   features, ascending; for each feature where its weights begin, and their end; how much each feature
//   counts, a byte; the labels of the weights, a byte each; the weights; the names of the labels, each ended
//   by a zero byte.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
namespace arq::topics {

inline constexpr std::uint32_t kModelVersion = 1;
inline constexpr std::array<char, 4> kModelMagic{'A', 'R', 'Q', 'T'};
// A feature that counts fully; others are shares of it.
inline constexpr float kFullValue = 255;
inline constexpr std::size_t kMostLabels = 255;
inline constexpr std::size_t kLongestLabelBytes = 64;
inline constexpr std::size_t kBytesPerFeature = 2 * sizeof(std::uint32_t) + 1;
inline constexpr std::size_t kBytesPerWeight = 2;

// The probability is a logistic curve over confidence_of().
struct Curve {
    float slope = 1;
    float offset = 0;
};

struct ModelHead {
    std::array<char, 4> magic = kModelMagic;
    std::uint32_t version = kModelVersion;
    std::uint32_t labels = 0;
    std::uint32_t features = 0;
    std::uint32_t weights = 0;
    std::uint32_t label_bytes = 0;
    std::uint32_t with_pairs = 0;  // 0 or 1
    Curve curve;
};

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
