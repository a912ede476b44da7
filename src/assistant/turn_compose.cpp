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
        // What holds no more is told where it is asked for as such.
        if (memory.kind == model::MemoryKind::kEvent || !memory.valid_to)
            sources.push_back({memory.text, memory.updated_at, score});
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

std::string_view zone_of(const TurnRequest& request, const Options& options) {
    return request.time_zone.empty() ? options.time_zone : request.time_zone;
}

util::Language language_of(const TurnRequest& request, const Options& options) {
    return util::detect_language(request.text, request.language.value_or(options.language));
}

responder::Prompt compose(const TurnRequest& request, const Understood& understood, Remembered& remembered,
                          Known known, const Recalled& recalled, const Options& options) {
    responder::Prompt prompt{.message = request.text,
                             .query = understood.query,
                             .is_question = memory::is_question(understood.query)};
    prompt.is_small_talk = !prompt.is_question && memory::query_stems(understood.query).empty();
    prompt.language = language_of(request, options);
    prompt.told = std::move(remembered.told);
    prompt.asked = std::move(known.asked);
    prompt.facts = std::move(known.facts);
    prompt.quotes =
        collect_quotes(recalled, zone_of(request, options), static_cast<std::size_t>(options.recall_quotes));
    return prompt;
}

}  // namespace arq::assistant
