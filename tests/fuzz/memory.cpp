// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/memory/change.h"
#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "arq/util/stem_set.h"
#include "arq/util/text.h"
#include "fuzz/checks.h"

namespace arq::fuzz {

// The text of a message: UTF-8, for that is checked before.
void check_memory(std::string_view input) {
    if (!is_utf8(input)) return;
    for (const memory::Statement& statement : memory::extract_statements(input)) {
        require(!statement.text.empty(), "nothing is to be remembered");
        require(is_utf8(statement.text) && is_utf8(statement.value), "what is to be remembered is no UTF-8");
        for (const std::string* said : {&statement.text, &statement.value})
            for (const std::string_view word : util::split_words(*said))
                require(input.find(word) != std::string_view::npos, "what nobody said: " + *said);
        const bool states = statement.action == memory::Action::kState && !statement.subject.empty();
        require(!states || !statement.value.empty(), "a subject without value");
        const util::Timestamp now{};
        for (const memory::Change& change : memory::decide(statement, {}, now)) {
            if (statement.subject.empty() || statement.kind == model::MemoryKind::kEvent) continue;
            require(memory::decide(statement, {change.memory}, now).empty(),
                    "said again, it changes something");
        }
        memory::read_forgetting(statement);
    }
    if (!memory::subjects_asked_about(input).empty())
        require(memory::is_question(input), "a subject is asked about, and nothing is asked");

    const util::StemSet wanted{memory::query_stems(input)};
    for (const std::string& stem : wanted.stems())
        require(!stem.empty() && is_utf8(stem), "a stem that is no word");
    // What makes it fast must not make it miss.
    const std::vector<std::string> all = util::stems(input);
    const std::uint64_t found = wanted.find_in(input);
    for (std::size_t at = 0; at < wanted.stems().size(); ++at)
        require(
            (found >> at & 1U) == 1U || std::find(all.begin(), all.end(), wanted.stems()[at]) == all.end(),
            "a stem of the text is not found in it: " + wanted.stems()[at]);
    model::Stretch stretch{.exchanges = {{.id = 1, .session = 1, .said = {.length = 9}, .answered = {}}},
                           .occurrences = {}};
    for (std::size_t at = 0; at < wanted.stems().size(); ++at)
        if ((found >> at & 1U) != 0) stretch.occurrences.push_back({0, static_cast<std::uint8_t>(at), 1});
    const auto load = [&](util::Id id, model::Role) {
        return std::optional{model::Message{.id = id, .text = std::string{input}}};
    };
    for (const auto& ranked :
         memory::rank_messages({.stems = wanted.stems().size(), .asks_when = memory::asks_when(input)},
                               {stretch}, memory::Roles::kUser, {.with_questions = true}, load))
        require(ranked.score >= 0 && ranked.score <= 1, "a score beyond 0 to 1");
}

}  // namespace arq::fuzz
