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
                     data::make({"Remember that my order number is 4417",
                                 "please remember: the key is under the mat. Twice.",
                                 "Запомни, что у меня аллергия на орехи", "Пожалуйста, запомните: код 12.5",
                                 "Ok. Remember that I park at C-3"}) ^
                         data::make({"my order number is 4417", "the key is under the mat. Twice.",
                                     "у меня аллергия на орехи", "код 12.5", "I park at C-3"}),
                     message, note) {
    BOOST_TEST(taught_note(message) == note);
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
    BOOST_TEST(subjects_asked_about("What is the name of my dog?").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
