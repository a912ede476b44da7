// SPDX-License-Identifier: MIT
#include "arq/topics/topics.h"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "arq/topics/categories.h"

namespace arq::topics {
namespace {

std::vector<std::string> names_in(std::string_view message, const TermCounts& counts = {}) {
    std::vector<std::string> names;
    for (model::Topic& topic : find_topics(message, counts, shipped_categories()))
        names.push_back(std::move(topic.name));
    return names;
}

bool names(std::string_view message, std::string_view topic) {
    const std::vector<std::string> all = names_in(message);
    return std::find(all.begin(), all.end(), topic) != all.end();
}

bool changes(std::string_view message, std::vector<std::string_view> before) {
    return changes_topic(message, before, shipped_categories());
}

BOOST_AUTO_TEST_SUITE(topics_tests)

struct Example {
    std::string_view message;
    std::string_view topic;
    std::string_view category;
};
std::ostream& operator<<(std::ostream& out, const Example& example) {
    return out << example.message;
}

const Example kExamples[] = {
    {"Could you book a hotel in Prague for me?", "Prague", "travel"},
    {"My puppy chewed the new slippers", "puppy", "pets"},
    {"We are flying to New York with Anna in May", "New York", "travel"},
    {"The striker scored two goals in the second half", "striker", "sport"},
    {"Recipes with pumpkin, please", "pumpkin", "food"},
    {"Щенок опять сгрыз мои тапочки", "щенок", "pets"},
    {"Подскажи рецепт тыквенного супа", "рецепт", "food"},
    {"Отчёт надо сдать начальнику до пятницы", "отчёт", "work"},
    {"Летим с Катей в Нью-Йорк, нужна гостиница", "Нью-Йорк", "travel"},
    {"У бабушки сильно болит колено", "колено", "health"},
};

BOOST_DATA_TEST_CASE(topics_are_named_as_people_say_them, boost::unit_test::data::make(kExamples), example) {
    BOOST_TEST(names(example.message, example.topic));
    for (const model::Topic& topic : find_topics(example.message, {}, shipped_categories()))
        BOOST_TEST(topic.category == example.category);
}

BOOST_DATA_TEST_CASE(what_names_nothing_has_no_topic,
                     boost::unit_test::data::make({"ok, thanks", "Hello! How are you?", "yes", "", "42", "?!",
                                                   "спасибо, понял", "Привет!", "да, хорошо",
                                                   "И что потом?"}),
                     message) {
    BOOST_TEST(names_in(message).empty());
}

BOOST_AUTO_TEST_CASE(verbs_and_function_words_are_no_names) {
    BOOST_TEST(!names("I decided to bicycle to the lake quickly", "quickly"));
    BOOST_TEST(!names("I decided to bicycle to the lake quickly", "decided"));
    BOOST_TEST(!names("Мы решили переехать в деревню", "переехать"));
    BOOST_TEST(names("Мы решили переехать в деревню", "деревню"));
}

BOOST_AUTO_TEST_CASE(the_capital_of_a_sentence_is_not_the_names) {
    BOOST_TEST(names("Ёжик шуршит. Гвоздь на Арбате", "ёжик"));
    BOOST_TEST(names("Ёжик шуршит. Гвоздь на Арбате", "гвоздь"));
    BOOST_TEST(names("Ёжик шуршит. Гвоздь на Арбате", "Арбате"));
    BOOST_TEST(names("HAMMOCK", "hammock"));
    BOOST_TEST(names("Hammock for the iPad", "hammock"));
}

BOOST_AUTO_TEST_CASE(what_a_user_always_speaks_of_tells_less_than_what_is_new) {
    const std::string_view message = "the garden needs a hammock";
    const std::vector<std::string> stems = topic_stems(message);
    BOOST_REQUIRE(stems.size() >= 2U);
    TermCounts counts{.messages = 1000, .terms = {{.stem = "garden", .messages = 700}}};
    BOOST_TEST(names_in(message, counts) == std::vector<std::string>{"hammock"},
               boost::test_tools::per_element());
    counts.terms = {{.stem = "hammock", .messages = 700}};
    BOOST_TEST(names_in(message, counts) == std::vector<std::string>{"garden"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(there_are_at_most_three_and_their_scores_are_shares) {
    const auto topics =
        find_topics("apples, pears, plums, cherries and grapes from the market", {}, shipped_categories());
    BOOST_TEST(topics.size() == 3U);
    double sum = 0;
    for (const model::Topic& topic : topics) sum += topic.score;
    BOOST_TEST(sum > 0);
    BOOST_TEST(sum <= 1);
    BOOST_TEST(std::is_sorted(topics.begin(), topics.end(),
                              [](const auto& a, const auto& b) { return a.score > b.score; }));
}

BOOST_AUTO_TEST_CASE(where_no_category_is_likely_none_is_given) {
    BOOST_TEST(find_category("The number is 4417.", shipped_categories()) == "");
    BOOST_TEST(find_category("Rotate the lower triangle clockwise", shipped_categories()) == "");
}

BOOST_AUTO_TEST_CASE(another_subject_is_a_change) {
    BOOST_TEST(
        changes("How do I install Python on my laptop?", {"My dog has fleas, should I call the vet?"}));
    BOOST_TEST(changes("Нужен рецепт яблочного пирога", {"У меня завтра экзамен по математике"}));
    // The latest turns count, whatever was said between them.
    BOOST_TEST(changes("What's the forecast for Saturday, rain or snow?",
                       {"My dog has fleas, should I call the vet?", "ok, thanks"}));
}

BOOST_AUTO_TEST_CASE(going_on_greeting_or_leaning_back_is_none) {
    const std::string_view dog = "My dog has fleas, should I call the vet?";
    for (const std::string_view message :
         {"Hello!", "thanks a lot", "ok", "and what does it cost?", "Is the vet expensive?",
          "The puppy barks at night", "Does he need a new collar?", "спасибо", "а сколько это стоит?", ""})
        BOOST_TEST(!changes(message, {dog}), message);
    BOOST_TEST(!changes("How do I install Python on my laptop?", {}));
    BOOST_TEST(!changes("How do I install Python on my laptop?", {"Hello!", "ok"}));
    BOOST_TEST(!changes("А билеты дорогие?", {"Летим в Лиссабон, нужен отель"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::topics
