// SPDX-License-Identifier: MIT
#include "arq/topics/classifier.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "arq/util/error.h"
#include "topics/features.h"
#include "topics/model.h"

namespace arq::topics {
namespace {

[[noreturn]] void refuse() {
    throw Error{ErrorCode::kConfiguration,
                "this is no model of topics that this version reads: have it made anew from its sentences"};
}

// Cuts arrays off the front of a model's bytes.
class Cutter {
public:
    explicit Cutter(std::span<const std::byte> bytes) : rest_(bytes) {}

    template <typename T>
    std::span<const T> cut(std::size_t count) {
        if (count > rest_.size() / sizeof(T)) refuse();
        const auto* begin = reinterpret_cast<const T*>(rest_.data());
        if (reinterpret_cast<std::uintptr_t>(begin) % alignof(T) != 0) refuse();
        rest_ = rest_.subspan(count * sizeof(T));
        return {begin, count};
    }
    bool is_empty() const { return rest_.empty(); }

private:
    std::span<const std::byte> rest_;
};

}  // namespace

Classifier::Classifier(std::span<const std::byte> model) : size_bytes_(model.size()) {
    Cutter cutter{model};
    ModelHead head;
    const auto head_bytes = cutter.cut<std::byte>(sizeof head);
    std::memcpy(&head, head_bytes.data(), sizeof head);
    if (head.magic != kModelMagic || head.version != kModelVersion || head.labels < 2 ||
        head.labels > kMostLabels || head.with_pairs > 1)
        refuse();
    with_pairs_ = head.with_pairs == 1;
    slope_ = head.curve.slope;
    offset_ = head.curve.offset;
    biases_ = cutter.cut<float>(head.labels);
    scales_ = cutter.cut<float>(head.labels);
    hashes_ = cutter.cut<std::uint32_t>(head.features);
    starts_ = cutter.cut<std::uint32_t>(std::size_t{head.features} + 1);
    values_ = cutter.cut<std::uint8_t>(head.features);
    targets_ = cutter.cut<std::uint8_t>(head.weights);
    weights_ = cutter.cut<std::int8_t>(head.weights);
    if (!std::is_sorted(starts_.begin(), starts_.end()) || starts_.back() != head.weights ||
        std::any_of(targets_.begin(), targets_.end(),
                    [&](std::uint8_t target) { return target >= head.labels; }))
        refuse();
    const auto text = cutter.cut<char>(head.label_bytes);
    if (!cutter.is_empty()) refuse();
    std::string_view names{text.data(), text.size()};
    while (!names.empty()) {
        const std::size_t end = names.find('\0');
        if (end == std::string_view::npos || end == 0 || end > kLongestLabelBytes) refuse();
        labels_.push_back(names.substr(0, end));
        names.remove_prefix(end + 1);
    }
    if (labels_.size() != head.labels) refuse();
}

std::vector<float> Classifier::scores(std::string_view text) const {
    const std::size_t count = labels_.size();
    std::vector<float> sums(count);
    const auto* from = hashes_.begin().base();
    float length = 0;
    for (const Feature& feature : features_of(text, with_pairs_)) {
        length += feature.value * feature.value;
        from = std::lower_bound(from, hashes_.end().base(), feature.hash);
        const auto at = static_cast<std::size_t>(from - hashes_.begin().base());
        if (at == hashes_.size() || hashes_[at] != feature.hash) continue;
        const float value = feature.value * static_cast<float>(values_[at]);
        for (std::uint32_t weight = starts_[at]; weight < starts_[at + 1]; ++weight)
            sums[targets_[weight]] += value * static_cast<float>(weights_[weight]);
    }
    if (length == 0) return std::vector<float>(count, -1.0F);  // the biases alone would decide
    const float shrink = 1 / (kFullValue * std::sqrt(length));
    for (std::size_t label = 0; label < count; ++label)
        sums[label] = biases_[label] + scales_[label] * shrink * sums[label];
    return sums;
}

Verdict Classifier::judge(std::span<const float> scores) const {
    const Best best = best_of(scores);
    return {.label = labels_[best.label],
            .probability = probability_of(best, {.slope = slope_, .offset = offset_})};
}

}  // namespace arq::topics
