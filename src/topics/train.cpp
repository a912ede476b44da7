// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "arq/topics/classifier.h"
#include "arq/util/error.h"
#include "topics/features.h"
#include "topics/model.h"

namespace arq::topics {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Prepared {
    std::vector<Feature> features;
    std::size_t label = kNone;
};

// The standard's shuffles and distributions differ between libraries; this doesn't.
class Random {
public:
    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>((state_ >> 33U) % limit);
    }
    void shuffle(std::vector<std::size_t>& order) {
        for (std::size_t left = order.size(); left > 1; --left)
            std::swap(order[left - 1], order[below(left)]);
    }

private:
    std::uint64_t state_ = 42;
};

// Rows are padded, so that the compiler can take eight numbers at once.
constexpr std::size_t kAtOnce = 8;

void add_scaled(float* __restrict to, const float* __restrict from, float factor, std::size_t count) {
    for (std::size_t at = 0; at < count; at += kAtOnce)
        for (std::size_t i = 0; i < kAtOnce; ++i) to[at + i] += factor * from[at + i];
}

struct Weights {
    std::size_t labels = 0;
    std::size_t row_size = 0;   // labels, padded
    std::vector<float> biases;  // one per label, padded
    std::vector<float> table;   // bucket by bucket, a row each
    std::vector<std::uint8_t> values;

    std::vector<float> scores(const std::vector<Feature>& features) const {
        std::vector<float> sums = biases;
        for (const Feature& feature : features)
            add_scaled(sums.data(), &table[feature.bucket * row_size], feature.value, row_size);
        sums.resize(labels);
        return sums;
    }
};

// The square root of the inverse document frequency: between counting all alike and idf itself.
std::vector<std::uint8_t> weigh_buckets(const std::vector<const Prepared*>& samples, std::uint32_t buckets) {
    std::vector<std::size_t> with(buckets);
    for (const Prepared* sample : samples)
        for (const Feature& feature : sample->features) ++with[feature.bucket];
    const double all = 1 + static_cast<double>(samples.size());
    const double most = std::sqrt(std::log(all));
    std::vector<std::uint8_t> values(buckets);
    std::transform(with.begin(), with.end(), values.begin(), [&](std::size_t count) {
        const double value = std::sqrt(std::log(all / (1 + static_cast<double>(count)))) / most;
        return static_cast<std::uint8_t>(std::lround(255 * value));
    });
    return values;
}

// One label against the rest, by the squared hinge: a sample that is right by 1 or more teaches nothing.
// Plain stochastic gradient descent with a rate that falls to 0.
Weights fit(const std::vector<const Prepared*>& samples, std::size_t labels, const TrainingOptions& options) {
    constexpr float kBiasRate = 0.05F;
    const std::size_t row_size = (labels + kAtOnce - 1) / kAtOnce * kAtOnce;
    Weights weights{.labels = labels,
                    .row_size = row_size,
                    .biases = std::vector<float>(row_size),
                    .table = std::vector<float>(options.buckets * row_size),
                    .values = weigh_buckets(samples, options.buckets)};
    std::vector<Prepared> ready;
    ready.reserve(samples.size());
    for (const Prepared* sample : samples) {
        ready.push_back(*sample);
        normalise(ready.back().features, weights.values);
    }
    std::vector<std::size_t> order(ready.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random;
    const std::size_t steps = ready.size() * static_cast<std::size_t>(options.epochs);
    std::size_t step = 0;
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
        random.shuffle(order);
        for (const std::size_t at : order) {
            const Prepared& sample = ready[at];
            const auto rate = static_cast<float>(
                options.rate * (1 - static_cast<double>(step++) / static_cast<double>(steps)));
            std::vector<float> slopes = weights.scores(sample.features);
            for (std::size_t label = 0; label < labels; ++label) {
                const float side = label == sample.label ? 1.0F : -1.0F;
                const float lacking = std::max(0.0F, 1 - side * slopes[label]);
                slopes[label] = rate * side * lacking;
                weights.biases[label] += kBiasRate * slopes[label];
            }
            slopes.resize(row_size);
            for (const Feature& feature : sample.features)
                add_scaled(&weights.table[feature.bucket * row_size], slopes.data(), feature.value, row_size);
        }
    }
    return weights;
}

struct Judged {
    double confidence = 0;
    bool is_right = false;
};

// Each sample judged by a model that was trained on the other folds.
std::vector<Judged> cross_validate(const std::vector<Prepared>& samples, std::size_t labels,
                                   const TrainingOptions& options) {
    std::vector<Judged> judged;
    const auto folds = static_cast<std::size_t>(options.folds);
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::vector<const Prepared*> others;
        for (std::size_t at = 0; at < samples.size(); ++at)
            if (at % folds != fold) others.push_back(&samples[at]);
        const Weights weights = fit(others, labels, options);
        for (std::size_t at = fold; at < samples.size(); at += folds) {
            std::vector<Feature> features = samples[at].features;
            normalise(features, weights.values);
            const Best best = best_of(weights.scores(features));
            judged.push_back({.confidence = best.confidence, .is_right = best.label == samples[at].label});
        }
    }
    return judged;
}

