// SPDX-License-Identifier: MIT
#include "context/signals.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "arq/dates/dates.h"
#include "arq/util/text.h"
#include "context/characters.h"

namespace arq::context {
namespace {

using std::string_view;

struct Signal {
    string_view phrase;  // folded words; one that ends in * stands for all that begin so
    int worth;
};

// Each group counts once, by its best phrase.
constexpr int kFact = 260;
constexpr int kDecision = 340;
constexpr int kRequest = 320;
constexpr int kRemember = 600;

constexpr std::array kSpeaker{
    Signal{"i am", kFact},         Signal{"i'm", kFact},        Signal{"i have", kFact},
    Signal{"i've", kFact},         Signal{"i live", kFact},     Signal{"i work", kFact},
    Signal{"i was", kFact},        Signal{"i like", kFact},     Signal{"i love", kFact},
    Signal{"i hate", kFact},       Signal{"i prefer", kFact},   Signal{"i want", kFact},
    Signal{"i need", kFact},       Signal{"i moved", kFact},    Signal{"i bought", kFact},
    Signal{"my", kFact},           Signal{"our", kFact},        Signal{"we have", kFact},
    Signal{"we live", kFact},      Signal{"i", kFact / 3},      Signal{"у меня", kFact},
    Signal{"у нас", kFact},        Signal{"меня зовут", kFact}, Signal{"мой", kFact},
    Signal{"моя", kFact},          Signal{"мое", kFact},        Signal{"мои", kFact},
    Signal{"моего", kFact},        Signal{"моей", kFact},       Signal{"моему", kFact},
    Signal{"мою", kFact},          Signal{"наш*", kFact},       Signal{"я живу", kFact},
    Signal{"я работаю", kFact},    Signal{"я люблю", kFact},    Signal{"я не люблю", kFact},
    Signal{"мне нравится", kFact}, Signal{"мне нужн*", kFact},  Signal{"я хочу", kFact},
    Signal{"я купил*", kFact},     Signal{"мне", kFact / 2},    Signal{"меня", kFact / 2},
    Signal{"я", kFact / 3},
};

constexpr std::array kDecisions{
    Signal{"decid*", kDecision},         Signal{"decision*", kDecision},
    Signal{"agreed", kDecision},         Signal{"let's", kDecision},
    Signal{"let us", kDecision},         Signal{"going to", kDecision / 2},
    Signal{"we will", kDecision},        Signal{"we'll", kDecision},
    Signal{"i'll", kDecision / 2},       Signal{"i will", kDecision / 2},
    Signal{"plan to", kDecision},        Signal{"planning", kDecision / 2},
    Signal{"chose*", kDecision},         Signal{"choose", kDecision / 2},
    Signal{"settled on", kDecision},     Signal{"go with", kDecision},
    Signal{"instead of", kDecision / 2}, Signal{"deadline", kDecision},
    Signal{"реши*", kDecision},          Signal{"решен*", kDecision},
    Signal{"договор*", kDecision},       Signal{"давай*", kDecision},
    Signal{"выбра*", kDecision},         Signal{"выбер*", kDecision},
    Signal{"планиру*", kDecision},       Signal{"собираюсь", kDecision / 2},
    Signal{"собираемся", kDecision / 2}, Signal{"будем", kDecision / 2},
    Signal{"буду", kDecision / 2},       Signal{"вместо", kDecision / 2},
    Signal{"остановимся на", kDecision}, Signal{"срок", kDecision / 2},
};

constexpr std::array kRequests{
    Signal{"remember", kRemember},  Signal{"don't forget", kRemember}, Signal{"note that", kRemember},
    Signal{"please", kRequest},     Signal{"always", kRequest},        Signal{"never", kRequest},
    Signal{"must", kRequest / 2},   Signal{"should", kRequest / 2},    Signal{"important", kRequest},
    Signal{"запомни*", kRemember},  Signal{"не забудь*", kRemember},   Signal{"имей* в виду", kRemember},
    Signal{"пожалуйста", kRequest}, Signal{"всегда", kRequest},        Signal{"никогда", kRequest},
    Signal{"должн*", kRequest / 2}, Signal{"нужно", kRequest / 2},     Signal{"надо", kRequest / 2},
    Signal{"важно", kRequest},
};

// Words that carry nothing by themselves: a sentence of them alone isn't kept.
constexpr std::array<string_view, 72> kEmpty{
    "hello",        "hi",      "hey",     "thanks", "thank",  "you",    "ok",      "okay",   "yes",
    "no",           "yeah",    "sure",    "great",  "good",   "nice",   "cool",    "well",   "bye",
    "goodbye",      "morning", "evening", "night",  "day",    "very",   "much",    "so",     "a",
    "lot",          "the",     "that",    "is",     "it",     "it's",   "that's",  "and",    "of",
    "course",       "right",   "fine",    "oh",     "wow",    "lol",    "haha",    "привет", "здравствуй",
    "здравствуйте", "спасибо", "да",      "нет",    "ладно",  "хорошо", "понятно", "ясно",   "ага",
    "угу",          "ок",      "окей",    "пока",   "добрый", "доброе", "день",    "вечер",  "утро",
    "большое",      "очень",   "ну",      "и",      "это",    "так",    "вам",     "тебе",   "конечно"};

constexpr std::array<string_view, 10> kNotKnown{"don't know",     "do not know", "not sure", "no idea",
                                                "can't say",      "cannot say",  "не знаю",  "не уверен*",
                                                "трудно сказать", "нет данных"};

bool is_word(string_view word, string_view pattern) {
    if (pattern.ends_with('*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
    return word == pattern;
}

bool matches_at(const std::vector<std::string>& words, std::size_t at, string_view phrase) {
    while (!phrase.empty()) {
        const std::size_t blank = phrase.find(' ');
        if (at >= words.size() || !is_word(words[at], phrase.substr(0, blank))) return false;
        phrase = blank == string_view::npos ? string_view{} : phrase.substr(blank + 1);
        ++at;
    }
    return true;
}

bool contains(const std::vector<std::string>& words, string_view phrase) {
    for (std::size_t at = 0; at < words.size(); ++at)
        if (matches_at(words, at, phrase)) return true;
    return false;
}

template <std::size_t kSize>
int best_of(const std::vector<std::string>& words, const std::array<Signal, kSize>& signals) {
    int best = 0;
    for (std::size_t at = 0; at < words.size(); ++at)
        for (const Signal& signal : signals)
            if (signal.worth > best && matches_at(words, at, signal.phrase)) best = signal.worth;
    return best;
}

bool is_empty_word(const std::string& word) {
    return std::find(kEmpty.begin(), kEmpty.end(), word) != kEmpty.end();
}

// Capitalised words behind the first one: names, mostly.
int count_names(const std::vector<string_view>& words) {
    int names = 0;
    for (std::size_t at = 1; at < words.size(); ++at)
        if (character_at(words[at], 0).kind == Class::kUpper && words[at] != "I" &&
            !words[at].starts_with("I'"))
            ++names;
    return names;
}

int count_numbers(const std::vector<string_view>& words) {
    return static_cast<int>(std::count_if(words.begin(), words.end(), [](string_view word) {
        return word.find_first_of("0123456789") != string_view::npos;
    }));
}

}  // namespace

bool says_nothing(string_view text) {
    const std::vector<std::string> words = util::words(text);
    return std::all_of(words.begin(), words.end(), is_empty_word);
}

bool is_question(string_view sentence) {
    return sentence.find('?', sentence.size() - std::min<std::size_t>(sentence.size(), 4)) !=
           string_view::npos;
}

bool leaves_open(string_view reply) {
    const std::vector<std::string> words = util::words(reply);
    return std::any_of(kNotKnown.begin(), kNotKnown.end(),
                       [&](string_view phrase) { return contains(words, phrase); });
}

int worth_of(string_view sentence, model::Role role) {
    constexpr std::size_t kFewWords = 3;
    constexpr int kPlain = 60;
    constexpr int kQuestion = 200;
    constexpr int kName = 120;
    constexpr int kNumber = 120;
    constexpr int kTime = 150;
    constexpr int kWord = 4;  // a longer sentence tells more, a little
    constexpr int kMost = 1000;
    const std::vector<string_view> spelt = util::split_words(sentence);
    const std::vector<std::string> words = util::words(sentence);
    const int names = std::min(count_names(spelt), 2);
    const int numbers = std::min(count_numbers(spelt), 2);
    constexpr dates::LocalTime kAnyDay{std::chrono::local_days{std::chrono::year{2026} / 1 / 14}};
    const int times = dates::find_dates(sentence, kAnyDay).empty() ? 0 : 1;
    if (std::all_of(words.begin(), words.end(), is_empty_word)) return 0;
    if (words.size() < kFewWords && names + numbers + times == 0) return 0;
    int worth = kPlain + names * kName + numbers * kNumber + times * kTime +
                kWord * static_cast<int>(std::min<std::size_t>(words.size(), 25)) +
                best_of(words, kDecisions) + best_of(words, kRequests);
    // What is asked states nothing of who asks.
    worth += is_question(sentence) ? kQuestion : best_of(words, kSpeaker);
    // The answers can be had again; what the user said can't.
    if (role == model::Role::kAssistant) worth /= 2;
    return std::clamp(worth, 1, kMost);
}

}  // namespace arq::context
