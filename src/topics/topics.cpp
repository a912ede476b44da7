// SPDX-License-Identifier: MIT
#include "arq/topics/topics.h"

#include <algorithm>
#include <cmath>

#include "arq/topics/categories.h"
#include "arq/util/text.h"
#include "topics/naming.h"

namespace arq::topics {
namespace {

constexpr std::size_t kMostCandidates = 32;
constexpr std::size_t kMostTopics = 3;
// A topic weighs at least this share of the best one's weight,
constexpr double kLeastOfBest = 0.5;
// and looks at least this much like a noun.
constexpr double kLeastLikeness = 0.35;
// A user of whom little is known counts as one who said this much of other things.
constexpr double kPriorMessages = 20;

double inverse_frequency(const TermCounts& counts, std::string_view stem) {
    const auto term = std::find_if(counts.terms.begin(), counts.terms.end(),
                                   [&](const TermCounts::Term& one) { return one.stem == stem; });
    const double all = static_cast<double>(std::max<std::int64_t>(counts.messages, 0)) + kPriorMessages;
    const double with =
        term == counts.terms.end()
            ? 0
            : std::min(static_cast<double>(std::max<std::int64_t>(term->messages, 0)), all - kPriorMessages);
    return std::log(1 + (all - with + 0.5) / (with + 0.5));
}

// Words by which a message leans on the one before.
bool leans_back(const std::vector<std::string>& words) {
    static constexpr std::string_view kFirst[] = {"and",  "but",    "or",  "also", "then", "because",
                                                  "so",   "a",      "а",   "и",    "но",   "или",
                                                  "тоже", "потому", "еще", "тогда"};
    static constexpr std::string_view kAnywhere[] = {
        "it",   "its", "he",  "him",   "his",   "she",  "her", "they", "them", "those", "these",
        "that", "он",  "она", "оно",   "они",   "его",  "ее",  "их",   "ему",  "ей",    "им",
        "него", "нее", "них", "этого", "этому", "этим", "там", "туда", "это"};
    if (words.empty()) return true;
    if (words[0] != "a" && std::find(std::begin(kFirst), std::end(kFirst), words[0]) != std::end(kFirst))
        return true;
    constexpr std::size_t kShortWords = 8;
    return words.size() <= kShortWords &&
           std::any_of(words.begin(), words.end(), [](const std::string& word) {
               return std::find(std::begin(kAnywhere), std::end(kAnywhere), word) != std::end(kAnywhere);
           });
}

bool is_small_talk(std::string_view category) {
    return category == "small talk";
}

}  // namespace

std::vector<std::string> topic_stems(std::string_view message) {
    std::vector<std::string> stems;
    for (Candidate& candidate : find_candidates(message, kMostCandidates))
        stems.push_back(std::move(candidate.stem));
    return stems;
}

std::string_view find_category(std::string_view text, const Classifier& categories) {
    const Verdict verdict = categories.classify(text);
    return verdict.probability < kLeastProbability ? std::string_view{} : verdict.label;
}

std::vector<model::Topic> find_topics(std::string_view message, const TermCounts& counts,
                                      const Classifier& categories) {
    const std::vector<Candidate> candidates = find_candidates(message, kMostCandidates);
    std::vector<std::pair<double, const Candidate*>> weighed;
    double total = 0;
    for (const Candidate& candidate : candidates) {
        const double weight =
            candidate.likeness * (1 + std::log(candidate.times)) * inverse_frequency(counts, candidate.stem);
        total += weight;
        if (candidate.likeness >= kLeastLikeness) weighed.emplace_back(weight, &candidate);
    }
    if (weighed.empty()) return {};
    // Of equals the first said.
    std::stable_sort(weighed.begin(), weighed.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    const std::string category{find_category(message, categories)};
    std::vector<model::Topic> topics;
    for (const auto& [weight, candidate] : weighed) {
        if (topics.size() == kMostTopics || weight < kLeastOfBest * weighed[0].first) break;
        topics.push_back({.name = candidate->name, .category = category, .score = weight / total});
    }
    return topics;
}

bool changes_topic(std::string_view message, std::span<const std::string_view> before,
                   const Classifier& categories) {
    constexpr std::size_t kMostBefore = 3;
    // A change told wrongly harms more than one missed: both sides must be surer than it takes to name a
    // category.
    constexpr double kSure = 0.75;
    // Of a category that scores better than this for the turns before the message may well go on with it.
    constexpr float kStillNear = -0.5F;
    const std::vector<std::string> stems = topic_stems(message);
    if (stems.empty() || leans_back(util::words(message))) return false;
    const Verdict now = categories.classify(message);
    if (now.probability < kSure || is_small_talk(now.label)) return false;

    bool was_about_something = false;
    for (std::size_t back = 0; back < std::min(kMostBefore, before.size()); ++back) {
        const std::string_view said = before[before.size() - 1 - back];
        const std::vector<std::string> said_stems = topic_stems(said);
        if (std::any_of(stems.begin(), stems.end(), [&](const std::string& stem) {
                return std::find(said_stems.begin(), said_stems.end(), stem) != said_stems.end();
            }))
            return false;
        const std::vector<float> scores = categories.scores(said);
        const Verdict then = categories.judge(scores);
        if (then.probability < kSure || is_small_talk(then.label)) continue;
        if (then.label == now.label) return false;
        for (std::size_t label = 0; label < categories.label_count(); ++label)
            if (categories.label(label) == now.label && scores[label] > kStillNear) return false;
        was_about_something = true;
    }
    return was_about_something;
}

}  // namespace arq::topics
