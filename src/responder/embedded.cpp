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

bool has_line(std::string_view text, std::string_view line) {
    for (std::size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
        const std::size_t end = at + line.size();
        if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n')) return true;
    }
    return false;
}

std::string confirm(const Phrases& say, const Told& told) {
    switch (told.what) {
        case Told::What::kForgotten:
            return std::string{say.have_forgotten};
        case Told::What::kNothingForgotten:
            return std::string{say.nothing_to_forget};
        case Told::What::kClosed:
            return fill(say.have_closed, told.text);
        case Told::What::kNoRoom:
            return fill(say.no_room, told.text);
        default:
            break;
    }
    if (told.subject == "name") return fill(say.nice_to_meet_you, told.value);
    switch (told.what) {
        case Told::What::kChanged:
            return fill(say.have_changed, told.text);
        case Told::What::kKnown:
            return fill(say.known_already, told.text);
        default:
            return fill(say.will_remember, told.text);
    }
}

std::string_view pattern_of(const Phrases& say, std::string_view subject) {
    for (const FactPhrase& phrase : say.facts)
        if (phrase.subject == subject) return phrase.pattern;
    return {};
}

// A value is told in the language that it was said in, or quoted.
bool is_tellable(const Prompt& prompt, const Fact& fact) {
    if (fact.value.empty()) return false;
    if (prompt.language == util::Language::kRussian) return true;
    return util::detect_language(fact.text, prompt.language) == prompt.language;
}

void add_facts(const Prompt& prompt, const Phrases& say, std::string& text) {
    // Of one relation the values stand in one sentence.
    for (std::size_t at = 0; at < prompt.facts.size(); ++at) {
        const Fact& fact = prompt.facts[at];
        const std::string_view pattern = pattern_of(say, fact.subject);
        std::string line;
        if (!fact.when.empty()) {
            line = fill(fill(say.event, fact.value), fact.when);
        } else if (!fact.of.empty()) {
            const std::string which =
                fact.subject == "favorite" ? fill(pattern_of(say, "favorite of"), fact.of) : fact.of;
            line = fill(fill(say.one_of, which), fact.value);
        } else if (pattern.empty() || !is_tellable(prompt, fact)) {
            line = fill(say.you_said, format_day(say, fact.day)) + quote(say, fact.text);
        } else {
            std::string values = fact.value;
            while (at + 1 < prompt.facts.size() && prompt.facts[at + 1].subject == fact.subject &&
                   is_tellable(prompt, prompt.facts[at + 1])) {
                values += say.list_and;
                values += prompt.facts[++at].value;
            }
            line = fill(pattern, values);
        }
        if (!has_line(text, line)) add_line(text, line);
    }
}

std::string compose(const Prompt& prompt) {
    const Phrases& say = phrases(prompt.language);
    std::string text;
    for (const Told& told : prompt.told) {
        const std::string line = confirm(say, told);
        if (!has_line(text, line)) add_line(text, line);
    }
    add_facts(prompt, say, text);
    if (text.empty() && prompt.asked.size() == 1 && prompt.asked.front() == "name")
        add_line(text, say.name_unknown);
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
