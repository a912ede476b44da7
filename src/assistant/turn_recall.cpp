// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/dates/dates.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

// The first time that a message names, if some of it is past: "in May" is the last one.
void find_asked_time(std::string_view text, std::string_view zone, memory::Wanted& wanted) {
    for (const dates::Mention& mention :
         dates::find_dates(text, util::to_local(wanted.now, zone), {.looks_back = true})) {
        if (!mention.from) continue;
        wanted.from = util::to_utc(*mention.from, zone);
        wanted.to = mention.to ? util::to_utc(*mention.to, zone) : wanted.now;
        return;
    }
}

// In how many of the user's messages each of the words stands, as far as they were looked through.
topics::TermCounts counts_of(const util::StemSet& wanted, const std::vector<model::Stretch>& said) {
    topics::TermCounts counts;
    for (const std::string& stem : wanted.stems()) counts.terms.push_back({.stem = stem});
    for (const model::Stretch& stretch : said) {
        counts.messages += static_cast<std::int64_t>(stretch.exchanges.size());
        for (const model::Stretch::Occurrence& occurrence : stretch.occurrences)
            if (occurrence.turn % 2 == 0 && occurrence.count > 0) ++counts.terms[occurrence.stem].messages;
    }
    return counts;
}

}  // namespace

Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, util::Timestamp now, std::string_view zone,
                const Options& options) {
    Recalled recalled;
    const util::StemSet wanted{memory::query_stems(text)};
    if (!wanted.empty()) {
        std::vector<model::Stretch> said = file.search_messages(wanted, scope);
        if (before)
            for (model::Stretch& stretch : said) memory::cut_before(stretch, *before);
        memory::Wanted asked{
            .stems = wanted.stems().size(), .asks_when = memory::asks_when(text), .now = now};
        if (memory::is_question(text)) find_asked_time(text, zone, asked);
        recalled.counts = counts_of(wanted, said);
        recalled.messages =
            memory::rank_messages(asked, said, memory::Roles::kUser,
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
