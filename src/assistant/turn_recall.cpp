// SPDX-License-Identifier: MIT
#include <algorithm>

#include "assistant/turn.h"

namespace arq::assistant {
namespace {

// How rare a word is counts over all that was said, so inside an isolated session, which is to know
// nothing of the rest, all words weigh the same.
std::vector<memory::Term> weigh(const util::StemSet& wanted, const store::UserFile::Found& found,
                                const store::Scope& scope) {
    std::vector<memory::Term> terms;
    for (std::size_t at = 0; at < wanted.stems().size(); ++at) {
        terms.push_back({.stem = wanted.stems()[at]});
        if (!scope.isolated_session)
            terms.back().weight = memory::term_weight(found.with_stem[at], found.in_all);
    }
    return terms;
}

}  // namespace

Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, const Options& options) {
    Recalled recalled;
    const util::StemSet wanted{memory::query_stems(text)};
    if (!wanted.empty()) {
        store::UserFile::Found found = file.search_messages(wanted, scope, options.recall_candidates);
        const std::vector<memory::Term> query = weigh(wanted, found, scope);
        if (before)
            std::erase_if(found.messages,
                          [&](const model::Message& message) { return message.id >= *before; });
        recalled.messages = memory::rank_messages(query, std::move(found.messages),
                                                  static_cast<std::size_t>(options.recall_quotes));
        recalled.memories =
            memory::rank_memories(query, file.search_memories(wanted, scope, options.recall_candidates),
                                  static_cast<std::size_t>(options.recall_memories));
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
