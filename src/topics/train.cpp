// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "arq/topics/classifier.h"
#include "arq/util/error.h"
#include "topics/features.h"
#include "topics/model.h"

namespace arq::topics {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// A feature that is known by its place in the vocabulary.
struct Known {
    std::uint32_t at = 0;
    float value = 0;
};

struct Prepared {
    std::vector<Known> features;  // as shares of the text's length
    std::size_t label = kNone;
    bool is_word = false;
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

void add_masked(float* __restrict to, const float* __restrict from, const float* __restrict mask,
                float factor, std::size_t count) {
    for (std::size_t at = 0; at < count; at += kAtOnce)
        for (std::size_t i = 0; i < kAtOnce; ++i) to[at + i] += factor * from[at + i] * mask[at + i];
}

struct Weights {
    std::size_t labels = 0;
    std::size_t row_size = 0;          // labels, padded
    std::vector<float> biases;         // one per label, padded
    std::vector<float> table;          // feature by feature, a row each
    std::vector<std::uint8_t> values;  // how much each feature counts

    float value_of(const Known& feature) const {
        return feature.value * static_cast<float>(values[feature.at]) / kFullValue;
    }
    std::vector<float> scores(const std::vector<Known>& features) const {
        std::vector<float> sums = biases;
        for (const Known& feature : features)
            add_scaled(sums.data(), &table[feature.at * row_size], value_of(feature), row_size);
        sums.resize(labels);
        return sums;
    }
};

std::vector<std::uint8_t> weigh_features(const std::vector<const Prepared*>& samples, std::size_t vocabulary,
                                         const TrainingOptions& options) {
    std::vector<std::size_t> with(vocabulary);
    for (const Prepared* sample : samples)
        for (const Known& feature : sample->features) ++with[feature.at];
    const double all = 1 + static_cast<double>(samples.size());
    const double most = std::log(all);
    std::vector<std::uint8_t> values(vocabulary);
    std::transform(with.begin(), with.end(), values.begin(), [&](std::size_t count) {
        const double share = std::log(all / (1 + static_cast<double>(count))) / most;
        return static_cast<std::uint8_t>(std::lround(kFullValue * std::pow(share, options.idf_power)));
    });
    return values;
}

// One label against the rest, by the squared hinge: a sample that is right by 1 or more teaches nothing.
// Plain stochastic gradient descent with a rate that falls to 0.
class Descent {
public:
    Descent(const std::vector<const Prepared*>& samples, const TrainingOptions& options)
        : samples_(samples), options_(options), order_(samples.size()) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
    }

    // Weights that are 0 stay so where `only_kept`.
    void run(Weights& weights, double rate, bool only_kept) {
        std::vector<float> mask;
        if (only_kept) {
            mask.resize(weights.table.size());
            std::transform(weights.table.begin(), weights.table.end(), mask.begin(),
                           [](float weight) { return weight == 0 ? 0.0F : 1.0F; });
        }
        const std::size_t steps = order_.size() * static_cast<std::size_t>(options_.epochs);
        std::size_t step = 0;
        for (int epoch = 0; epoch < options_.epochs; ++epoch) {
            random_.shuffle(order_);
            for (const std::size_t at : order_) {
                const double left = 1 - static_cast<double>(step++) / static_cast<double>(steps);
                learn(*samples_[at], static_cast<float>(rate * left), mask, weights);
            }
        }
    }

private:
    static void learn(const Prepared& sample, float rate, const std::vector<float>& mask, Weights& weights) {
        constexpr float kBiasRate = 0.05F;
        std::vector<float> slopes = weights.scores(sample.features);
        for (std::size_t label = 0; label < weights.labels; ++label) {
            const float side = label == sample.label ? 1.0F : -1.0F;
            const float lacking = std::max(0.0F, 1 - side * slopes[label]);
            slopes[label] = rate * side * lacking;
            weights.biases[label] += kBiasRate * slopes[label];
        }
        slopes.resize(weights.row_size);
        for (const Known& feature : sample.features) {
            const std::size_t row = feature.at * weights.row_size;
            if (mask.empty())
                add_scaled(&weights.table[row], slopes.data(), weights.value_of(feature), weights.row_size);
            else
                add_masked(&weights.table[row], slopes.data(), &mask[row], weights.value_of(feature),
                           weights.row_size);
        }
    }

