// SPDX-License-Identifier: MIT
#include <algorithm>

#include "assistant/turn.h"

namespace arq::assistant {
namespace {

// How rare a word is counts over all that was said, so inside an isolated session, which is to know
// nothing of the rest, all words weigh the same.
std::vector<memory::Term> weigh(store::UserFile& file, const store::Scope& scope,
                                const std::vector<std::string>& stems) {
    std::vector<memory::Term> terms;
    if (scope.isolated_session) {
        for (const std::string& stem : stems) terms.push_back({.stem = stem});
        return terms;
    }
    const std::int64_t messages = file.count_messages();
    for (const std::string& stem : stems)
        terms.push_back(
            {.stem = stem, .weight = memory::term_weight(file.count_messages_with(stem), messages)});
    return terms;
}

}  // namespace

Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, const Options& options) {
    Recalled recalled;
    const std::vector<std::string> stems = memory::query_stems(text);
    if (!stems.empty()) {
        const std::vector<memory::Term> query = weigh(file, scope, stems);
        std::vector<model::Message> said = file.search_user_messages(stems, scope, options.recall_candidates);
        if (before) std::erase_if(said, [&](const model::Message& message) { return message.id >= *before; });
        recalled.messages =
            memory::rank_messages(query, std::move(said), static_cast<std::size_t>(options.recall_quotes));
        recalled.memories =
            memory::rank_memories(query, file.search_memories(stems, scope, options.recall_candidates),
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
