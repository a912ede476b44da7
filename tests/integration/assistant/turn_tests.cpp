// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "arq/assistant/assistant.h"
#include "arq/responder/embedded.h"
#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::assistant {
namespace {

using tests::has_code;

struct AssistantFixture : tests::StoreFixture {
    TurnResult turn(const std::string& text, TurnRequest request) {
        request.text = text;
        if (request.message_id.empty()) request.message_id = "id-" + std::to_string(++turns);
        clock.advance(util::Milliseconds{60'000});
        return assistant.take_turn(request);
    }
    std::string say(const std::string& text) { return turn(text, {.user = user(1)}).answer.reply.text; }

    int turns = 0;
    responder::EmbeddedResponder responder;
    Assistant assistant{files, responder, clock, {}};
};

BOOST_FIXTURE_TEST_SUITE(turn_tests, AssistantFixture)

BOOST_AUTO_TEST_CASE(a_name_is_kept_and_answered_from) {
    BOOST_TEST(say("My name is Anna") == "Nice to meet you, Anna. I will remember your name.");
    BOOST_TEST(say("What is my name?") == "Your name is Anna.");
    BOOST_TEST(say("Как меня зовут?") == "Вас зовут Anna.");
}

BOOST_AUTO_TEST_CASE(a_new_name_takes_the_place_of_the_old_one) {
    say("My name is Anna");
    const TurnResult changed = turn("My name is Maria", {.user = user(1)});
    BOOST_REQUIRE(changed.answer.memory.changed.size() == 1U);
    BOOST_TEST(changed.answer.memory.changed[0].previous == "My name is Anna");
    BOOST_TEST(say("What is my name?") == "Your name is Maria.");
    BOOST_TEST(turn("My name is Maria", {.user = user(1)}).answer.memory.changed.empty());
}

BOOST_AUTO_TEST_CASE(what_was_to_be_remembered_is_quoted_with_its_date) {
    const TurnResult told = turn("Remember that my order number is 4417", {.user = user(1)});
    BOOST_TEST(told.answer.memory.added.at(0).text == "my order number is 4417");
    BOOST_TEST(say("What's the number of my order?") ==
               "On 24 November 2026 you said: “my order number is 4417”");
}

BOOST_AUTO_TEST_CASE(what_was_said_in_passing_is_found_by_other_forms_of_its_words) {
    say("У меня аллергия на орехи");
    for (int i = 0; i < 20; ++i) say("Сообщение о погоде " + std::to_string(i));
    BOOST_TEST(say("На что у меня аллергия?") == "24 ноября 2026 г. вы писали: «У меня аллергия на орехи»");
    BOOST_TEST(say("Есть ли у меня аллергии на орех?").find("орехи") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_does_not_invent) {
    say("I like tea");
    BOOST_TEST(say("What is the capital of France?").starts_with("I don't know that yet."));
}

BOOST_AUTO_TEST_CASE(the_date_is_that_of_the_callers_time_zone) {
    clock.advance(std::chrono::hours{16});  // 22:01 UTC
    say("Remember that the code is 12");
    const TurnResult asked = turn("What is the code?", {.user = user(1), .time_zone = "Europe/Moscow"});
    BOOST_TEST(asked.answer.reply.text == "On 25 November 2026 you said: “the code is 12”");
}

BOOST_AUTO_TEST_CASE(a_repeated_message_id_returns_the_stored_answer) {
    const TurnRequest request{.user = user(1), .message_id = "once"};
    const TurnResult first = turn("My name is Anna", request);
    turn("My name is Maria", {.user = user(1)});
    const TurnResult again = turn("My name is Anna", request);
    BOOST_TEST(again.replayed);
    BOOST_TEST(again.answer.reply.id == first.answer.reply.id);
    BOOST_TEST(again.answer.reply.text == first.answer.reply.text);
    BOOST_TEST(again.answer.memory.added.at(0).text == "My name is Anna");
    BOOST_TEST(say("What is my name?") == "Your name is Maria.");
    BOOST_CHECK_EXCEPTION(turn("My name is Olga", request), Error,
                          has_code(ErrorCode::kMessageIdReused, "message_id"));
}

BOOST_AUTO_TEST_CASE(the_same_message_id_of_another_user_is_another_message) {
    turn("My name is Anna", {.user = user(1), .message_id = "same"});
    const TurnResult other = turn("My name is Bob", {.user = user(2), .message_id = "same"});
    BOOST_TEST(!other.replayed);
    BOOST_TEST(other.answer.reply.text == "Nice to meet you, Bob. I will remember your name.");
}

BOOST_AUTO_TEST_CASE(one_user_hears_nothing_of_another) {
    say("Remember that my code is 12");
    const TurnResult other = turn("What is my code?", {.user = user(2)});
    BOOST_TEST(other.answer.reply.text.starts_with("I don't know that yet."));
}

BOOST_AUTO_TEST_CASE(an_isolated_session_and_the_others_hear_nothing_of_each_other) {
    say("Remember that my code is 12");
    const TurnResult inside =
        turn("Remember that my secret is blue", {.user = user(1), .new_session = true, .isolated = true});
    const TurnRequest again{.user = user(1), .session_id = inside.answer.session_id};
    BOOST_TEST(turn("What is my code?", again).answer.reply.text.starts_with("I don't know"));
    BOOST_TEST(turn("What is my secret?", again).answer.reply.text.find("blue") != std::string::npos);
    BOOST_TEST(say("What is my secret?").starts_with("I don't know"));
    BOOST_TEST(say("What is my code?").find("12") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_session_the_talk_goes_on_in_the_last_one) {
    const util::Id first = turn("hello", {.user = user(1)}).answer.session_id;
    BOOST_TEST(turn("hello again", {.user = user(1)}).answer.session_id == first);
    const util::Id second = turn("something new", {.user = user(1), .new_session = true}).answer.session_id;
    BOOST_TEST(second != first);
    BOOST_TEST(turn("and on", {.user = user(1)}).answer.session_id == second);
    BOOST_TEST(turn("back", {.user = user(1), .session_id = first}).answer.session_id == first);
}

BOOST_AUTO_TEST_CASE(an_unknown_session_stores_nothing_and_makes_no_file) {
    BOOST_CHECK_EXCEPTION(turn("hello", {.user = user(1), .session_id = 4711}), Error,
                          has_code(ErrorCode::kSessionNotFound, "session_id"));
    BOOST_TEST(!files.open(user(1)).has_value());
    say("hello");
    BOOST_CHECK_EXCEPTION(turn("hello", {.user = user(1), .session_id = 4711}), Error,
                          has_code(ErrorCode::kSessionNotFound, "session_id"));
    BOOST_TEST((*files.open(user(1)))->list_sessions({}, 9).at(0).message_count == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::assistant
