// SPDX-License-Identifier: MIT
#include "arq/topics/classifier.h"

#include <cmath>
#include <cstring>

#include "arq/util/error.h"
#include "arq/util/text.h"
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
        head.labels > kMostLabels || head.buckets == 0 || head.buckets > kMostBuckets ||
        (head.buckets & (head.buckets - 1)) != 0)
        refuse();
    slope_ = head.curve.slope;
    offset_ = head.curve.offset;
    biases_ = cutter.cut<float>(head.labels);
    scales_ = cutter.cut<float>(head.labels);
    values_ = cutter.cut<std::uint8_t>(head.buckets);
    weights_ = cutter.cut<std::int8_t>(std::size_t{head.buckets} * head.labels);
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
    std::vector<Feature> features = features_of(text, static_cast<std::uint32_t>(values_.size()));
    normalise(features, values_);
    std::vector<float> sums(count);
    for (const Feature& feature : features) {
        const std::int8_t* row = &weights_[std::size_t{feature.bucket} * count];
        for (std::size_t label = 0; label < count; ++label)
            sums[label] += feature.value * static_cast<float>(row[label]);
    }
    for (std::size_t label = 0; label < count; ++label)
        sums[label] = biases_[label] + scales_[label] * sums[label];
    return sums;
}

Verdict Classifier::classify(std::string_view text) const {
    const std::vector<float> all = scores(text);
    const Best best = best_of(all);
    // Without features the biases alone would decide.
    if (util::split_words(text).empty()) return {.label = labels_[best.label]};
    return {.label = labels_[best.label],
            .probability = probability_of(best, {.slope = slope_, .offset = offset_})};
}

}  // namespace arq::topics
