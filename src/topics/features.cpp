// SPDX-License-Identifier: MIT
#include "topics/features.h"

#include <algorithm>
#include <array>
#include <string>

#include "arq/util/text.h"

namespace arq::topics {
namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kLongestWordBytes = 64;

// Each kind of feature hashes differently, and counts by what cross-validation on CLINC150's training part
// found best (docs/quality.md).
enum Kind : std::uint32_t { kWord = 1, kStem, kNextPair, kAnyPair, kLetters };
constexpr float kWordValue = 0.6F;
constexpr float kStemValue = 1.0F;
constexpr float kNextPairValue = 0.8F;
constexpr float kAnyPairValue = 0.7F;
constexpr std::size_t kFarthest = 16;  // words apart
constexpr float kLettersValue = 0.35F;
constexpr std::size_t kShortestRun = 3;
constexpr std::size_t kLongestRun = 5;

// FNV-1a.
constexpr std::uint32_t kPrime = 16777619U;
std::uint32_t start(Kind kind) {
    return (2166136261U ^ kind) * kPrime;
}
std::uint32_t add(std::uint32_t hash, std::string_view bytes) {
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
    return hash;
}
std::uint32_t separate(std::uint32_t hash) {
    return (hash ^ 0xFFU) * kPrime;  // no byte of UTF-8
}
// FNV's low bits are its weak ones.
std::uint32_t finish(std::uint32_t hash) {
    hash = (hash ^ hash >> 15U) * 0x2C1B3C6DU;
    hash = (hash ^ hash >> 12U) * 0x297A2D39U;
    return hash ^ hash >> 15U;
}

class Collector {
public:
    void add_feature(std::uint32_t hash, float value) {
        features_.push_back({.hash = finish(hash), .value = value});
    }

    // Of those that share a hash, as a word and its stem don't, the one that counts most.
    std::vector<Feature> take() {
        std::sort(features_.begin(), features_.end(), [](const Feature& a, const Feature& b) {
            return a.hash != b.hash ? a.hash < b.hash : a.value > b.value;
        });
        features_.erase(std::unique(features_.begin(), features_.end(),
                                    [](const Feature& a, const Feature& b) { return a.hash == b.hash; }),
                        features_.end());
        return std::move(features_);
    }

private:
    std::vector<Feature> features_;
};

void add_runs_of_letters(std::string_view word, Collector& collector) {
    std::string bounded;
    bounded.reserve(word.size() + 2);
    bounded.append("<").append(word).append(">");
    std::array<std::size_t, kLongestWordBytes + 3> starts{};  // of the characters, and the end
    std::size_t count = 0;
    for (std::size_t at = 0; at < bounded.size(); ++at)
        if ((static_cast<unsigned char>(bounded[at]) & 0xC0U) != 0x80U) starts[count++] = at;
    starts[count] = bounded.size();
    for (std::size_t from = 0; from + kShortestRun <= count; ++from) {
        std::uint32_t hash = add(
            start(kLetters),
            std::string_view{bounded}.substr(starts[from], starts[from + kShortestRun - 1] - starts[from]));
        for (std::size_t to = from + kShortestRun; to <= std::min(from + kLongestRun, count); ++to) {
            hash = add(hash, std::string_view{bounded}.substr(starts[to - 1], starts[to] - starts[to - 1]));
            collector.add_feature(hash, kLettersValue);
        }
    }
}

}  // namespace

std::vector<Feature> features_of(std::string_view text, bool with_pairs) {
    Collector collector;
    std::string before = "<";
    std::vector<std::uint32_t> stems;
    for (const std::string_view written : util::split_words(util::truncate(text, kMostBytes))) {
        const std::string folded = util::fold_word(written);
        const std::string_view word = util::truncate(folded, kLongestWordBytes);
        std::string stem = util::stem(word);
        collector.add_feature(add(start(kWord), word), kWordValue);
        collector.add_feature(add(start(kStem), stem), kStemValue);
        add_runs_of_letters(word, collector);
        if (!with_pairs) continue;
        collector.add_feature(add(separate(add(start(kNextPair), before)), stem), kNextPairValue);
        const std::uint32_t hash = add(start(kAnyPair), stem);
        for (std::size_t back = 0; back < std::min(kFarthest, stems.size()); ++back) {
            const std::uint32_t other = stems[stems.size() - 1 - back];
            collector.add_feature(std::min(hash, other) * kPrime ^ std::max(hash, other), kAnyPairValue);
        }
        stems.push_back(hash);
        before = std::move(stem);
    }
    if (!stems.empty())
        collector.add_feature(add(separate(add(start(kNextPair), before)), ">"), kNextPairValue);
    return collector.take();
}

}  // namespace arq::topics
