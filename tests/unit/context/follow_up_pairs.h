// SPDX-License-Identifier: MIT
//
// Messages that lack something, with the message before and what is meant; and messages that lack nothing.
// Written by hand before the rules were. The rules were tuned on kTuned alone.
#pragma once

#include <array>
#include <string_view>

namespace arq::tests {

struct FollowUpPair {
    std::string_view before, message;
    std::string_view completed;  // empty: the message is complete as it is
};

inline constexpr FollowUpPair kTuned[] = {
    // places
    {"What is the weather in Paris?", "and in Berlin?", "What is the weather in Berlin?"},
    {"What is the weather in Paris tomorrow?", "and in New York?",
     "What is the weather in New York tomorrow?"},
    {"Is there a train to Omsk?", "And to Kazan?", "Is there a train to Kazan?"},
    {"What is the weather in Paris?", "and Berlin?", "What is the weather in Berlin?"},
    {"Какая погода в Москве?", "а в Омске?", "Какая погода в Омске?"},
    {"Сколько ехать от Казани до Уфы?", "а до Самары?", "Сколько ехать от Казани до Самары?"},
    {"Есть ли кафе на Невском?", "а на Садовой?", "Есть ли кафе на Садовой?"},
    // times
    {"What is the weather in Paris?", "what about tomorrow?", "What is the weather in Paris tomorrow?"},
    {"What is the weather in Paris today?", "and tomorrow?", "What is the weather in Paris tomorrow?"},
    {"Am I free on Monday?", "how about on Friday?", "Am I free on Friday?"},
    {"What did I plan for today?", "tomorrow?", "What did I plan for tomorrow?"},
    {"Какая погода в Москве?", "а завтра?", "Какая погода в Москве завтра?"},
    {"Какая сегодня погода?", "А завтра?", "Какая завтра погода?"},
    {"Что у меня в понедельник?", "а в пятницу?", "Что у меня в пятницу?"},
    {"Что у меня в планах на завтра?", "а на послезавтра?", "Что у меня в планах на послезавтра?"},
    // people and things
    {"Where does my sister live?", "and my brother?", "Where does my brother live?"},
    {"Where does my sister live?", "and brother?", "Where does my brother live?"},
    {"How old is Anna?", "and Peter?", "How old is Peter?"},
    {"How old is my sister Anna?", "what about Peter?", "How old is Peter?"},
    {"Does Anna like tea?", "and coffee?", "Does Anna like coffee?"},
    {"How much does tea cost?", "and coffee?", "How much does coffee cost?"},
    {"What is the capital of France?", "And Spain?", "What is the capital of Spain?"},
    {"Can I pay by card?", "and by phone?", "Can I pay by phone?"},
    {"What should I cook?", "and for Anna?", "What should I cook for Anna?"},
    {"Где живёт моя сестра?", "а брат?", "Где живёт брат?"},
    {"Где живёт Анна?", "а Пётр?", "Где живёт Пётр?"},
    {"Сколько лет Анне?", "а мне?", "Сколько лет мне?"},
    {"Как зовут мою собаку?", "а кошку?", "Как зовут кошку?"},
    {"Сколько стоит чай?", "а кофе?", "Сколько стоит кофе?"},
    {"Что любит моя мама?", "а папа?", "Что любит папа?"},
    // he, she, they
    {"Where does Anna live?", "and him?", "Where does he live?"},
    {"My brother Pavel and my sister Anna came. Where does Anna live?", "and him?",
     "Where does my brother Pavel live?"},
    {"My sister Anna lives in Omsk.", "How old is she?", "How old is my sister Anna?"},
    {"I had lunch with Peter yesterday.", "What does he do?", "What does Peter do?"},
    {"Где живёт Анна?", "а он?", "Где живёт он?"},
    {"Мой брат Павел живёт в Омске.", "Сколько ему лет?", "Сколько ему лет? (мой брат Павел)"},
    // question words alone
    {"When is my dentist appointment?", "where?", "Where is my dentist appointment?"},
    {"When is my dentist appointment?", "And where?", "Where is my dentist appointment?"},
    {"I am flying to Berlin on Friday.", "why?", "I am flying to Berlin on Friday. Why?"},
    {"Is there a train to Omsk?", "when?", "Is there a train to Omsk? When?"},
    {"Когда у меня приём у врача?", "а где?", "Где у меня приём у врача?"},
    {"Я переезжаю в Казань.", "почему?", "Я переезжаю в Казань. Почему?"},
    {"Есть ли поезд до Омска?", "во сколько?", "Есть ли поезд до Омска? Во сколько?"},
    // going on
    {"Tell me about Rome.", "tell me more", "Tell me about Rome. Tell me more"},
    {"What do you know of my dog?", "anything else?", "What do you know of my dog? Anything else?"},
    {"Расскажи про Байкал.", "подробнее", "Расскажи про Байкал. Подробнее"},
    {"I bought a bike.", "How much does it cost?", "I bought a bike. How much does it cost?"},
    {"Я купил велосипед.", "сколько он стоит?", "Я купил велосипед. Сколько он стоит?"},
    {"What is my dog's name?", "and the cat's?", "What is the cat's name?"},
    {"What movies did I like?", "and books?", "What books did I like?"},
    {"Какая погода в Москве?", "а температура?", "Какая температура в Москве?"},
    {"When does the library close on Sunday?", "and on weekdays?",
     "When does the library close on weekdays?"},
    {"Do you know any good restaurants?", "what about cheap ones?",
     "Do you know any good restaurants? What about cheap ones?"},
    {"What should I wear?", "and if it rains?", "What should I wear? And if it rains?"},
    {"Что мне надеть?", "а если пойдёт дождь?", "Что мне надеть? А если пойдёт дождь?"},
    {"Как приготовить борщ?", "а без мяса?", "Как приготовить борщ без мяса?"},
    {"Какая погода в Москве?", "а послезавтра в Омске?", "Какая погода в Омске послезавтра?"},
    {"What is the weather in Paris?", "and in Omsk tomorrow?", "What is the weather in Omsk tomorrow?"},
    {"What is the weather in Paris on Friday?", "and next week?", "What is the weather in Paris next week?"},
    {"How are you?", "and you?", ""},
    {"Как дела?", "а ты?", ""},
    // complete as they are
    {"What is the weather in Paris?", "And what is my name?", ""},
    {"What is the weather in Paris?", "I live in Berlin.", ""},
    {"What is the weather in Paris?", "What time is it?", ""},
    {"Where does my sister live?", "My brother is ill, he has the flu.", ""},
    {"Where does my sister live?", "thanks!", ""},
    {"Where does my sister live?", "really nice", ""},
    {"How old is Anna?", "Is Peter at home, and how old is he?", ""},
    {"Do you like tea?", "And I like coffee.", ""},
    {"hello", "How are you?", ""},
    {"What is the capital of France?", "Why is the sky blue?", ""},
    {"What is the capital of France?", "Remember that in Berlin I have a friend.", ""},
    {"Какая погода в Москве?", "А как меня зовут?", ""},
    {"Какая погода в Москве?", "Я живу в Омске.", ""},
    {"Где живёт моя сестра?", "спасибо", ""},
    {"Где живёт моя сестра?", "А ты помнишь мой адрес?", ""},
    {"Где живёт Анна?", "Мой брат заболел, он в больнице.", ""},
    {"Сколько стоит чай?", "Почему небо голубое?", ""},
    {"привет", "как дела?", ""},
};

inline constexpr FollowUpPair kHeld[] = {
    {"Is it warm in Rome?", "and in Madrid?", "Is it warm in Madrid?"},
    {"How far is it from Omsk to Kazan?", "and to Ufa?", "How far is it from Omsk to Ufa?"},
    {"Какие музеи есть в Казани?", "а в Перми?", "Какие музеи есть в Перми?"},
    {"What do I have on Tuesday?", "and on Thursday?", "What do I have on Thursday?"},
    {"Will it rain today?", "what about tomorrow?", "Will it rain tomorrow?"},
    {"Будет ли дождь сегодня?", "а завтра?", "Будет ли дождь завтра?"},
    {"Куда я собирался в субботу?", "а в воскресенье?", "Куда я собирался в воскресенье?"},
    {"What does my mother like?", "and my father?", "What does my father like?"},
    {"When is Anna's birthday?", "and Peter's?", "When is Peter's birthday?"},
    {"Where does Tom work?", "and Alice?", "Where does Alice work?"},
    {"Is the museum open?", "and the zoo?", "Is the zoo open?"},
    {"Do I like apples?", "and pears?", "Do I like pears?"},
    {"Когда день рождения у Анны?", "а у Петра?", "Когда день рождения у Петра?"},
    {"Где работает Иван?", "а Ольга?", "Где работает Ольга?"},
    {"Сколько стоит билет?", "а багаж?", "Сколько стоит багаж?"},
    {"Who is Maria?", "and where does she live?", "and where does Maria live?"},
    {"My uncle Boris visits us on Sunday.", "Where does he live?", "Where does my uncle Boris live?"},
    {"Моя сестра Анна живёт в Казани.", "А кем она работает?", "А кем она работает? (моя сестра Анна)"},
    {"Where is the meeting?", "when?", "When is the meeting?"},
    {"I quit my job.", "Why?", "I quit my job. Why?"},
    {"Где будет встреча?", "а когда?", "Когда будет встреча?"},
    {"Я уволился с работы.", "Почему?", "Я уволился с работы. Почему?"},
    {"Tell me about Lake Baikal.", "go on", "Tell me about Lake Baikal. Go on"},
    {"Что ты знаешь о моей собаке?", "а ещё?", "Что ты знаешь о моей собаке? А ещё?"},
    {"Where does Tom work?", "and what is my address?", ""},
    {"Is the museum open?", "I like the zoo.", ""},
    {"Where does Tom work?", "My mother called, she is coming on Friday.", ""},
    {"What does my mother like?", "ok, thank you", ""},
    {"Where is the meeting?", "When does the shop open?", ""},
    {"Где работает Иван?", "Напомни купить хлеб завтра.", ""},
    {"Где работает Иван?", "А когда у меня отпуск?", ""},
    {"Сколько стоит билет?", "хорошо, понятно", ""},
    {"Где будет встреча?", "Моя мама звонила, она приедет в пятницу.", ""},
};

}  // namespace arq::tests
