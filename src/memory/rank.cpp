// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "arq/memory/extract.h"
#include "arq/util/stem_set.h"
#include "arq/util/text.h"
#include "memory/function_words.h"

namespace arq::memory {
namespace {

constexpr std::size_t kMostTerms = util::StemSet::kMost;
constexpr double kLeastScore = 0.5;

class Scorer {
public:
    explicit Scorer(const std::vector<Term>& query) : stems_(stems_of(query)), query_(query) {
        for (const Term& term : query_) total_ += term.weight;
    }

    double score(std::string_view text) const {
        const std::uint64_t found = stems_.find_in(text);
        double matched = 0;
        for (std::size_t at = 0; at < stems_.stems().size(); ++at)
            if ((found >> at & 1U) != 0) matched += query_[at].weight;
        return total_ > 0 ? matched / total_ : 0;
    }

private:
    static std::vector<std::string> stems_of(const std::vector<Term>& query) {
        std::vector<std::string> stems;
        for (const Term& term : query) stems.push_back(term.stem);
        return stems;
    }

    const util::StemSet stems_;
    const std::vector<Term>& query_;
    double total_ = 0;
};

template <typename T>
std::vector<Ranked<T>> rank(const std::vector<Term>& query, std::vector<T> candidates, std::size_t limit) {
    struct Scored {
        double score;
        T* candidate;
    };
    const Scorer scorer{query};
    std::vector<Scored> scored;
    for (T& candidate : candidates) {
        const double score = scorer.score(candidate.text);
        if (score >= kLeastScore) scored.push_back({score, &candidate});
    }
    // Of equals the newest first, so that of equal texts it is the one that stays.
    std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
        return a.score != b.score ? a.score > b.score : a.candidate->id > b.candidate->id;
    });
    std::vector<Ranked<T>> ranked;
    std::unordered_set<std::string> seen;
    for (const auto& [score, candidate] : scored) {
        if (ranked.size() == limit) break;
        if (!seen.insert(candidate->text).second || is_question(candidate->text)) continue;
        ranked.push_back({.item = std::move(*candidate), .score = score});
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

std::vector<Ranked<model::Message>> rank_messages(const std::vector<Term>& query,
                                                  std::vector<model::Message> candidates, std::size_t limit) {
    return rank(query, std::move(candidates), limit);
}

std::vector<Ranked<model::Memory>> rank_memories(const std::vector<Term>& query,
                                                 std::vector<model::Memory> candidates, std::size_t limit) {
    return rank(query, std::move(candidates), limit);
}

}  // namespace arq::memory
