// SPDX-License-Identifier: MIT
#include "arq/context/summary.h"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "arq/util/text.h"

namespace arq::context {
namespace {

namespace data = boost::unit_test::data;

// A talk whose messages come in turn from the user and the assistant.
std::vector<model::Message> talk(const std::vector<std::string>& texts) {
    std::vector<model::Message> messages;
    for (const std::string& text : texts)
        messages.push_back({.id = static_cast<util::Id>(messages.size() + 1) * 10,
                            .session_id = 1,
                            .role = messages.size() % 2 == 0 ? model::Role::kUser : model::Role::kAssistant,
                            .text = text});
    return messages;
}

bool holds(const Summary& summary, std::string_view words) {
    return std::any_of(summary.sentences.begin(), summary.sentences.end(),
                       [&](const auto& sentence) { return sentence.text.find(words) != std::string::npos; });
}

std::size_t tokens_of(const Summary& summary) {
    std::size_t tokens = 0;
    for (const SummarySentence& sentence : summary.sentences) tokens += context::tokens_of(sentence);
    return tokens;
}

const std::vector<std::string> kTalk{
    "Hi there! My sister Anna lives in Omsk.",
    "Nice.",
    "We decided to go to Berlin on 12 May. The weather is fine today.",
    "Berlin is lovely in spring.",
    "What does the train from Omsk cost?",
    "I don't know that.",
    "Запомни, что билет нужен до пятницы. Спасибо большое!",
    "Запомню.",
    "ok",
    "Good.",
};

BOOST_AUTO_TEST_SUITE(summary_tests)

BOOST_AUTO_TEST_CASE(facts_decisions_names_dates_and_open_questions_stay) {
    const Summary summary = fold({}, talk(kTalk));
    for (const char* words : {"My sister Anna lives in Omsk.", "decided to go to Berlin on 12 May.",
                              "What does the train", "Запомни, что билет нужен до пятницы."})
        BOOST_TEST(holds(summary, words), words);
    for (const char* words : {"Hi there", "Nice.", "Спасибо", "ok", "Good."})
        BOOST_TEST(!holds(summary, words), words);
}

BOOST_AUTO_TEST_CASE(it_states_the_span_that_it_covers) {
    const Summary summary = fold({}, talk(kTalk));
    BOOST_TEST(summary.first_message == 10);
    BOOST_TEST(summary.last_message == 100);
    BOOST_TEST(summary.turns == 5);
    BOOST_TEST(fold({}, {}).last_message == 0);
}

BOOST_AUTO_TEST_CASE(folding_one_by_one_gives_what_folding_at_once_does) {
    const std::vector<model::Message> messages = talk(kTalk);
    const SummaryLimits tight{.tokens = 60};
    Summary stepwise;
    for (const model::Message& message : messages)
        stepwise = *decode_summary(encode_summary(fold(std::move(stepwise), {&message, 1}, tight)));
    BOOST_TEST((stepwise == fold({}, messages, tight)));
}

BOOST_AUTO_TEST_CASE(what_was_folded_already_is_passed_over) {
    const std::vector<model::Message> messages = talk(kTalk);
    const Summary once = fold({}, messages);
    BOOST_TEST((fold(once, messages) == once));
}

BOOST_AUTO_TEST_CASE(a_question_is_open_until_it_is_answered) {
    const auto is_open = [](const std::vector<std::string>& texts) {
        const Summary summary = fold({}, talk(texts));
        BOOST_REQUIRE(!summary.sentences.empty());
        return summary.sentences[0].is_open;
    };
    BOOST_TEST(is_open({"When does the shop in Tomsk open?"}));
    BOOST_TEST(is_open({"When does the shop in Tomsk open?", "I don't know that yet."}));
    BOOST_TEST(is_open({"Когда открывается магазин в Томске?", "Этого я пока не знаю."}));
    BOOST_TEST(!is_open({"When does the shop in Tomsk open?", "At nine in the morning."}));
}

BOOST_AUTO_TEST_CASE(an_answered_question_gives_way_first) {
    const std::string question = "When does the shop in Tomsk open?";
    const auto worth = [&](const std::string& reply) {
        return fold({}, talk({question, reply})).sentences.at(0).worth;
    };
    BOOST_TEST(worth("At nine.") < worth("I don't know."));
}

BOOST_AUTO_TEST_CASE(what_is_said_again_stands_once_where_it_was_said_last) {
    const Summary summary =
        fold({}, talk({"My sister Anna lives in Omsk.", "Yes.", "My sister Anna lives in Omsk!"}));
    BOOST_REQUIRE(summary.sentences.size() == 1U);
    BOOST_TEST(summary.sentences[0].message == 30);
}

BOOST_AUTO_TEST_CASE(code_and_quoted_lines_are_not_what_the_user_says) {
    const Summary summary =
        fold({}, talk({"> My dog Rex is 7\n```\nI decided 12 May in Berlin\n```\nWe agreed on "
                       "the plan of Maria."}));
    BOOST_REQUIRE(summary.sentences.size() == 1U);
    BOOST_TEST(summary.sentences[0].text == "We agreed on the plan of Maria.");
}

BOOST_AUTO_TEST_CASE(sentences_of_a_forgotten_message_go_and_the_span_stays) {
    const Summary summary = fold({}, talk(kTalk));
    const std::vector<util::Id> forgotten{10};
    const Summary rest = without_messages(summary, forgotten);
    BOOST_TEST(!holds(rest, "Anna"));
    BOOST_TEST(holds(rest, "Berlin"));
    BOOST_TEST(rest.first_message == 10);
    BOOST_TEST(encode_summary(rest).find("Anna") == std::string::npos);
}

// Sentences of words in both languages; some are of no worth, some too long.
std::string random_text(std::mt19937& random) {
    static const std::vector<std::string> kWords{
        "I",   "my",   "Anna",   "Berlin", "12",      "decided", "ok",    "remember", "tomorrow", "train",
        "мне", "Пётр", "Казань", "решили", "запомни", "завтра",  "билет", "«да»",     "☂️",   "it's"};
    static const std::vector<std::string> kEnds{". ", "! ", "? ", "… ", "\n", " "};
    std::string text;
    for (auto count = random() % 40; count > 0; --count) {
        text += kWords[random() % kWords.size()];
        text += random() % 5 == 0 ? kEnds[random() % kEnds.size()] : " ";
    }
    return std::string{util::trim(text)};
}

BOOST_AUTO_TEST_CASE(it_is_bounded_ordered_and_quotes_whole_sentences_whatever_is_said) {
    std::mt19937 random{20261124};
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> texts;
        for (auto count = random() % 30; count > 0; --count) texts.push_back(random_text(random));
        const std::vector<model::Message> messages = talk(texts);
        const SummaryLimits limits{.tokens = 10 + random() % 200, .sentence_bytes = 20 + random() % 200};
        const std::size_t cut = messages.empty() ? 0 : random() % messages.size();
        const std::span<const model::Message> all{messages};
        const Summary summary = fold(fold({}, all.first(cut), limits), all.subspan(cut), limits);
        BOOST_TEST((summary == fold({}, all, limits)));
        BOOST_TEST(tokens_of(summary) <= limits.tokens);
        BOOST_TEST(summary.turns == static_cast<int>((messages.size() + 1) / 2));
        BOOST_TEST((decode_summary(encode_summary(summary)) == summary));
        BOOST_TEST(std::is_sorted(summary.sentences.begin(), summary.sentences.end(),
                                  [](const auto& a, const auto& b) { return a.message < b.message; }));
        for (const SummarySentence& sentence : summary.sentences) {
            BOOST_TEST(util::is_valid_utf8(sentence.text));
            BOOST_TEST(sentence.text.size() <= limits.sentence_bytes);
            BOOST_TEST(sentence.worth > 0);
            BOOST_TEST(sentence.text.find('\n') == std::string::npos);
        }
    }
}

BOOST_DATA_TEST_CASE(what_is_no_summary_is_not_read_as_one,
                     data::make({"", "summary", "summary 2 1 2 3\n", "summary 1 x\n"})) {
    BOOST_TEST(!decode_summary(sample).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_taken_out_of_the_stored_form_is_gone_and_the_rest_stays) {
    std::string stored = encode_summary(fold({}, talk(kTalk)));
    const std::size_t line = stored.find("My sister");
    stored.erase(line, stored.find('\n', line) + 1 - line);
    stored.erase(stored.find("We decided"), 4);
    stored += "half a line\nand\t10 7 100 0\n";
    const auto rest = decode_summary(stored);
    BOOST_REQUIRE(rest.has_value());
    BOOST_TEST(!holds(*rest, "Anna"));
    BOOST_TEST(holds(*rest, "ecided to go to Berlin"));
    BOOST_TEST(!holds(*rest, "half"));
    BOOST_TEST(rest->last_message == 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::context
