// SPDX-License-Identifier: MIT
//
// The words by which a follow-up is known, folded (lower case, ё as е). English, then Russian.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace arq::context {

template <std::size_t kSize>
bool is_one_of(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// What a follow-up begins with; the longest first.
inline constexpr std::array<std::string_view, 33> kLeads{"and what about",
                                                         "and how about",
                                                         "but what about",
                                                         "so what about",
                                                         "ok and",
                                                         "okay and",
                                                         "what about",
                                                         "how about",
                                                         "what of",
                                                         "and then",
                                                         "same for",
                                                         "the same for",
                                                         "and",
                                                         "but",
                                                         "or",
                                                         "also",
                                                         "а как насчет",
                                                         "а что насчет",
                                                         "как насчет",
                                                         "что насчет",
                                                         "а как же",
                                                         "а что с",
                                                         "ну а",
                                                         "ну и",
                                                         "а вот",

                                                         "а про",
                                                         "а",
                                                         "и",
                                                         "или",
                                                         "но",
                                                         "а там",
                                                         "также",
                                                         "тоже"};

// The whole of a message that asks for more of the same.
inline constexpr std::array<std::string_view, 42> kContinuations{"tell me more",
                                                                 "more",
                                                                 "go on",
                                                                 "continue",
                                                                 "and then",
                                                                 "what else",
                                                                 "and what else",
                                                                 "anything else",
                                                                 "what then",
                                                                 "and what then",
                                                                 "more details",
                                                                 "details",
                                                                 "in more detail",
                                                                 "say more",
                                                                 "more please",
                                                                 "are you sure",
                                                                 "go ahead",
                                                                 "keep going",
                                                                 "next",
                                                                 "another one",
                                                                 "one more",
                                                                 "explain",
                                                                 "подробнее",
                                                                 "расскажи подробнее",
                                                                 "еще",
                                                                 "а еще",
                                                                 "и еще",
                                                                 "что еще",
                                                                 "а что еще",
                                                                 "дальше",
                                                                 "а дальше",
                                                                 "и что дальше",
                                                                 "что дальше",
                                                                 "продолжай",
                                                                 "продолжи",
                                                                 "а потом",
                                                                 "и что потом",
                                                                 "а подробнее",
                                                                 "можно подробнее",
                                                                 "ты уверен",
                                                                 "поясни",
                                                                 "еще один"};

// The whole of a message that asks for one thing about what was said.
inline constexpr std::array<std::string_view, 46> kQuestionPhrases{
    "why",         "why not",      "when",      "where",      "who",          "how",        "how come",
    "how much",    "how many",     "how long",  "how far",    "how old",      "how often",  "which",
    "which one",   "whose",        "what for",  "since when", "until when",   "with whom",  "who with",
    "from where",  "where from",   "where to",  "what time",  "at what time", "почему",     "почему нет",
    "зачем",       "когда",        "где",       "куда",       "откуда",       "кто",        "как",
    "какой",       "какая",        "какие",     "чей",        "сколько",      "во сколько", "с кем",
    "с каких пор", "до каких пор", "как долго", "как часто"};

// Of these one can stand in the place of another.
inline constexpr std::array<std::string_view, 8> kSwappable{"when", "where", "who",    "когда",
                                                            "где",  "куда",  "откуда", "кто"};

// With one of these first, and more behind it, a question is whole.
inline constexpr std::array<std::string_view, 59> kQuestionWords{
    "what",  "what's", "who",   "who's",  "whom",    "whose", "when",    "where", "where's", "which",
    "why",   "how",    "how's", "do",     "does",    "did",   "is",      "are",   "am",      "was",
    "were",  "can",    "could", "will",   "would",   "shall", "should",  "may",   "must",    "have",
    "has",   "had",    "isn't", "don't",  "doesn't", "что",   "чего",    "чему",  "чем",     "кто",
    "кого",  "кому",   "кем",   "когда",  "где",     "куда",  "откуда",  "какой", "какая",   "какое",
    "какие", "какую",  "каких", "почему", "зачем",   "как",   "сколько", "чей",   "чья"};

inline constexpr std::array<std::string_view, 36> kPrepositions{
    "in",     "at",    "to",    "from", "for", "with", "on",  "of",  "about", "near", "by",    "without",
    "before", "after", "under", "в",    "во",  "на",   "из",  "от",  "до",    "для",  "с",     "со",
    "у",      "к",     "ко",    "о",    "об",  "про",  "без", "под", "за",    "по",   "после", "около"};

// What is in or at these is a place, or a thing, not somebody.
inline constexpr std::array<std::string_view, 10> kPlacePrepositions{"in", "at", "to", "from", "near",
                                                                     "в",  "во", "на", "из",   "до"};

// What a time has or hasn't by itself: "on Monday", "today".
inline constexpr std::array<std::string_view, 5> kTimePrepositions{"on", "in", "at", "в", "во"};

inline constexpr std::array<std::string_view, 38> kPossessives{
    "my",     "your",  "his",   "her",    "our",  "their", "its",   "мой",   "моя",  "мое",
    "мои",    "моего", "моей",  "моему",  "моих", "мою",   "моем",  "моим",  "твой", "твоя",
    "твое",   "твои",  "твоей", "твоего", "твою", "наш",   "наша",  "наше",  "наши", "нашей",
    "нашего", "нашу",  "ваш",   "ваша",   "ваше", "ваши",  "вашей", "вашего"};

inline constexpr std::array<std::string_view, 3> kArticles{"the", "a", "an"};

inline constexpr std::array<std::string_view, 7> kCopulas{"is", "are",   "was",   "were",
                                                          "am", "isn't", "aren't"};
inline constexpr std::array<std::string_view, 8> kWhich{"what",  "which", "какой", "какая",
                                                        "какое", "какие", "какую", "каких"};
inline constexpr std::array<std::string_view, 3> kDoing{"do", "does", "did"};

// Persons by what they are to the speaker, in the cases in which they are mostly said.
inline constexpr std::array<std::string_view, 46> kMen{
    "brother",   "father", "dad",     "son",    "husband",   "uncle",     "grandfather", "grandpa",
    "boyfriend", "nephew", "boss",    "cousin", "friend",    "neighbour", "neighbor",    "colleague",
    "dentist",   "doctor", "teacher", "брат",   "брата",     "брату",     "братом",      "отец",
    "отца",      "папа",   "папы",    "папу",   "сын",       "сына",      "сыну",        "муж",
    "мужа",      "мужу",   "дядя",    "дед",    "дедушка",   "друг",      "друга",       "другу",
    "племянник", "сосед",  "коллега", "врач",   "начальник", "внук"};
inline constexpr std::array<std::string_view, 44> kWomen{
    "sister",    "mother",     "mom",     "mum",     "daughter", "wife",    "aunt",      "grandmother",
    "grandma",   "girlfriend", "niece",   "boss",    "cousin",   "friend",  "neighbour", "neighbor",
    "colleague", "dentist",    "doctor",  "teacher", "сестра",   "сестры",  "сестре",    "сестру",
    "мать",      "мама",       "мамы",    "маме",    "маму",     "дочь",    "дочка",     "дочери",
    "жена",      "жены",       "жене",    "жену",    "тетя",     "бабушка", "бабушку",   "подруга",
    "подруги",   "племянница", "соседка", "внучка"};

// Third persons.
inline constexpr std::array<std::string_view, 9> kHe{"he",  "him", "his",  "он", "его",
                                                     "ему", "нем", "него", "ним"};
inline constexpr std::array<std::string_view, 8> kShe{"she", "her", "hers", "она", "ее", "ей", "ней", "нее"};
inline constexpr std::array<std::string_view, 9> kThey{"they", "them", "their", "они", "их",
                                                       "им",   "них",  "ними",  "оно"};
// Pronouns that can stand for a person or a thing asked about, beside those.
inline constexpr std::array<std::string_view, 14> kOwnPronouns{
    "me", "us", "you", "mine", "yours", "я", "мне", "меня", "мы", "нам", "нас", "ты", "тебе", "тебя"};

inline constexpr std::array<std::string_view, 6> kAddressing{"you", "yours", "ты", "тебя", "тебе", "вы"};

// Of these it takes the noun from before to know what they are.
inline constexpr std::array<std::string_view, 2> kPlaceholders{"one", "ones"};
// What begins so goes on with what was asked, under a condition.
inline constexpr std::array<std::string_view, 5> kConditions{"and if", "what if", "and what if", "а если",
                                                             "и если"};

// A question that begins so asks about something that was named before.
inline constexpr std::array<std::string_view, 30> kItQuestions{
    "how much is it",    "how much does it", "how much was it",
    "how far is it",     "how old is it",    "how big is it",
    "how long does it",  "how long is it",   "how does it",
    "where is it",       "where was it",     "when is it",
    "when was it",       "when does it",     "where does it",
    "why is it",         "who made it",      "who wrote it",
    "what colour is it", "what color is it", "where did you get it",
    "what does it",      "what is that",     "сколько это",
    "где это",           "когда это",        "что это",
    "зачем это",         "почему это",       "а это"};

}  // namespace arq::context