    const std::vector<const Prepared*>& samples_;
    const TrainingOptions& options_;
    std::vector<std::size_t> order_;
    Random random_;
};

// What a model takes beside its features and weights.
std::size_t fixed_bytes(const std::vector<std::string_view>& labels) {
    std::size_t bytes = sizeof(ModelHead) + sizeof(std::uint32_t);
    for (const std::string_view label : labels) bytes += 2 * sizeof(float) + label.size() + 1;
    return bytes;
}

// Sets the smallest weights to 0, as many as it takes for the rest to fit. Whether any had to go that would
// not be rounded to 0 in any case.
bool prune(Weights& weights, std::size_t limit_bytes) {
    const auto bytes_above = [&](float least) {
        std::size_t bytes = 0;
        for (std::size_t at = 0; at < weights.values.size(); ++at) {
            const auto row = weights.table.begin() + static_cast<std::ptrdiff_t>(at * weights.row_size);
            const auto kept = std::count_if(row, row + static_cast<std::ptrdiff_t>(weights.row_size),
                                            [&](float weight) { return std::abs(weight) > least; });
            if (kept > 0) bytes += kBytesPerFeature + static_cast<std::size_t>(kept) * kBytesPerWeight;
        }
        return bytes;
    };
    float most = 0;
    for (const float weight : weights.table) most = std::max(most, std::abs(weight));
    float least = most / 254;
    const bool is_too_large = bytes_above(least) > limit_bytes;
    if (is_too_large) {
        float above = most;
        constexpr int kHalvings = 16;
        for (int round = 0; round < kHalvings; ++round) {
            const float middle = (least + above) / 2;
            (bytes_above(middle) > limit_bytes ? least : above) = middle;
        }
        least = above;
    }
    for (float& weight : weights.table)
        if (std::abs(weight) <= least) weight = 0;
    return is_too_large;
}

// Trained on all features, cut down to what fits, and trained on with those.
Weights fit(const std::vector<const Prepared*>& samples, std::size_t labels, std::size_t vocabulary,
            std::size_t limit_bytes, const TrainingOptions& options) {
    const std::size_t row_size = (labels + kAtOnce - 1) / kAtOnce * kAtOnce;
    Weights weights{.labels = labels,
                    .row_size = row_size,
                    .biases = std::vector<float>(row_size),
                    .table = std::vector<float>(vocabulary * row_size),
                    .values = weigh_features(samples, vocabulary, options)};
    Descent descent{samples, options};
    constexpr double kRateOnceCut = 0.5;  // of the rate before
    descent.run(weights, options.rate, false);
    if (prune(weights, limit_bytes)) descent.run(weights, options.rate * kRateOnceCut, true);
    return weights;
}

struct Judged {
    double confidence = 0;
    bool is_right = false;
};

// Each sample judged by a model that was trained on the other folds.
std::vector<Judged> cross_validate(const std::vector<Prepared>& samples, std::size_t labels,
                                   std::size_t vocabulary, std::size_t limit_bytes,
                                   const TrainingOptions& options) {
    std::vector<Judged> judged;
    const auto folds = static_cast<std::size_t>(options.folds);
    for (std::size_t fold = 0; folds > 1 && fold < folds; ++fold) {
        std::vector<const Prepared*> others;
        for (std::size_t at = 0; at < samples.size(); ++at)
            if (at % folds != fold || samples[at].is_word) others.push_back(&samples[at]);
        const Weights weights = fit(others, labels, vocabulary, limit_bytes, options);
        for (std::size_t at = fold; at < samples.size(); at += folds) {
            if (samples[at].is_word) continue;
            const Best best = best_of(weights.scores(samples[at].features));
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

std::vector<std::byte> pack(const Weights& weights, const std::vector<std::uint32_t>& vocabulary,
                            const Curve& curve, const std::vector<std::string_view>& labels,
                            bool with_pairs) {
    const std::size_t count = labels.size();
    const auto weight_at = [&](std::size_t at, std::size_t label) {
        return weights.table[at * weights.row_size + label];
    };
    std::vector<float> scales(count);
    for (std::size_t at = 0; at < vocabulary.size(); ++at)
        for (std::size_t label = 0; label < count; ++label)
            scales[label] = std::max(scales[label], std::abs(weight_at(at, label)) / 127);

    std::vector<std::uint32_t> hashes;
    std::vector<std::uint32_t> starts;
    std::vector<std::uint8_t> values;
    std::vector<std::uint8_t> targets;
    std::vector<std::int8_t> table;
    for (std::size_t at = 0; at < vocabulary.size(); ++at) {
        const std::size_t start = table.size();
        for (std::size_t label = 0; label < count; ++label) {
            if (weight_at(at, label) == 0) continue;
            const auto rounded = static_cast<std::int8_t>(std::lround(weight_at(at, label) / scales[label]));
            if (rounded == 0) continue;
            targets.push_back(static_cast<std::uint8_t>(label));
            table.push_back(rounded);
        }
        if (table.size() == start) continue;
        hashes.push_back(vocabulary[at]);
        starts.push_back(static_cast<std::uint32_t>(start));
        values.push_back(weights.values[at]);
    }
    starts.push_back(static_cast<std::uint32_t>(table.size()));

    std::string names;
    for (const std::string_view label : labels) names.append(label).append(1, '\0');
    const ModelHead head{.labels = static_cast<std::uint32_t>(count),
                         .features = static_cast<std::uint32_t>(hashes.size()),
                         .weights = static_cast<std::uint32_t>(table.size()),
                         .label_bytes = static_cast<std::uint32_t>(names.size()),
                         .with_pairs = with_pairs ? 1U : 0U,
                         .curve = curve};
    std::vector<std::byte> bytes;
    append(bytes, &head, 1);
    append(bytes, weights.biases.data(), count);
    append(bytes, scales.data(), scales.size());
    append(bytes, hashes.data(), hashes.size());
    append(bytes, starts.data(), starts.size());
    append(bytes, values.data(), values.size());
    append(bytes, targets.data(), targets.size());
    append(bytes, table.data(), table.size());
    append(bytes, names.data(), names.size());
    return bytes;
}

// The features that stand in enough samples, ascending.
std::vector<std::uint32_t> find_vocabulary(const std::vector<std::vector<Feature>>& samples,
                                           int least_samples) {
    std::vector<std::uint32_t> all;
    for (const std::vector<Feature>& features : samples)
        for (const Feature& feature : features) all.push_back(feature.hash);
    std::sort(all.begin(), all.end());
    std::vector<std::uint32_t> kept;
    for (std::size_t at = 0; at < all.size();) {
        const auto end = std::upper_bound(all.begin() + static_cast<std::ptrdiff_t>(at), all.end(), all[at]);
        const auto next = static_cast<std::size_t>(end - all.begin());
        if (next - at >= static_cast<std::size_t>(std::max(1, least_samples))) kept.push_back(all[at]);
        at = next;
    }
    return kept;
}

std::vector<Known> know(const std::vector<Feature>& features, const std::vector<std::uint32_t>& vocabulary) {
    float length = 0;
    for (const Feature& feature : features) length += feature.value * feature.value;
    std::vector<Known> known;
    for (const Feature& feature : features) {
        const auto found = std::lower_bound(vocabulary.begin(), vocabulary.end(), feature.hash);
        if (found == vocabulary.end() || *found != feature.hash) continue;
        known.push_back({.at = static_cast<std::uint32_t>(found - vocabulary.begin()),
                         .value = feature.value / std::sqrt(length)});
    }
    return known;
}

// In the order of their names, so that a model doesn't depend on the order of its sections.
std::vector<std::string_view> list_labels(std::span<const Sample> samples) {
    std::vector<std::string_view> labels;
    for (const Sample& sample : samples)
        if (!sample.label.empty()) labels.push_back(sample.label);
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (labels.size() < 2 || labels.size() > kMostLabels)
        throw Error{ErrorCode::kConfiguration, "categories must be at least 2 and at most 255"};
    for (const std::string_view label : labels)
        if (label.size() > kLongestLabelBytes || label.find('\0') != std::string_view::npos)
            throw Error{ErrorCode::kConfiguration,
                        "the name of a category is at most 64 bytes of plain text"};
    return labels;
}

}  // namespace

std::vector<std::byte> train(std::span<const Sample> samples, const TrainingOptions& options) {
    const std::vector<std::string_view> labels = list_labels(samples);
    std::vector<std::vector<Feature>> features;
    features.reserve(samples.size());
    for (const Sample& sample : samples) features.push_back(features_of(sample.text, options.with_pairs));
    const std::vector<std::uint32_t> vocabulary = find_vocabulary(features, options.least_samples);

    std::vector<Prepared> prepared;
    std::vector<const Prepared*> all;
    prepared.reserve(samples.size());
    for (std::size_t at = 0; at < samples.size(); ++at) {
        const std::string_view label = samples[at].label;
        const auto number = std::lower_bound(labels.begin(), labels.end(), label) - labels.begin();
        prepared.push_back({.features = know(features[at], vocabulary),
                            .label = label.empty() ? kNone : static_cast<std::size_t>(number),
                            .is_word = samples[at].is_word});
        all.push_back(&prepared.back());
    }
    const std::size_t fixed = fixed_bytes(labels);
    const std::size_t limit_bytes = options.limit_bytes > fixed ? options.limit_bytes - fixed : 0;
    const Curve curve =
        fit_curve(cross_validate(prepared, labels.size(), vocabulary.size(), limit_bytes, options));
    return pack(fit(all, labels.size(), vocabulary.size(), limit_bytes, options), vocabulary, curve, labels,
                options.with_pairs);
}

}  // namespace arq::topics
