// SPDX-License-Identifier: MIT
#include "responder/phrases.h"

namespace arq::responder {
namespace {

constexpr FactPhrase kEnglishFacts[] = {
    {"name", "Your name is {}."},
    {"age", "You are {}."},
    {"birthday", "Your birthday: {}."},
    {"home", "You live in {}."},
    {"home_before", "You lived in {} before."},
    {"origin", "You are from {}."},
    {"job", "Your job: {}."},
    {"employer", "Your employer: {}."},
    {"study", "Your studies: {}."},
    {"marital", "You are {}."},
    {"family", "Your family: {}."},
    {"pet", "Your pets: {}."},
    {"owns", "You have: {}."},
    {"likes", "You like: {}."},
    {"dislikes", "You don't like: {}."},
    {"diet", "Your diet: {}."},
    {"allergy", "You are allergic to: {}."},
    {"health", "Your health: {}."},
    {"language", "You speak: {}."},
    {"skill", "You can: {}."},
    {"favorite of", "favorite {}"},
};

// What doesn't bend with the sentence that it was said in.
constexpr FactPhrase kRussianFacts[] = {
    {"name", "Вас зовут {}."},
    {"birthday", "Ваш день рождения: {}."},
    {"favorite of", "любимое ({})"},
};

constexpr Phrases kEnglish{
    .nice_to_meet_you = "Nice to meet you, {}. I will remember your name.",
    .will_remember = "I will remember: {}",
    .have_changed = "I have noted the change: {}",
    .have_closed = "I have noted that this no longer holds: {}",
    .known_already = "I know: {}",
    .have_forgotten = "I have forgotten it.",
    .nothing_to_forget = "I knew nothing of that. What you said of it I will not bring up again.",
    .no_room = "My memory is full, so I can't keep this: {}. Ask me to forget something first.",
    .facts = kEnglishFacts,
    .one_of = "Your {}: {}.",
    .event = "Your {}: {}.",
    .list_and = ", ",
    .name_unknown = "I don't know your name yet. Tell me “My name is …” and I will remember it.",
    .you_said = "On {} you said: ",
    .do_not_know = "I don't know that yet. Tell me “Remember that …”, and I will have it for you next time.",
    .small_talk = "I am here. Ask me something, or tell me what to remember: “Remember that …”.",
    .noted = "I have kept that, and you can ask me about it later. I have nothing to add to it yet.",
    .quote_open = "“",
    .quote_close = "”",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"},
    .year = "",
};

constexpr Phrases kRussian{
    .nice_to_meet_you = "Приятно познакомиться, {}. Я запомню ваше имя.",
    .will_remember = "Запомню: {}",
    .have_changed = "Учту перемену: {}",
    .have_closed = "Учту, что это больше не так: {}",
    .known_already = "Помню: {}",
    .have_forgotten = "Забыл.",
    .nothing_to_forget = "Об этом я ничего не знал. К тому, что вы об этом говорили, возвращаться не буду.",
    .no_room =
        "Память заполнена, поэтому я не могу это сохранить: {}. Сначала попросите меня что-нибудь забыть.",
    .facts = kRussianFacts,
    .one_of = "Как вы говорили, {}: {}.",
    .event = "{}: {}.",
    .list_and = ", ",
    .name_unknown = "Пока я не знаю вашего имени. Напишите «Меня зовут …», и я запомню.",
    .you_said = "{} вы писали: ",
    .do_not_know = "Этого я пока не знаю. Напишите «Запомни, что …», и в следующий раз я отвечу.",
    .small_talk = "Я здесь. Спросите о чём-нибудь или скажите, что запомнить: «Запомни, что …».",
    .noted = "Сохранил, об этом можно будет спросить позже. Добавить мне пока нечего.",
    .quote_open = "«",
    .quote_close = "»",
    .months = {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
               "октября", "ноября", "декабря"},
    .year = " г.",
};

}  // namespace

const Phrases& phrases(util::Language language) {
    return language == util::Language::kRussian ? kRussian : kEnglish;
}

std::string format_day(const Phrases& phrases, std::chrono::year_month_day day) {
    return std::to_string(static_cast<unsigned>(day.day())) + ' ' +
           std::string{phrases.months.at(static_cast<unsigned>(day.month()) - 1)} + ' ' +
           std::to_string(static_cast<int>(day.year())) + std::string{phrases.year};
}

std::string fill(std::string_view pattern, std::string_view value) {
    const std::size_t at = pattern.find("{}");
    std::string text{pattern.substr(0, at)};
    if (at == std::string_view::npos) return text;
    text += value;
    text += pattern.substr(at + 2);
    return text;
}

}  // namespace arq::responder
