// SPDX-License-Identifier: MIT
//
// A small linear classifier of short texts, in English and Russian, and its training. Features are words,
// stems, runs of letters within words and pairs of stems, known by their hashes; a score per label is a sum
// of int8 weights, of which as many are kept as a given size allows. Pure and deterministic: the same samples
// give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arq::topics {

struct Verdict {
    std::string_view label;  // the likeliest; lives as long as the classifier's bytes
    // How likely it is that this label is right, 0 to 1, calibrated on texts that training didn't see. Low
    // where the text belongs to no label at all.
    double probability = 0;
};

// Reads a model that train() made. Borrows its bytes, which may be read-only data of the program or a mapped
// file: the object itself is a few pointers. Immutable, thread safe.
class Classifier {
public:
    // Throws kConfiguration where the bytes are no whole model of this version.
    explicit Classifier(std::span<const std::byte> model);

    std::size_t label_count() const noexcept { return labels_.size(); }
    std::string_view label(std::size_t at) const { return labels_[at]; }
    std::size_t size_bytes() const noexcept { return size_bytes_; }

    // `text` of any length; its first 4 KiB count. Without words in it the probability is next to 0.
    Verdict classify(std::string_view text) const { return judge(scores(text)); }

    // A score per label, in their order: above 0 speaks for it, below against; comparable between texts.
    std::vector<float> scores(std::string_view text) const;
    Verdict judge(std::span<const float> scores) const;

private:
    std::vector<std::string_view> labels_;
    std::span<const float> biases_;          // one per label
    std::span<const float> scales_;          // one per label: what a weight of 1 stands for
    std::span<const std::uint32_t> hashes_;  // of the features that have weights, ascending
    std::span<const std::uint32_t> starts_;  // of their weights
    std::span<const std::uint8_t> values_;   // how much each counts
    std::span<const std::uint8_t> targets_;  // the labels of the weights
    std::span<const std::int8_t> weights_;
    float slope_ = 0, offset_ = 0;  // of the probability
    bool with_pairs_ = false;
    std::size_t size_bytes_;
};

struct Sample {
    std::string_view text;
    std::string_view label;  // empty: belongs to none, which the classifier learns to tell as well
    bool is_word = false;    // not as people write, but a word of the label: taught, not calibrated by
};

struct TrainingOptions {
    // Of the model: weights that tell least are left out until it fits.
    std::size_t limit_bytes = 300'000;
    bool with_pairs =
        true;  // of stems: they tell more the more samples there are; for a few, less than they take
    int least_samples = 1;  // that a feature stands in, to count at all
    int epochs = 8;
    double rate = 1;  // of the first step; falls to 0
    // A feature counts by its inverse document frequency to this power: 0 all alike, 1 as tf·idf has it.
    double idf_power = 0.5;
    int folds = 4;  // of the cross-validation that the probability is calibrated by; below 2 it isn't
};

// The bytes of a model, aligned for Classifier wherever a vector's are. At least two labels, at most 255 of
// at most 64 bytes, else Error kConfiguration.
std::vector<std::byte> train(std::span<const Sample> samples, const TrainingOptions& options = {});

}  // namespace arq::topics
