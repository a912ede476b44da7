// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/util/calendar.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

// A note tells what its message told, without the words that asked to remember it: quoted once, as it
// was kept, and in the order of their worth.
std::vector<responder::Quote> collect_quotes(const Recalled& recalled, std::string_view zone,
                                             std::size_t limit) {
    struct Source {
        std::string_view text;
        util::Timestamp time;
        double score;
    };
    std::vector<Source> sources;
    for (const auto& [memory, score] : recalled.memories)
        if (memory.subject.empty()) sources.push_back({memory.text, memory.updated_at, score});
    for (const auto& [message, score] : recalled.messages) {
        // A copy by name: clang before 16 lets no lambda capture a structured binding.
        const bool is_kept =
            std::any_of(recalled.memories.begin(), recalled.memories.end(),
                        [id = message.id](const auto& ranked) { return ranked.item.source_message == id; });
        if (!is_kept) sources.push_back({message.text, message.created_at, score});
    }
    std::stable_sort(sources.begin(), sources.end(),
                     [](const Source& a, const Source& b) { return a.score > b.score; });
    if (sources.size() > limit) sources.resize(limit);
    std::vector<responder::Quote> quotes;
    quotes.reserve(sources.size());
    for (const Source& source : sources)
        quotes.push_back({.text = std::string{source.text}, .day = util::local_day(source.time, zone)});
    return quotes;
}

}  // namespace

responder::Prompt compose(const TurnRequest& request, const Understood& understood,
                          const Remembered& remembered, const Recalled& recalled, const Options& options) {
    responder::Prompt prompt{.message = request.text,
                             .query = understood.query,
                             .is_question = memory::is_question(understood.query)};
    prompt.is_small_talk = !prompt.is_question && memory::query_stems(understood.query).empty();
    prompt.language = util::detect_language(request.text, request.language.value_or(options.language));
    for (const memory::Statement& statement : remembered.statements) {
        if (statement.subject == "name")
            prompt.told_name = statement.value;
        else
            prompt.told_notes.push_back(statement.text);
    }
    const std::vector<std::string> asked = memory::subjects_asked_about(understood.query);
    prompt.asks_name = std::find(asked.begin(), asked.end(), "name") != asked.end();
    for (const auto& [memory, score] : recalled.memories) {
        if (memory.subject != "name") continue;
        for (const memory::Statement& statement : memory::extract_statements(memory.text))
            if (statement.subject == "name") prompt.known_name = statement.value;
    }
    prompt.quotes =
        collect_quotes(recalled, request.time_zone.empty() ? options.time_zone : request.time_zone,
                       static_cast<std::size_t>(options.recall_quotes));
    return prompt;
}

}  // namespace arq::assistant
