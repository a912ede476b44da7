// SPDX-License-Identifier: MIT
#include "arq/context/follow_up.h"

#include <algorithm>
#include <vector>

#include "arq/util/text.h"
#include "context/characters.h"
#include "context/follow_up_words.h"
#include "context/question.h"
#include "context/sentences.h"
#include "context/signals.h"

namespace arq::context {
namespace {

using std::string_view;

// A longer message stands by itself.
constexpr std::size_t kMostWords = 12;
constexpr std::size_t kMostWordsBehindLead = 4;
constexpr std::size_t kMostBytesBefore = 400;

enum class Lack {
    kNothing,
    kAll,       // "tell me more"
    kQuestion,  // "why?": one thing about what was said
    kRest,      // "and in Berlin?": the rest of the question
    kPerson,    // "how old is she?"
    kThing,     // "how much is it?"
};

bool is_third_person(string_view word) {
    return is_one_of(kHe, word) || is_one_of(kShe, word) || is_one_of(kThey, word);
}

bool is_pronoun(string_view word) {
    return is_third_person(word) || is_one_of(kOwnPronouns, word);
}

bool is_relation(string_view word) {
    return is_one_of(kMen, word) || is_one_of(kWomen, word);
}

std::size_t words_in(string_view phrase) {
    return static_cast<std::size_t>(std::count(phrase.begin(), phrase.end(), ' ')) + 1;
}

// How many of its words only lead over from the turn before.
std::size_t count_lead(const Phrase& message) {
    for (const string_view lead : kLeads)
        if (message.starts_with(lead)) return words_in(lead);
    return 0;
}

bool is_name(const Phrase& phrase) {
    for (std::size_t at = 0; at < phrase.size(); ++at)
        if (!phrase.is_capitalised(at) || is_one_of(kQuestionWords, phrase[at])) return false;
    return !phrase.empty();
}

// Words without a verb that can only be part of a question.
bool is_part(const Phrase& rest, bool is_led, bool asks) {
    const std::size_t most = is_led ? kMostWordsBehindLead : kMostWordsBehindLead - 1;
    if (rest.empty() || rest.size() > most || (!asks && !is_led)) return false;
    if (const auto time = find_time(rest)) {
        // A time, alone or with one phrase before or behind it: "in Omsk tomorrow".
        const bool is_first = time->first == 0;
        if (is_first && time->last == rest.size()) return true;
        if (is_first ? is_one_of(kPrepositions, rest[time->last]) : is_one_of(kPrepositions, rest[0]))
            return is_first || time->last == rest.size();
    }
    if (is_one_of(kQuestionWords, rest[0])) return false;
    if (is_one_of(kPrepositions, rest[0])) return rest.size() > 1;
    if (is_name(rest)) return is_led || rest.size() > 1 || asks;
    if (!is_led) return false;
    if (is_one_of(kPossessives, rest[0]) || is_one_of(kArticles, rest[0])) return rest.size() <= 3;
    if (is_pronoun(rest[0])) return rest.size() == 1;
    return asks && rest.size() <= 2;
}

bool names_somebody(const Phrase& message, std::size_t before_word) {
    for (std::size_t at = 0; at < before_word; ++at)
        if ((at > 0 && message.is_capitalised(at)) || is_relation(message[at])) return true;
    return false;
}

std::size_t find_third_person(const Phrase& message) {
    std::size_t at = 0;
    while (at < message.size() && !is_third_person(message[at])) ++at;
    return at;
}

Lack find_lack(const Phrase& message) {
    if (message.empty() || message.size() > kMostWords) return Lack::kNothing;
    const std::string whole = message.joined();
    if (is_one_of(kContinuations, whole)) return Lack::kAll;
    if (message.asks())
        for (const string_view condition : kConditions)
            if (message.starts_with(condition) && message.size() > words_in(condition)) return Lack::kAll;
    const std::size_t lead = count_lead(message);
    const Phrase rest{message.from(lead)};
    // "And you?" is asked of the assistant.
    if (rest.empty() || (rest.size() == 1 && is_one_of(kAddressing, rest[0]))) return Lack::kNothing;
    if (is_one_of(kQuestionPhrases, rest.joined())) return Lack::kQuestion;
    if (is_part(rest, lead > 0, message.asks())) return Lack::kRest;
    if (!message.asks()) return Lack::kNothing;
    const std::size_t person = find_third_person(message);
    if (person < message.size() && !names_somebody(message, person)) return Lack::kPerson;
    const bool is_of_it = std::any_of(kItQuestions.begin(), kItQuestions.end(),
                                      [&](string_view beginning) { return rest.starts_with(beginning); });
    return is_of_it ? Lack::kThing : Lack::kNothing;
}

// "anna" -> "Anna", «когда» -> «Когда».
std::string capitalised(string_view text) {
    std::string result{text};
    const Character first = character_at(text, 0);
    if (first.kind != Class::kLower) return result;
    if (first.size_bytes == 1) {
        result[0] = static_cast<char>(result[0] - 0x20);
    } else if (first.code >= 0x430 && first.code <= 0x44F) {
        const char32_t upper = first.code - 0x20;
        result[0] = static_cast<char>(0xC0U | upper >> 6U);
        result[1] = static_cast<char>(0x80U | (upper & 0x3FU));
    }
    return result;
}

// What was said, and the message behind it.
std::string put_behind(string_view before, string_view message) {
    std::string result{util::trim(before)};
    if (result.find_last_of(".!?") != result.size() - 1) result += '.';
    result += ' ';
    result += capitalised(util::trim(message));
    return result;
}

// Somebody named in a text: "my sister Anna", "Peter".
struct Person {
    std::string name;
    bool is_man = true, is_woman = true;  // both where it can't be told
};

Person person_of(const Phrase& phrase, Slot slot) {
    Person person{.name = std::string{phrase.words(slot)}};
    bool is_related = false;
    for (std::size_t at = slot.first; at < slot.last; ++at) {
        if (!is_relation(phrase[at])) continue;
        person.is_man = is_one_of(kMen, phrase[at]);
        person.is_woman = is_one_of(kWomen, phrase[at]);
        is_related = true;
    }
    const Character first = character_at(phrase.spelt(slot.last - 1), 0);
    if (!is_related && first.script == Script::kCyrillic) {
        const string_view name = phrase[slot.last - 1];
        person.is_woman = name.ends_with("а") || name.ends_with("я");
        person.is_man = !person.is_woman;
    }
    // "My sister" at the front of a sentence is "my sister" inside one.
    if (is_one_of(kPossessives, phrase[slot.first]))
        person.name.replace(0, phrase.spelt(slot.first).size(), phrase[slot.first]);
    return person;
}

// In the order in which they are named; no places, as far as prepositions tell, and nothing of time.
std::vector<Person> find_persons(string_view text) {
    std::vector<Person> persons;
    for (const string_view sentence : split_sentences(text)) {
        const Phrase phrase{sentence};
        const auto time = find_time(phrase);
        for (std::size_t at = 0; at < phrase.size(); ++at) {
            const bool is_place = at > 0 && is_one_of(kPlacePrepositions, phrase[at - 1]);
            std::size_t end = at;
            if (is_one_of(kPossessives, phrase[at]) && at + 1 < phrase.size() && is_relation(phrase[at + 1]))
                end = at + 2;
            else if (!phrase.is_capitalised(at) || is_place || is_one_of(kQuestionWords, phrase[at]) ||
                     is_one_of(kPossessives, phrase[at]) || is_one_of(kPrepositions, phrase[at]) ||
                     is_pronoun(phrase[at]) || (at == 0 && phrase.size() < 2) || (time && time->holds(at)))
                continue;
            while (end < phrase.size() && phrase.is_capitalised(end)) ++end;
            persons.push_back(person_of(phrase, {at, end}));
            at = end - 1;
        }
    }
    return persons;
}

// Whom the pronoun means: who was named last, of those that it can mean.
std::optional<std::string> resolve(string_view pronoun, const TurnBefore& before, string_view but = {}) {
    for (const string_view text : {before.message, before.reply}) {
        const std::vector<Person> persons = find_persons(text);
        for (auto person = persons.rbegin(); person != persons.rend(); ++person) {
            const bool fits =
                is_one_of(kHe, pronoun) ? person->is_man : is_one_of(kShe, pronoun) && person->is_woman;
            // Who is asked about already isn't meant by "and him?".
            if (fits && (but.empty() || (person->name.find(but) == std::string::npos &&
                                         but.find(person->name) == string_view::npos)))
                return person->name;
        }
    }
    return std::nullopt;
}

string_view as_subject(string_view pronoun) {
    if (pronoun == "him") return "he";
    if (pronoun == "her") return "she";
    if (pronoun == "them") return "they";
    return pronoun;
}

std::optional<Slot> find_whom(const Phrase& question) {
    const auto name = find_name(question);
    const auto possessive = find_possessive(question);
    if (name && possessive && possessive->holds(name->first)) return possessive;
    return name ? name : possessive;
}

std::string complete_pronoun(const Phrase& rest, const Phrase& question, const TurnBefore& before) {
    const auto slot = find_whom(question);
    const string_view asked = slot ? question.words(*slot) : string_view{};
    std::string person{as_subject(rest.text())};
    if (is_third_person(rest[0]) && slot)
        if (auto meant = resolve(rest[0], before, asked)) person = *std::move(meant);
    return slot ? question.with(*slot, person) : question.with_appended(person);
}

// A time in the place of the question's, with its preposition or without as it takes one.
std::string complete_time(const Phrase& rest, Slot in_rest, const Phrase& question) {
    auto slot = find_time(question);
    if (!slot) return question.with_appended(rest.text());
    // "for today", «на завтра»: the preposition is the question's, and stays.
    if (!is_one_of(kPrepositions, rest[0]) && is_one_of(kPrepositions, question[slot->first]) &&
        !is_one_of(kTimePrepositions, question[slot->first]))
        ++slot->first;
    else if (in_rest.first > 0 && slot->first > 0 && question[slot->first - 1] == rest[0])
        --slot->first;
    return question.with(*slot, rest.text());
}

std::string complete_prepositional(const Phrase& rest, const Phrase& question) {
    if (const auto slot = find_prepositional(question, rest[0])) return question.with(*slot, rest.text());
    const auto time = find_time(question);
    return time && question[time->first] == rest[0] ? question.with(*time, rest.text())
                                                    : question.with_appended(rest.text());
}

std::string complete_noun(const Phrase& rest, const Phrase& question) {
    const bool has_article = is_one_of(kArticles, rest[0]);
    const bool is_owned = is_one_of(kPossessives, rest[0]);
    const bool is_russian = character_at(rest.text(), 0).script == Script::kCyrillic;
    if (const auto article = find_with_article(question, rest.size() - 1); has_article && article)
        return question.with(*article, rest.text());
    if (const auto whom = find_whom(question); whom && is_name(rest)) {
        const string_view replaced = question.words(*whom);
        std::string name{rest.text()};
        if (replaced.ends_with("'s") && !name.ends_with("'s")) name += "'s";
        return question.with(*whom, name);
    }
    if (const auto possessive = find_possessive(question)) {
        // English words don't change with what they are said of, so "my" goes on.
        if (!is_owned && !is_russian && !has_article)
            return question.with({possessive->first + 1, possessive->last}, rest.text());
        return question.with(*possessive, rest.text());
    }
    if (is_owned || is_relation(rest[0]))
        if (const auto name = find_name(question)) return question.with(*name, rest.text());
    if (const auto thing = find_thing(question)) return question.with(*thing, rest.text());
    return question.with_appended(rest.text());
}

std::string complete_rest(const Phrase& message, const Phrase& question, const TurnBefore& before) {
    const Phrase rest{message.from(count_lead(message))};
    if (is_pronoun(rest[0]) && rest.size() == 1) return complete_pronoun(rest, question, before);
    const auto time = find_time(rest);
    // «на завтра»: the preposition of a time isn't always taken for a part of it.
    if (time && time->last == rest.size() && time->first <= 1) return complete_time(rest, *time, question);
    if (time) {
        const Slot other = time->first == 0 ? Slot{time->last, rest.size()} : Slot{0, time->first};
        const std::string placed = complete_prepositional(Phrase{rest.words(other)}, question);
        const Phrase when{rest.words(*time)};
        return complete_time(when, {0, when.size()}, Phrase{placed});
    }
    if (is_one_of(kPrepositions, rest[0])) return complete_prepositional(rest, question);
    return complete_noun(rest, question);
}

std::string complete_person(const Phrase& message, const TurnBefore& before) {
    const std::size_t at = find_third_person(message);
    const auto person = resolve(message[at], before);
    if (!person) return put_behind(before.message, message.text());
    // What would have to be declined is only said beside it.
    if (character_at(message.spelt(at), 0).script == Script::kCyrillic)
        return std::string{util::trim(message.text())} + " (" + *person + ")";
    const bool is_owner = message[at] == "his" || (message[at] == "her" && at + 1 < message.size() &&
                                                   !is_one_of(kPrepositions, message[at + 1]));
    return message.with({at, at + 1}, is_owner ? *person + "'s" : *person);
}

// The question that the turn before asked last; else its last words.
string_view last_question(const std::vector<string_view>& sentences) {
    for (auto sentence = sentences.rbegin(); sentence != sentences.rend(); ++sentence)
        if (is_question(*sentence)) return *sentence;
    return {};
}

string_view last_words(const std::vector<string_view>& sentences) {
    string_view last = sentences.back();
    for (auto sentence = sentences.rbegin() + 1; sentence != sentences.rend(); ++sentence) {
        const auto bytes = static_cast<std::size_t>(last.data() + last.size() - sentence->data());
        if (bytes > kMostBytesBefore) break;
        last = {sentence->data(), bytes};
    }
    return last;
}

}  // namespace

bool may_be_follow_up(string_view message) {
    constexpr std::size_t kLongestBytes = 200;
    return message.size() <= kLongestBytes && find_lack(Phrase{message}) != Lack::kNothing;
}

std::optional<std::string> complete_follow_up(string_view message, const TurnBefore& before) {
    const Phrase phrase{message};
    const Lack lack = find_lack(phrase);
    const std::vector<string_view> sentences = split_sentences(before.message);
    if (lack == Lack::kNothing || sentences.empty() || says_nothing(before.message)) return std::nullopt;
    const Phrase question{last_question(sentences)};
    const string_view said = question.empty() ? last_words(sentences) : question.text();
    switch (lack) {
        case Lack::kRest:
            if (!question.empty() && !is_one_of(kPlaceholders, phrase[phrase.size() - 1]))
                return complete_rest(phrase, question, before);
            break;
        case Lack::kQuestion: {
            const Phrase asked{phrase.from(count_lead(phrase))};
            if (!question.empty() && asked.size() == 1 && is_one_of(kSwappable, asked[0]) &&
                is_one_of(kSwappable, question[0]))
                return question.with({0, 1}, capitalised(asked.text()));
            break;
        }
        case Lack::kPerson:
            return complete_person(phrase, before);
        default:
            break;
    }
    return put_behind(said, message);
}

}  // namespace arq::context
