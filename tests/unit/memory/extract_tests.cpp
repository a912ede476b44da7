// SPDX-License-Identifier: MIT
#include "arq/memory/extract.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace arq::memory {
namespace {

namespace data = boost::unit_test::data;

std::string taught_name(const std::string& message) {
    for (const Statement& statement : extract_statements(message))
        if (statement.subject == "name") return statement.value;
    return {};
}

std::string taught_note(const std::string& message) {
    for (const Statement& statement : extract_statements(message))
        if (statement.subject.empty()) return statement.text;
    return {};
}

// "pet: two cats; pet: parrot"; what holds no more and what is to be forgotten have their mark before.
std::string facts_of(const std::string& message) {
    std::string facts;
    for (const Statement& statement : extract_statements(message)) {
        if (!facts.empty()) facts += "; ";
        if (statement.action == Action::kClose) facts += "no more ";
        if (statement.action == Action::kForget) facts += "forget ";
        facts += statement.subject;
        if (!statement.of.empty()) facts += " (" + statement.of + ")";
        facts += ": " + statement.value;
        if (!statement.replaces.empty()) facts += ", not " + statement.replaces;
    }
    return facts;
}

BOOST_AUTO_TEST_SUITE(extract_tests)

BOOST_DATA_TEST_CASE(
    a_name_is_kept,
    data::make({"My name is Anna", "Hi! my name is anna.", "My name's Anna Maria and I like tea",
                "Меня зовут Анна, я из Омска", "Моё имя Иван", "Please remember that my name is Anna",
                "my name is Jean-Luc Picard", "My name is Anna I think", "Запомни, что меня зовут Анна"}) ^
        data::make({"Anna", "anna", "Anna Maria", "Анна", "Иван", "Anna", "Jean-Luc Picard", "Anna", "Анна"}),
    message, name) {
    BOOST_TEST(taught_name(message) == name);
}

BOOST_DATA_TEST_CASE(what_states_no_name_teaches_none,
                     data::make({"What is my name?", "Do you know what my name is", "My name is not Bob",
                                 "Is my name Anna?", "Как меня зовут?", "Меня зовут не Анна",
                                 "Her name is Anna", "Her friend said my name is Eve", "My name is",
                                 "My name is 4417"})) {
    BOOST_TEST(taught_name(sample) == "");
}

BOOST_DATA_TEST_CASE(what_is_to_be_remembered_is_kept_whole,
                     data::make({"Remember that the blue one is Maria's",
                                 "please remember: the key is under the mat. Twice.",
                                 "Запомни, что ключ под ковриком", "Пожалуйста, запомните: код 12.5",
                                 "Ok. Remember that I park at C-3"}) ^
                         data::make({"the blue one is Maria's", "the key is under the mat. Twice.",
                                     "ключ под ковриком", "код 12.5", "I park at C-3"}),
                     message, note) {
    BOOST_TEST(taught_note(message) == note);
}

BOOST_AUTO_TEST_CASE(a_note_of_nothing_but_one_fact_is_that_fact) {
    BOOST_TEST(facts_of("Remember that my order number is 4417") == "attribute (order number): 4417");
    BOOST_TEST(facts_of("Запомни, что у меня аллергия на орехи") == "allergy: орехи");
}

BOOST_DATA_TEST_CASE(
    facts_are_found_with_their_values,
    data::make({"I'm 34 and live in Lyon", "I have two cats and a parrot", "I moved to Bonn",
                "my favourite colour is green", "I'm allergic to nuts", "I love tea and hate coffee",
                "Мне 27, я из Тулы", "Живу в Казани, работаю учителем", "терпеть не могу кинзу",
                "мой любимый цвет — зелёный", "I used to live in Paris", "always answer briefly"}) ^
        data::make({"age: 34; home: Lyon", "pet: two cats; pet: parrot", "home: Bonn",
                    "favorite (colour): green", "allergy: nuts", "likes: tea; dislikes: coffee",
                    "age: 27; origin: Тулы", "home: Казани; job: учителем", "dislikes: кинзу",
                    "favorite (цвет): зелёный", "home_before: Paris", "instruction: always answer briefly"}),
    message, facts) {
    BOOST_TEST(facts_of(message) == facts);
}

BOOST_DATA_TEST_CASE(
    nothing_is_kept_of_what_the_speaker_does_not_state,
    data::make({"Do I live in Paris?", "If I live in Paris, what will it cost?", "I wish I had a cat",
                "Anna says I live in Paris", "you said that I live in Rome", "I don't live in Berlin",
                "She lives in Rome and I'm told I'm 34", "> I live in Rome", "```\nI live in Rome\n```",
                "Translate: I live in Rome", "From: Anna\nI live in Rome", "I don't think I'm 34",
                "Если я живу в Риме, то что?", "Аня говорит, что я живу в Париже", "жил бы я в Риме",
                "ты сказал, что я живу в Риме", "я не живу в Риме", "«Я живу в Риме», сказал он",
                "Где я живу?", "I would live in Rome"})) {
    BOOST_TEST(facts_of(sample) == "");
}

BOOST_AUTO_TEST_CASE(another_persons_job_is_no_fact_of_the_speakers) {
    BOOST_TEST(facts_of("My brother works at Google") == "family: brother");
}

BOOST_AUTO_TEST_CASE(a_long_paste_is_nobodys_own_words) {
    BOOST_TEST(facts_of("I live in Rome. " + std::string(4000, 'x')) == "");
}

BOOST_DATA_TEST_CASE(what_holds_no_more_is_closed,
                     data::make({"I don't live in Berlin any more", "I no longer work at Google",
                                 "я больше не живу в Казани", "I'm not vegan anymore"}) ^
                         data::make({"no more home: Berlin", "no more employer: Google",
                                     "no more home: Казани", "no more diet: vegan"}),
                     message, facts) {
    BOOST_TEST(facts_of(message) == facts);
}

BOOST_DATA_TEST_CASE(corrections_say_what_was_wrong,
                     data::make({"I don't live in Cologne but in Hürth", "живу не в Москве, а в Туле",
                                 "I'm 36, no wait, 35"}) ^
                         data::make({"home: Hürth, not in Cologne", "home: Туле, not в Москве", "age: 35"}),
                     message, facts) {
    BOOST_TEST(facts_of(message) == facts);
}

BOOST_AUTO_TEST_CASE(an_event_has_its_time) {
    using namespace std::chrono_literals;
    const util::LocalTime tuesday{std::chrono::local_days{2026y / 11 / 24} + 9h};
    const auto statements = extract_statements("I have a dentist appointment tomorrow at 5 pm", tuesday);
    BOOST_REQUIRE(statements.size() == 1U);
    BOOST_TEST(statements[0].value == "dentist appointment");
    BOOST_TEST((statements[0].from == std::chrono::local_days{2026y / 11 / 25} + 17h));
}

BOOST_DATA_TEST_CASE(asking_whether_is_not_asking_to,
                     data::make({"Do you remember that I like tea?", "Remember when we met?",
                                 "remember that?", "I remember that day", "Ты помнишь, что я сказал?",
                                 "Remember", "Запомни", "Don't remember that I was here"})) {
    BOOST_TEST(extract_statements(sample).empty());
}

BOOST_DATA_TEST_CASE(questions_are_known_by_mark_or_first_word,
                     data::make({"What is my order number", "где мой заказ", "You know it?",
                                 "Ok. Is it open"})) {
    BOOST_TEST(is_question(sample));
}

BOOST_AUTO_TEST_CASE(a_statement_is_no_question) {
    BOOST_TEST(!is_question("My order number is 4417."));
    BOOST_TEST(!is_question(""));
}

BOOST_AUTO_TEST_CASE(the_name_is_asked_about_in_both_languages) {
    BOOST_TEST(subjects_asked_about("So, what's my name?").size() == 1U);
    BOOST_TEST(subjects_asked_about("Напомни, как меня зовут?").size() == 1U);
    BOOST_TEST(find_asked("What is the name of my dog?").at(0).subject == "pet");
}

BOOST_DATA_TEST_CASE(relations_are_asked_about,
                     data::make({"where do I live?", "how old am I?", "what's my dog called?", "где я живу?",
                                 "как зовут мою собаку?", "where did I live before?",
                                 "when is my dentist appointment?", "what is my favorite color?",
                                 "на что у меня аллергия?", "where do I work?", "сколько мне лет?"}) ^
                         data::make({"home", "age", "pet", "home", "pet", "home_before", "event", "favorite",
                                     "allergy", "employer", "age"}),
                     message, subject) {
    const auto subjects = subjects_asked_about(message);
    BOOST_REQUIRE(subjects.size() == 1U);
    BOOST_TEST(subjects[0] == subject);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
