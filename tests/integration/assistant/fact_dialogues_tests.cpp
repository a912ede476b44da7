// SPDX-License-Identifier: MIT
//
// The hand-written dialogues, end to end through the store; and what is said of facts.
#include <boost/test/unit_test.hpp>

#include "arq/assistant/assistant.h"
#include "arq/responder/embedded.h"
#include "support/fact_dialogues.h"
#include "support/store_fixture.h"

namespace arq::tests {
namespace {

struct FactFixture : StoreFixture {
    assistant::TurnResult turn(const std::string& text) {
        clock.advance(util::Milliseconds{60'000});
        return assistant.take_turn(
            {.user = user(1), .text = text, .message_id = "id-" + std::to_string(++turns)});
    }
    std::string say(const std::string& text) { return turn(text).answer.reply.text; }

    int turns = 0;
    responder::EmbeddedResponder responder;
    assistant::Assistant assistant{files, responder, clock, {}};
};

BOOST_FIXTURE_TEST_SUITE(fact_dialogues_tests, FactFixture)

BOOST_AUTO_TEST_CASE(at_their_end_memory_holds_what_it_should_as_often_as_before) {
    std::size_t claims[2] = {0, 0};
    std::size_t kept[2] = {0, 0};
    for (const GoldDialogue& gold : read_gold_dialogues("tests/data/memory/dialogues.jsonl")) {
        const DialogueScore score = judge_dialogue(gold);
        claims[gold.is_held ? 1 : 0] += score.claims;
        kept[gold.is_held ? 1 : 0] += score.kept;
    }
    BOOST_TEST(static_cast<double>(kept[0]) >= 0.80 * static_cast<double>(claims[0]));
    BOOST_TEST(static_cast<double>(kept[1]) >= 0.64 * static_cast<double>(claims[1]));
}

BOOST_AUTO_TEST_CASE(where_somebody_lives_and_lived_is_answered) {
    say("I live in Leeds");
    BOOST_TEST(say("where do I live?") == "You live in Leeds.");
    BOOST_TEST(say("I moved to Bonn") == "I have noted the change: I moved to Bonn");
    BOOST_TEST(say("Where do I live?") == "You live in Bonn.");
    BOOST_TEST(say("Where did I live before?") == "You lived in Leeds before.");
}

BOOST_AUTO_TEST_CASE(facts_are_answered_from_in_russian) {
    say("у меня собака Найда");
    BOOST_TEST(say("как зовут мою собаку?") == "24 ноября 2026 г. вы писали: «у меня собака Найда»");
    BOOST_TEST(say("где я живу?").starts_with("Этого я пока не знаю."));
}

BOOST_AUTO_TEST_CASE(an_appointment_is_told_by_how_far_away_it_is) {
    say("I have a dentist appointment on Friday at 3 pm");
    BOOST_TEST(say("When is my dentist appointment?").starts_with("Your dentist appointment: "));
}

BOOST_AUTO_TEST_CASE(what_is_to_be_forgotten_is_gone_from_facts_messages_and_disk) {
    say("my dog's name is Zyklopus");
    const auto forgot = turn("forget everything about Zyklopus");
    BOOST_TEST(forgot.answer.reply.text == "I have forgotten it.");
    BOOST_TEST(forgot.answer.memory.forgotten.size() == 1U);
    BOOST_TEST(forgot.answer.memory.used.empty());
    BOOST_TEST(say("What's my dog called?").find("Zyklopus") == std::string::npos);
    BOOST_TEST(say("Zyklopus?").find("Zyklopus") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_correction_is_of_what_was_said_last) {
    say("I'm 34");
    const auto corrected = turn("no wait, 35");
    BOOST_REQUIRE(corrected.answer.memory.changed.size() == 1U);
    BOOST_TEST(say("how old am I?") == "You are 35.");
}

BOOST_AUTO_TEST_CASE(an_isolated_sessions_facts_stay_in_it) {
    const auto inside = assistant.take_turn({.user = user(1),
                                             .text = "I live in Leeds",
                                             .message_id = "inside",
                                             .new_session = true,
                                             .isolated = true});
    BOOST_TEST(inside.answer.memory.added.size() == 1U);
    BOOST_TEST(say("where do I live?").starts_with("I don't know that yet."));
    BOOST_TEST(assistant
                   .take_turn({.user = user(1),
                               .text = "where do I live?",
                               .message_id = "again",
                               .session_id = inside.answer.session_id})
                   .answer.reply.text == "You live in Leeds.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::tests
