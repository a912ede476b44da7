// SPDX-License-Identifier: MIT
#include <algorithm>

#include "assistant/turn.h"

namespace arq::assistant {
namespace {

// How rare a word is counts over all that was said, so inside an isolated session, which is to know
// nothing of the rest, all words weigh the same.
std::vector<double> weigh(const util::StemSet& wanted, const store::UserFile::Found& found,
                          const store::Scope& scope) {
    std::vector<double> weights(wanted.stems().size(), 1.0);
    if (scope.isolated_session) return weights;
    for (std::size_t at = 0; at < weights.size(); ++at)
        weights[at] = memory::term_weight(found.with_stem[at], found.in_all);
    return weights;
}

topics::TermCounts counts_of(const util::StemSet& wanted, const store::UserFile::Found& found,
                             const store::Scope& scope) {
    topics::TermCounts counts;
    if (scope.isolated_session) return counts;
    counts.messages = found.in_all;
    for (std::size_t at = 0; at < wanted.stems().size(); ++at)
        counts.terms.push_back({.stem = wanted.stems()[at], .messages = found.with_stem[at]});
    return counts;
}

}  // namespace

Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, const Options& options) {
    Recalled recalled;
    const util::StemSet wanted{memory::query_stems(text)};
    if (!wanted.empty()) {
        const int candidates = options.recall_candidates;
        store::UserFile::Found found =
            file.search_messages(wanted, scope, candidates, [&](const store::UserFile::Found& counted) {
                return memory::decisive_stems(weigh(wanted, counted, scope));
            });
        if (before) std::erase_if(found.hits, [&](const model::Hit& hit) { return hit.id >= *before; });
        const std::vector<double> weights = weigh(wanted, found, scope);
        recalled.counts = counts_of(wanted, found, scope);
        recalled.messages =
            memory::rank_messages(weights, found.hits, static_cast<std::size_t>(options.recall_quotes),
                                  [&](util::Id id) { return file.find_message(id); });
        recalled.memories = memory::rank_memories(weights, file.search_memories(wanted, scope, candidates),
                                                  static_cast<std::size_t>(options.recall_memories),
                                                  [&](util::Id id) { return file.find_memory(id); });
    }
    // What is asked for by its subject counts in full, in whatever words it was told.
    for (const std::string& subject : memory::subjects_asked_about(text)) {
        auto known = file.find_memory_by_subject(subject, scope);
        if (!known) continue;
        std::erase_if(recalled.memories, [&](const auto& ranked) { return ranked.item.id == known->id; });
        recalled.memories.insert(recalled.memories.begin(), {.item = *std::move(known), .score = 1});
    }
    return recalled;
}

}  // namespace arq::assistant
