// SPDX-License-Identifier: MIT
#include "topics/naming.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "arq/util/text.h"

namespace arq::topics {
namespace {

// A verb where it stands behind one of these: "I run", "to bring", "will ask".
constexpr std::array<std::string_view, 31> kBeforeVerbs{
    "i",     "we",  "you",   "he",     "she",   "they",   "to",      "will",  "can",   "could", "would",
    "must",  "may", "might", "should", "don't", "didn't", "doesn't", "can't", "won't", "not",   "i'll",
    "let's", "я",   "ты",    "он",     "она",   "мы",     "вы",      "они",   "не"};

// A noun behind these, if not at once then soon: "my new bicycle".
constexpr std::array<std::string_view, 40> kBeforeNouns{
    "a",    "an",   "the",   "my",  "your",  "his",   "her", "our",  "their", "some",
    "this", "that", "these", "of",  "for",   "about", "in",  "with", "from",  "at",
    "мой",  "моя",  "мое",   "мои", "моего", "моей",  "мою", "моем", "наш",   "наша",
    "про",  "о",    "об",    "для", "с",     "в",     "на",  "из",   "этот",  "эта"};

template <std::size_t Size>
bool holds(const std::array<std::string_view, Size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t Size>
bool ends_with_any(std::string_view word, const std::array<std::string_view, Size>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return word.size() > ending.size() + 2 && word.ends_with(ending);
    });
}

bool is_cyrillic(std::string_view word) {
    return !word.empty() &&
           (static_cast<unsigned char>(word[0]) == 0xD0 || static_cast<unsigned char>(word[0]) == 0xD1);
}

// By its ending, for want of a dictionary.
double english_likeness(std::string_view word) {
    if (word.size() > 4 && word.ends_with("ly")) return 0.3;
    if (word.size() > 4 && word.ends_with("ed")) return 0.45;
    if (word.size() > 5 && word.ends_with("ing")) return 0.65;
    constexpr std::array<std::string_view, 8> kAdjectives{"ful", "less", "able", "ible",
                                                          "ous", "ish",  "ive",  "est"};
    if (ends_with_any(word, kAdjectives)) return 0.5;
    return 1;
}

double russian_likeness(std::string_view word) {
    constexpr std::array<std::string_view, 21> kNouns{
        "кровать", "мать",     "печать", "память", "сеть",   "путь",    "суть",
        "нить",    "школа",    "школы",  "дела",   "стола",  "зла",     "салат",
        "билет",   "интернет", "кредит", "визит",  "магнит", "маршрут", "институт"};
    constexpr std::array<std::string_view, 10> kNounEndings{"ость", "ние", "ния", "нию", "тие",
                                                            "тия",  "вие", "вия", "ция", "сть"};
    if (holds(kNouns, word) || ends_with_any(word, kNounEndings)) return 1;
    constexpr std::array<std::string_view, 38> kVerbs{
        "ться", "тись", "чься", "ать", "ять", "ить",   "еть", "уть", "оть", "лся", "лась", "лось", "лись",
        "тся",  "ешь",  "ишь",  "ете", "йте", "йтесь", "ает", "яет", "ует", "еет", "ают",  "яют",  "уют",
        "ала",  "яла",  "ила",  "ела", "али", "яли",   "или", "ели", "аем", "яем", "уем",  "юсь"};
    if (ends_with_any(word, kVerbs)) return 0.25;
    constexpr std::array<std::string_view, 12> kPerhapsVerbs{"ит", "ат", "ят", "ут", "ют", "ет",
                                                             "им", "аю", "яю", "ую", "ал", "ил"};
    constexpr std::array<std::string_view, 20> kAdjectives{"ый", "ий",  "ая",  "яя",  "ое",   "ее", "ые",
                                                           "ие", "ого", "его", "ому", "ему",  "юю", "ых",
                                                           "их", "ыми", "ими", "ым",  "енно", "ски"};
    if (ends_with_any(word, kAdjectives)) return 0.45;
    if (ends_with_any(word, kPerhapsVerbs)) return 0.6;
    if (word.size() > 8 && word.ends_with("ой")) return 0.75;  // «новой», «водой»
    return 1;
}

bool begins_upper(std::string_view written, std::string_view folded) {
    // ё is folded too, so only a changed first letter of another kind tells.
    return !written.empty() && !folded.empty() && written.substr(0, 2) != folded.substr(0, 2) &&
           !written.starts_with("ё");
}

struct Word {
    std::string_view written;
    std::string folded;
    bool starts_sentence = false;
    bool is_upper = false;
    bool goes_on = false;  // a capital behind another, but for a blank or a hyphen: "New York", «Нью-Йорк»
};

std::vector<Word> read_words(std::string_view message) {
    std::vector<Word> words;
    std::size_t behind = 0;
    for (const std::string_view written : util::split_words(message)) {
        const auto at = static_cast<std::size_t>(written.data() - message.data());
        const std::string_view between = message.substr(behind, at - behind);
        Word word{.written = written, .folded = util::fold_word(written)};
        word.starts_sentence = words.empty() || between.find_first_of(".!?\n:\"") != std::string_view::npos ||
                               between.find("«") != std::string_view::npos ||
                               between.find("—") != std::string_view::npos;
        word.is_upper = begins_upper(written, word.folded) && written != "I";
        word.goes_on = !words.empty() && words.back().is_upper && !words.back().starts_sentence &&
                       word.is_upper && (between == " " || between == "-");
        words.push_back(std::move(word));
        behind = at + written.size();
    }
    return words;
}

bool has_letter(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z');
    });
}