// Platt's scaling (1999): the logistic curve that fits best, by Newton's method. Starts and ends tamely where
// everything, or nothing, was right.
Curve fit_curve(const std::vector<Judged>& judged) {
    const auto right = static_cast<double>(
        std::count_if(judged.begin(), judged.end(), [](const Judged& one) { return one.is_right; }));
    const double wrong = static_cast<double>(judged.size()) - right;
    const double target_right = (right + 1) / (right + 2);
    const double target_wrong = 1 / (wrong + 2);
    double slope = 1;
    double offset = 0;
    for (int round = 0; round < 50; ++round) {
        double g_slope = 0;
        double g_offset = 0;
        double h_ss = 1e-6;
        double h_so = 0;
        double h_oo = 1e-6;
        for (const Judged& one : judged) {
            const double p = 1 / (1 + std::exp(-(slope * one.confidence + offset)));
            const double error = p - (one.is_right ? target_right : target_wrong);
            const double curvature = std::max(p * (1 - p), 1e-9);
            g_slope += error * one.confidence;
            g_offset += error;
            h_ss += curvature * one.confidence * one.confidence;
            h_so += curvature * one.confidence;
            h_oo += curvature;
        }
        const double determinant = h_ss * h_oo - h_so * h_so;
        if (determinant < 1e-12) break;
        const double d_slope = (h_oo * g_slope - h_so * g_offset) / determinant;
        const double d_offset = (h_ss * g_offset - h_so * g_slope) / determinant;
        slope -= std::clamp(d_slope, -1.0, 1.0);
        offset -= std::clamp(d_offset, -1.0, 1.0);
        if (std::abs(d_slope) + std::abs(d_offset) < 1e-7) break;
    }
    return {.slope = static_cast<float>(slope), .offset = static_cast<float>(offset)};
}

template <typename T>
void append(std::vector<std::byte>& bytes, const T* values, std::size_t count) {
    const auto* begin = reinterpret_cast<const std::byte*>(values);
    bytes.insert(bytes.end(), begin, begin + count * sizeof(T));
}

std::vector<std::byte> pack(const Weights& weights, const Curve& curve,
                            const std::vector<std::string_view>& labels) {
    std::string names;
    for (const std::string_view label : labels) names.append(label).append(1, '\0');
    const ModelHead head{.labels = static_cast<std::uint32_t>(labels.size()),
                         .buckets = static_cast<std::uint32_t>(weights.values.size()),
                         .label_bytes = static_cast<std::uint32_t>(names.size()),
                         .curve = curve};
    const std::size_t count = labels.size();
    std::vector<float> scales(count);
    for (std::size_t bucket = 0; bucket < weights.values.size(); ++bucket)
        for (std::size_t label = 0; label < count; ++label)
            scales[label] =
                std::max(scales[label], std::abs(weights.table[bucket * weights.row_size + label]) / 127);
    std::vector<std::int8_t> table;
    table.reserve(weights.values.size() * count);
    for (std::size_t bucket = 0; bucket < weights.values.size(); ++bucket)
        for (std::size_t label = 0; label < count; ++label) {
            const float weight = weights.table[bucket * weights.row_size + label];
            table.push_back(
                static_cast<std::int8_t>(scales[label] > 0 ? std::lround(weight / scales[label]) : 0));
        }
    std::vector<std::byte> bytes;
    append(bytes, &head, 1);
    append(bytes, weights.biases.data(), count);
    append(bytes, scales.data(), scales.size());
    append(bytes, weights.values.data(), weights.values.size());
    append(bytes, table.data(), table.size());
    append(bytes, names.data(), names.size());
    return bytes;
}

}  // namespace

std::vector<std::byte> train(std::span<const Sample> samples, const TrainingOptions& options) {
    // In the order of their names, so that a model doesn't depend on the order of its sections.
    std::map<std::string_view, std::size_t> numbers;
    for (const Sample& sample : samples)
        if (!sample.label.empty()) numbers.emplace(sample.label, 0);
    std::vector<std::string_view> labels;
    for (auto& [label, number] : numbers) {
        number = labels.size();
        labels.push_back(label);
        if (label.size() > kLongestLabelBytes || label.find('\0') != std::string_view::npos)
            throw Error{ErrorCode::kConfiguration,
                        "the name of a category is at most 64 bytes of plain text"};
    }
    if (labels.size() < 2 || labels.size() > kMostLabels)
        throw Error{ErrorCode::kConfiguration, "categories must be at least 2 and at most 255"};

    std::vector<Prepared> prepared;
    std::vector<const Prepared*> all;
    prepared.reserve(samples.size());
    for (const Sample& sample : samples) {
        prepared.push_back({.features = features_of(sample.text, options.buckets),
                            .label = sample.label.empty() ? kNone : numbers[sample.label]});
        all.push_back(&prepared.back());
    }
    const Curve curve = fit_curve(cross_validate(prepared, labels.size(), options));
    return pack(fit(all, labels.size(), options), curve, labels);
}

}  // namespace arq::topics
