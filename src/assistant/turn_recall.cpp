// SPDX-License-Identifier: MIT
#include <algorithm>

#include "assistant/turn.h"

namespace arq::assistant {

Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, util::Timestamp now, const Options& options) {
    Recalled recalled;
    const util::StemSet wanted{memory::query_stems(text)};
    if (!wanted.empty()) {
        std::vector<model::Stretch> said = file.search_messages(wanted, scope);
        if (before)
            for (model::Stretch& stretch : said) memory::cut_before(stretch, *before);
        recalled.messages = memory::rank_messages(
            {.stems = wanted.stems().size(), .asks_when = memory::asks_when(text), .now = now}, said,
            memory::Roles::kUser,
            {.limit = static_cast<std::size_t>(options.recall_quotes),
             .least_share = options.recall_least_share},
            [&](util::Id id, model::Role role) { return file.find_said(id, role); });
        recalled.memories = memory::rank_memories(memory::weigh_stems(wanted.stems().size(), said),
                                                  file.search_memories(wanted, scope),
                                                  {.limit = static_cast<std::size_t>(options.recall_memories),
                                                   .least_share = options.recall_least_share},
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
