// SPDX-License-Identifier: MIT
#include "arq/responder/embedded.h"

#include "responder/phrases.h"

namespace arq::responder {
namespace {

// A long message is quoted by its beginning: the reader knows the rest.
constexpr std::size_t kQuoteBytes = 400;

std::string quote(const Phrases& say, std::string_view text) {
    const std::string_view shown = util::truncate(text, kQuoteBytes);
    std::string quoted{say.quote_open};
    quoted += shown;
    if (shown.size() < text.size()) quoted += "…";
    quoted += say.quote_close;
    return quoted;
}

void add_line(std::string& text, std::string_view line) {
    if (!text.empty()) text += '\n';
    text += line;
}

std::string compose(const Prompt& prompt) {
    const Phrases& say = phrases(prompt.language);
    std::string text;
    if (!prompt.told_name.empty()) add_line(text, fill(say.nice_to_meet_you, prompt.told_name));
    for (const std::string& note : prompt.told_notes) add_line(text, fill(say.will_remember, note));
    if (prompt.asks_name)
        add_line(text, prompt.known_name.empty() ? std::string{say.name_unknown}
                                                 : fill(say.your_name_is, prompt.known_name));
    if (!text.empty()) return text;

    for (const Quote& found : prompt.quotes)
        add_line(text, fill(say.you_said, format_day(say, found.day)) + quote(say, found.text));
    if (!text.empty()) return text;

    if (prompt.is_small_talk) return std::string{say.small_talk};
    return std::string{prompt.is_question ? say.do_not_know : say.noted};
}

}  // namespace

model::Reply EmbeddedResponder::reply(const Prompt& prompt) {
    return {.text = compose(prompt), .finish = model::Finish::kStop, .responder = "embedded"};
}

}  // namespace arq::responder
