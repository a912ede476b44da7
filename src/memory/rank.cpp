// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "arq/memory/extract.h"
#include "arq/util/text.h"
#include "memory/function_words.h"

namespace arq::memory {
namespace {

constexpr std::size_t kMostTerms = 64;
constexpr double kLeastScore = 0.5;

template <typename T>
std::vector<Ranked<T>> rank(const std::vector<Term>& query, std::vector<T> candidates, std::size_t limit) {
    // The newest first, so that of equal texts the newest is the one that stays.
    std::sort(candidates.begin(), candidates.end(), [](const T& a, const T& b) { return a.id > b.id; });
    std::vector<Ranked<T>> ranked;
    std::unordered_set<std::string> seen;
    for (T& candidate : candidates) {
        const double score = score_text(query, candidate.text);
        if (score < kLeastScore || is_question(candidate.text) || !seen.insert(candidate.text).second)
            continue;
        ranked.push_back({.item = std::move(candidate), .score = score});
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    if (ranked.size() > limit) ranked.resize(limit);
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

double score_text(const std::vector<Term>& query, std::string_view text) {
    const std::vector<std::string> stems = util::stems(text);
    const std::unordered_set<std::string_view> present{stems.begin(), stems.end()};
    double matched = 0;
    double total = 0;
    for (const Term& term : query) {
        total += term.weight;
        if (present.contains(term.stem)) matched += term.weight;
    }
    return total > 0 ? matched / total : 0;
}

std::vector<Ranked<model::Message>> rank_messages(const std::vector<Term>& query,
                                                  std::vector<model::Message> candidates, std::size_t limit) {
    return rank(query, std::move(candidates), limit);
}

std::vector<Ranked<model::Memory>> rank_memories(const std::vector<Term>& query,
                                                 std::vector<model::Memory> candidates, std::size_t limit) {
    return rank(query, std::move(candidates), limit);
}

}  // namespace arq::memory
