// SPDX-License-Identifier: MIT
#include "arq/memory/extract.h"

#include <algorithm>
#include <array>
#include <optional>

#include "arq/util/text.h"
#include "memory/phrases.h"

namespace arq::memory {
namespace {

using std::string_view;

constexpr std::array<string_view, 6> kNamePhrases{"my name is", "my name's",  "меня зовут",
                                                  "мое имя",    "зовут меня", "i am called"};
constexpr std::array<string_view, 8> kNameQuestions{"what is my name",  "what's my name", "whats my name",
                                                    "know my name",     "who am i",       "как меня зовут",
                                                    "какое у меня имя", "мое имя"};
// What can follow a name phrase without being a name.
constexpr std::array<string_view, 20> kNoNames{"not",  "no",   "a",       "an",     "the",       "in", "on",
                                               "what", "none", "unknown", "secret", "important", "so", "too",
                                               "не",   "как",  "никак",   "для",    "на",        "ну"};
// With these before it a name is what somebody else says.
constexpr std::array<string_view, 10> kReportingWords{"said",  "says",   "say",     "told",    "thinks",
                                                      "think", "сказал", "сказала", "говорит", "говорят"};
constexpr std::array<string_view, 10> kPoliteWords{"please", "ok",         "okay", "and", "also",
                                                   "hey",    "пожалуйста", "и",    "ну",  "еще"};
constexpr std::array<string_view, 8> kRememberPhrases{"remember that", "remember", "note that",
                                                      "запомни что",   "запомни",  "запомните что",
                                                      "запомните",     "помни что"};
// With these behind it "remember" asks whether, not to.
constexpr std::array<string_view, 10> kRememberQuestions{"when", "how", "what",  "who", "where",
                                                         "me",   "как", "когда", "что", "где"};
constexpr std::array<string_view, 40> kQuestionWords{
    "what",  "what's", "who",   "who's",  "whom",  "whose", "when",   "where", "where's", "which",
    "why",   "how",    "do",    "does",   "did",   "is",    "are",    "was",   "were",    "can",
    "could", "will",   "would", "should", "have",  "has",   "что",    "кто",   "когда",   "где",
    "куда",  "откуда", "какой", "какая",  "какое", "какие", "почему", "зачем", "как",     "сколько"};

template <std::size_t kSize>
bool stands_in(const std::array<string_view, kSize>& words, string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// A word that is written like a name: it changes when it is folded.
bool is_capitalised(string_view word) {
    return util::fold_word(word) != word;
}

string_view from_word(const Clause& clause, std::size_t first) {
    return clause.text.substr(static_cast<std::size_t>(clause.words[first].data() - clause.text.data()));
}

// "Anna Maria" of "My name is Anna Maria and I …": the first word, and those behind it that are
// capitalised and separated by nothing but a blank or a hyphen.
string_view take_name(const Clause& clause, std::size_t first) {
    const char* const begin = clause.words[first].data();
    const char* end = begin + clause.words[first].size();
    if (!is_capitalised(clause.words[first])) return {begin, static_cast<std::size_t>(end - begin)};
    for (std::size_t at = first + 1; at < clause.words.size() && at < first + 4; ++at) {
        const string_view word = clause.words[at];
        const bool adjacent = word.data() == end + 1 && (*end == ' ' || *end == '-');
        if (!adjacent || !is_capitalised(word) || word == "I") break;
        end = word.data() + word.size();
    }
    return {begin, static_cast<std::size_t>(end - begin)};
}

// From word `start` on, which is where the statement itself begins.
std::optional<Statement> find_name(const Clause& clause, std::size_t start) {
    for (std::size_t at = start; at < clause.words.size(); ++at) {
        for (const string_view phrase : kNamePhrases) {
            const std::size_t length = match_at(clause, at, phrase);
            const std::size_t first = at + length;
            if (length == 0 || first >= clause.words.size()) continue;
            // "Her name is", "Do you know what my name is": only a plain statement counts.
            if (at > start && (stands_in(kQuestionWords, clause.folded[at - 1]) ||
                               stands_in(kReportingWords, clause.folded[at - 1])))
                continue;
            const bool is_name = !stands_in(kNoNames, clause.folded[first]) &&
                                 util::words(clause.words[first]).size() == 1 &&
                                 !std::isdigit(static_cast<unsigned char>(clause.words[first].front()));
            if (!is_name) continue;
            const string_view name = take_name(clause, first);
            const char* const begin = clause.words[at].data();
            return Statement{
                .kind = model::MemoryKind::kFact,
                .subject = "name",
                .text = std::string{begin, static_cast<std::size_t>(name.data() + name.size() - begin)},
                .value = std::string{name}};
        }
    }
    return std::nullopt;
}

// The word behind "remember that" at the front of the clause; nothing where it doesn't stand there.
std::optional<std::size_t> find_remembered(const Clause& clause) {
    std::size_t at = 0;
    while (at < clause.folded.size() && stands_in(kPoliteWords, clause.folded[at])) ++at;
    for (const string_view phrase : kRememberPhrases) {
        const std::size_t length = match_at(clause, at, phrase);
        if (length == 0 || at + length >= clause.words.size()) continue;
        if (stands_in(kRememberQuestions, clause.folded[at + length])) return std::nullopt;
        return at + length;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Statement> extract_statements(string_view message) {
    std::vector<Statement> statements;
    const std::vector<Clause> clauses = split_clauses(message);
    for (const Clause& clause : clauses) {
        if (clause.asks) continue;
        const auto first = find_remembered(clause);
        if (auto name = find_name(clause, first.value_or(0))) {
            statements.push_back(*std::move(name));
        } else if (first) {
            // What is to be remembered is kept to the end of the message, not of the sentence.
            const char* const begin = from_word(clause, *first).data();
            const string_view rest =
                util::trim(message.substr(static_cast<std::size_t>(begin - message.data())));
            if (rest.ends_with('?')) continue;
            statements.push_back({.kind = model::MemoryKind::kNote, .text = std::string{rest}});
            break;
        }
    }
    return statements;
}

std::vector<std::string> subjects_asked_about(string_view message) {
    if (!is_question(message)) return {};
    for (const Clause& clause : split_clauses(message))
        for (std::size_t at = 0; at < clause.words.size(); ++at)
            for (const string_view phrase : kNameQuestions)
                if (match_at(clause, at, phrase) > 0) return {"name"};
    return {};
}

bool is_question(string_view message) {
    const std::vector<Clause> clauses = split_clauses(message);
    return std::any_of(clauses.begin(), clauses.end(), [](const Clause& clause) {
        return clause.asks || stands_in(kQuestionWords, clause.folded.front());
    });
}

}  // namespace arq::memory
