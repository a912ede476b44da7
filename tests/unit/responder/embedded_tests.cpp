// SPDX-License-Identifier: MIT
#include "arq/responder/embedded.h"

#include <boost/test/unit_test.hpp>

namespace arq::responder {
namespace {

using namespace std::chrono_literals;

std::string say(const Prompt& prompt) {
    return EmbeddedResponder{}.reply(prompt).text;
}

BOOST_AUTO_TEST_SUITE(embedded_tests)

BOOST_AUTO_TEST_CASE(it_confirms_what_it_was_told) {
    BOOST_TEST(say({.told = {{.subject = "name", .text = "I'm Anna", .value = "Anna"}}}) ==
               "Nice to meet you, Anna. I will remember your name.");
    BOOST_TEST(say({.language = util::Language::kRussian, .told = {{.text = "код 12"}}}) == "Запомню: код 12");
    BOOST_TEST(say({.told = {{.what = Told::What::kForgotten}}}) == "I have forgotten it.");
}

BOOST_AUTO_TEST_CASE(one_sentence_that_taught_two_things_is_confirmed_once) {
    const Told cats{.subject = "pet", .text = "I have two cats and a parrot", .value = "two cats"};
    const Told parrot{.subject = "pet", .text = "I have two cats and a parrot", .value = "parrot"};
    BOOST_TEST(say({.told = {cats, parrot}}) == "I will remember: I have two cats and a parrot");
}

BOOST_AUTO_TEST_CASE(it_answers_from_facts_and_quotes_what_would_not_fit_the_sentence) {
    const Fact home{.subject = "home", .text = "I live in Leeds", .value = "Leeds", .day = 2026y / 11 / 24};
    BOOST_TEST(say({.is_question = true, .asked = {"home"}, .facts = {home}}) == "You live in Leeds.");
    const Fact russian{.subject = "home", .text = "живу в Казани", .value = "Казани", .day = 2026y / 11 / 24};
    BOOST_TEST(say({.language = util::Language::kRussian, .asked = {"home"}, .facts = {russian}}) ==
               "24 ноября 2026 г. вы писали: «живу в Казани»");
    const Fact dentist{.subject = "event", .text = "…", .value = "dentist appointment", .when = "in 3 days"};
    BOOST_TEST(say({.asked = {"event"}, .facts = {dentist}}) == "Your dentist appointment: in 3 days.");
    const Fact color{.subject = "favorite", .of = "color", .text = "…", .value = "blue"};
    BOOST_TEST(say({.asked = {"favorite"}, .facts = {color}}) == "Your favorite color: blue.");
}

BOOST_AUTO_TEST_CASE(it_quotes_with_the_date_in_the_readers_language) {
    const std::vector<Quote> quotes{{.text = "My order is 4417", .day = 2026y / 11 / 24}};
    BOOST_TEST(say({.is_question = true, .quotes = quotes}) ==
               "On 24 November 2026 you said: “My order is 4417”");
    BOOST_TEST(say({.language = util::Language::kRussian, .is_question = true, .quotes = quotes}) ==
               "24 ноября 2026 г. вы писали: «My order is 4417»");
}

BOOST_AUTO_TEST_CASE(a_long_quote_is_cut_at_a_character) {
    const std::string text =
        say({.quotes = {{.text = std::string(399, 'x') + "ююю", .day = 2026y / 11 / 24}}});
    BOOST_TEST(util::is_valid_utf8(text));
    BOOST_TEST(text.ends_with("x…”"));
}

BOOST_AUTO_TEST_CASE(it_says_when_it_does_not_know) {
    BOOST_TEST(say({.is_question = true}).starts_with("I don't know that yet."));
    BOOST_TEST(say({.language = util::Language::kRussian, .is_question = true})
                   .starts_with("Этого я пока не знаю."));
    BOOST_TEST(say({.asked = {"name"}}).starts_with("I don't know your name yet."));
    BOOST_TEST(say({.asked = {"name"}, .facts = {{.subject = "name", .text = "I'm Anna", .value = "Anna"}}}) == "Your name is Anna.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::responder