double likeness_of(const std::vector<Word>& words, std::size_t at) {
    const Word& word = words[at];
    const bool russian = is_cyrillic(word.folded);
    // The name of somebody or something.
    if (word.is_upper && !word.starts_sentence) return 1.25;
    double likeness = russian ? russian_likeness(word.folded) : english_likeness(word.folded);
    if (at > 0 && !word.starts_sentence) {
        const std::string_view before = words[at - 1].folded;
        if (holds(kBeforeVerbs, before)) likeness *= russian ? 0.6 : 0.3;
        if (holds(kBeforeNouns, before)) likeness *= 1.2;
    }
    return std::min(likeness, 1.25);
}

bool may_name(const Word& word) {
    if (!has_letter(word.folded) || word.folded.size() > 64) return false;
    // Two letters name something only in capitals: "TV".
    const std::size_t letters = is_cyrillic(word.folded) ? word.folded.size() / 2 : word.folded.size();
    const bool is_abbreviation = letters >= 2 && word.is_upper &&
                                 word.written.substr(word.written.size() / 2) !=
                                     std::string_view{word.folded}.substr(word.folded.size() / 2);
    if (letters < 3 && !is_abbreviation) return false;
    return !is_plain_word(word.folded);
}

// The first word of a sentence as it would stand within one: its ё stays, and so do the letters behind the
// first, unless all are capitals.
std::string inside_sentence(const Word& word) {
    const auto lead = static_cast<unsigned char>(word.written[0]);
    const std::size_t first = lead < 0x80 ? 1 : 2;
    if ((first == 2 && !is_cyrillic(word.folded)) || word.written.size() != word.folded.size())
        return word.folded;
    const std::string_view rest = word.written.substr(first);
    std::string plain{rest};
    for (std::size_t at = 0; (at = plain.find("ё", at)) != std::string::npos;) plain.replace(at, 2, "е");
    if (plain != std::string_view{word.folded}.substr(first)) return word.folded;
    const std::string_view start =
        word.written.starts_with("Ё") ? "ё" : std::string_view{word.folded}.substr(0, first);
    return std::string{start}.append(rest);
}

}  // namespace

std::vector<Candidate> find_candidates(std::string_view message, std::size_t limit) {
    constexpr std::size_t kLongestName = 3;  // words
    const std::vector<Word> words = read_words(message);
    std::vector<Candidate> found;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t first = at;
        while (at + 1 < words.size() && words[at + 1].goes_on && at + 1 - first < kLongestName) ++at;
        const Word& word = words[at];
        if (at == first && !may_name(word)) continue;
        std::string stem = util::stem(word.folded);
        const auto known =
            std::find_if(found.begin(), found.end(), [&](const Candidate& one) { return one.stem == stem; });
        if (known != found.end()) {
            ++known->times;
            known->likeness = std::max(known->likeness, likeness_of(words, at));
            continue;
        }
        if (found.size() == limit) break;
        const std::string_view from = words[first].written;
        // Only the capital of a sentence's first word is the sentence's.
        found.push_back({.name = first == at && word.starts_sentence && word.is_upper
                                     ? inside_sentence(word)
                                     : std::string{from.data(), word.written.data() + word.written.size()},
                         .stem = std::move(stem),
                         .likeness = likeness_of(words, at)});
    }
    return found;
}

}  // namespace arq::topics
