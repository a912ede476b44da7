// SPDX-License-Identifier: MIT
#include "arq/assistant/search.h"

#include <algorithm>

#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "arq/util/error.h"
#include "arq/util/text.h"

namespace arq::assistant {
namespace {

constexpr int kMostCandidates = 1000;

// A search for nothing but function words is one for them.
util::StemSet stems_of(std::string_view query) {
    std::vector<std::string> stems = memory::query_stems(query);
    if (stems.empty()) {
        stems = util::stems(query);
        std::sort(stems.begin(), stems.end());
        stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
    }
    return util::StemSet{std::move(stems)};
}

struct Scored {
    util::Id id;
    double score;
};

// The share of the query's weight that stands in the text.
std::vector<Scored> rank(const std::vector<model::Hit>& hits, const std::vector<double>& weights) {
    double all = 0;
    for (const double weight : weights) all += weight;
    std::vector<Scored> ranked;
    ranked.reserve(hits.size());
    for (const model::Hit& hit : hits) {
        double held = 0;
        for (std::size_t at = 0; at < weights.size(); ++at)
            if ((hit.stems >> at & 1U) != 0) held += weights[at];
        ranked.push_back({.id = hit.id, .score = all > 0 ? held / all : 0});
    }
    std::sort(ranked.begin(), ranked.end(), [](const Scored& a, const Scored& b) {
        return a.score != b.score ? a.score > b.score : a.id > b.id;
    });
    return ranked;
}

}  // namespace

std::vector<Found<model::Memory>> search_memories(store::UserFile& file, std::string_view query,
                                                  const store::Scope& scope, std::size_t limit) {
    std::vector<Found<model::Memory>> found;
    // What is asked for by its subject, in whatever words it was told.
    for (const std::string& subject : memory::subjects_asked_about(query))
        for (model::Memory& known : file.find_memories_by_subject(subject, scope))
            found.push_back({.item = std::move(known), .score = 1});
    const util::StemSet wanted = stems_of(query);
    const std::vector<double> weights(wanted.stems().size(), 1.0);
    for (const auto& [id, score] : rank(file.search_memories(wanted, scope, kMostCandidates), weights)) {
        if (found.size() >= limit) break;
        const bool is_there = std::any_of(found.begin(), found.end(),
                                          [id = id](const auto& other) { return other.item.id == id; });
        if (is_there) continue;
        if (auto memory = file.find_memory(id)) found.push_back({.item = *std::move(memory), .score = score});
    }
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::vector<Found<model::Message>> search_said(store::UserFile& file, std::string_view query,
                                               std::optional<util::Id> session, std::optional<util::Id> after,
                                               std::size_t limit) {
    const util::StemSet wanted = stems_of(query);
    const store::UserFile::Found hits = file.search_said(wanted, session);
    std::vector<double> weights;
    weights.reserve(hits.with_stem.size());
    for (const std::int64_t with_stem : hits.with_stem)
        weights.push_back(memory::term_weight(with_stem, hits.in_all));
    const std::vector<Scored> ranked = rank(hits.hits, weights);
    auto next = ranked.begin();
    if (after) {
        next =
            std::find_if(ranked.begin(), ranked.end(), [&](const Scored& one) { return one.id == *after; });
        if (next == ranked.end())
            throw Error{ErrorCode::kInvalidValue,
                        "`after` must be the id of the last result of the page before", "after"};
        ++next;
    }
    std::vector<Found<model::Message>> found;
    for (; next != ranked.end() && found.size() < limit; ++next)
        if (auto message = file.find_said(next->id))
            found.push_back({.item = *std::move(message), .score = next->score});
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
