// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "arq/memory/extract.h"
#include "arq/util/stem_set.h"
#include "arq/util/text.h"
#include "memory/function_words.h"

namespace arq::memory {
namespace {

constexpr std::size_t kMostTerms = util::StemSet::kMost;
constexpr double kLeastScore = 0.5;

// 0 to 1: the share of the weights that the bits of `stems` stand for.
double score_of(std::uint64_t stems, const std::vector<double>& weights, double total) {
    double matched = 0;
    for (std::size_t at = 0; at < weights.size(); ++at)
        if ((stems >> at & 1U) != 0) matched += weights[at];
    return total > 0 ? matched / total : 0;
}

template <typename T>
std::vector<Ranked<T>> rank(const std::vector<double>& weights, const std::vector<model::Hit>& hits,
                            std::size_t limit, const std::function<std::optional<T>(util::Id)>& load) {
    struct Scored {
        double score;
        util::Id id;
    };
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<Scored> scored;
    for (const model::Hit& hit : hits) {
        const double score = score_of(hit.stems, weights, total);
        if (score >= kLeastScore) scored.push_back({score, hit.id});
    }
    // Of equals the newest first, so that of equal texts it is the one that stays.
    std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
        return a.score != b.score ? a.score > b.score : a.id > b.id;
    });
    std::vector<Ranked<T>> ranked;
    std::unordered_set<std::string> seen;
    for (const auto& [score, id] : scored) {
        if (ranked.size() == limit) break;
        auto item = load(id);
        if (!item || !seen.insert(item->text).second || is_question(item->text)) continue;
        ranked.push_back({.item = *std::move(item), .score = score});
    }
    return ranked;
}

}  // namespace

std::vector<std::string> query_stems(std::string_view message) {
    std::vector<std::string> found;
    for (const std::string& word : util::words(message)) {
        if (found.size() == kMostTerms) break;
        if (is_function_word(word)) continue;
        std::string stem = util::stem(word);
        if (std::find(found.begin(), found.end(), stem) == found.end()) found.push_back(std::move(stem));
    }
    return found;
}

double term_weight(std::int64_t messages_with_term, std::int64_t messages) {
    const auto with = static_cast<double>(std::min(messages_with_term, messages));
    return std::log(1.0 + (static_cast<double>(messages) - with + 0.5) / (with + 0.5));
}

std::uint64_t decisive_stems(const std::vector<double>& weights) {
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    double rest = total;  // the most that a text without any of the chosen can reach
    std::uint64_t chosen = 0;
    for (const std::size_t at : order) {
        if (rest < kLeastScore * total) break;
        chosen |= std::uint64_t{1} << at;
        rest -= weights[at];
    }
    return chosen;
}

std::vector<Ranked<model::Message>> rank_messages(
    const std::vector<double>& weights, const std::vector<model::Hit>& hits, std::size_t limit,
    const std::function<std::optional<model::Message>(util::Id)>& load) {
    return rank(weights, hits, limit, load);
}

std::vector<Ranked<model::Memory>> rank_memories(
    const std::vector<double>& weights, const std::vector<model::Hit>& hits, std::size_t limit,
    const std::function<std::optional<model::Memory>(util::Id)>& load) {
    return rank(weights, hits, limit, load);
}

}  // namespace arq::memory
