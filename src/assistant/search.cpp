// SPDX-License-Identifier: MIT
#include "arq/assistant/search.h"

#include <algorithm>

#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "arq/util/error.h"
#include "arq/util/stem_set.h"

namespace arq::assistant {
namespace {

constexpr std::size_t kMostCandidates = 1000;
// What merely stands beside something that was looked for is not found.
constexpr double kLeastShare = 1e-9;

}  // namespace

std::vector<Found<model::Memory>> search_memories(store::UserFile& file, std::string_view query,
                                                  const store::Scope& scope, std::size_t limit) {
    std::vector<Found<model::Memory>> found;
    // What is asked for by its subject, in whatever words it was told.
    for (const std::string& subject : memory::subjects_asked_about(query))
        for (model::Memory& known : file.find_memories_by_subject(subject, scope))
            found.push_back({.item = std::move(known), .score = 1});
    const util::StemSet wanted{memory::query_stems(query)};
    const auto load = [&](util::Id id) { return file.find_memory(id); };
    for (auto& [memory, score] : memory::rank_memories(std::vector<double>(wanted.stems().size(), 1.0),
                                                       file.search_memories(wanted, scope),
                                                       {.limit = limit, .least_share = 0}, load)) {
        const bool is_there = std::any_of(
            found.begin(), found.end(), [id = memory.id](const auto& other) { return other.item.id == id; });
        if (!is_there) found.push_back({.item = std::move(memory), .score = score});
    }
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::vector<Found<model::Message>> search_said(store::UserFile& file, std::string_view query,
                                               std::optional<util::Id> session, std::optional<util::Id> after,
                                               std::size_t limit) {
    std::vector<Found<model::Message>> found;
    const util::StemSet wanted{memory::query_stems(query)};
    store::Scope scope;
    if (session)
        if (const auto about = file.find_session(*session); about && about->isolated)
            scope.isolated_session = session;
    std::vector<memory::Candidate> candidates =
        memory::find_candidates({.stems = wanted.stems().size()}, file.search_messages(wanted, scope),
                                memory::Roles::kBoth, kLeastShare, kMostCandidates);
    if (session)
        std::erase_if(candidates,
                      [&](const memory::Candidate& candidate) { return candidate.session != *session; });
    bool is_behind = !after;
    for (const memory::Candidate& candidate : candidates) {
        if (found.size() == limit) break;
        auto message = file.find_said(candidate.id, candidate.role);
        if (!message) continue;
        if (is_behind)
            found.push_back({.item = *std::move(message), .score = std::min(candidate.score, 1.0)});
        else
            is_behind = message->id == *after;
    }
    if (!is_behind)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last result of the page before",
                    "after"};
    return found;
}

model::Memory describe_memory(store::UserFile& file, std::string_view text,
                              std::optional<model::MemoryKind> kind, const store::Scope& scope) {
    model::Memory memory{.text = std::string{text}, .kind = kind.value_or(model::MemoryKind::kNote)};
    memory.session_id = scope.isolated_session;
    const std::vector<memory::Statement> statements = memory::extract_statements(text);
    if (statements.size() != 1 || statements[0].action != memory::Action::kState) return memory;
    const std::string subject = memory::subject_key(statements[0]);
    if (subject.empty() || file.find_memory_by_subject(subject, scope)) return memory;
    memory.subject = subject;
    memory.value = statements[0].value;
    if (!kind) memory.kind = statements[0].kind;
    return memory;
}

std::string value_in(std::string_view text, std::string_view subject) {
    if (subject.empty()) return {};
    for (const memory::Statement& statement : memory::extract_statements(text))
        if (memory::subject_key(statement) == subject) return statement.value;
    return std::string{text};
}

}  // namespace arq::assistant
