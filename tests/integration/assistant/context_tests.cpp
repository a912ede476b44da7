// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "arq/assistant/assistant.h"
#include "arq/context/summary.h"
#include "arq/context/tokens.h"
#include "arq/responder/embedded.h"
#include "support/store_fixture.h"

namespace arq::assistant {
namespace {

// Shows the prompt that it got last. Not instant, so it gets all that fits into one.
class ShowingResponder final : public responder::Responder {
public:
    bool is_instant() const override { return false; }
    model::Reply reply(const responder::Prompt& shown) override {
        prompt = shown;
        return {.text = "Noted, go on.", .responder = "showing"};
    }

    responder::Prompt prompt;
};

struct ContextFixture : tests::StoreFixture {
    TurnResult turn(const std::string& text, TurnRequest request) {
        request.text = text;
        request.message_id = "id-" + std::to_string(++turns);
        clock.advance(util::Milliseconds{60'000});
        return assistant.take_turn(request);
    }
    const context::Window& say(const std::string& text) {
        use = turn(text, {.user = user(1)}).answer.context;
        return responder.prompt.window;
    }
    static bool holds(const std::vector<std::string>& texts, std::string_view words) {
        return std::any_of(texts.begin(), texts.end(),
                           [&](const auto& text) { return text.find(words) != std::string::npos; });
    }
    // Turn after turn of about 40 tokens.
    void talk(int count) {
        for (int at = 0; at < count; ++at)
            say("I tell you about number " + std::to_string(at) +
                " of the many things that go through my head " +
                "on a long day in Omsk, and that is all that there is to say of it.");
    }

    int turns = 0;
    model::ContextUse use;
    ShowingResponder responder;
    Options options{.window_tokens = 600};
    Assistant assistant{files, responder, clock, options};
};

BOOST_FIXTURE_TEST_SUITE(context_tests, ContextFixture)

BOOST_AUTO_TEST_CASE(the_prompt_holds_the_latest_turns_and_the_message) {
    say("Hello there");
    const context::Window& window = say("I am going to Berlin");
    BOOST_TEST(window.message == "I am going to Berlin");
    BOOST_REQUIRE(window.turns.size() == 1U);
    BOOST_TEST(window.turns[0].message == "Hello there");
    BOOST_TEST(window.turns[0].reply == "Noted, go on.");
    BOOST_TEST(use.window_tokens == 600);
    BOOST_TEST(use.prompt_tokens == static_cast<int>(window.prompt_tokens));
    BOOST_TEST(use.turns_kept == 1);
    BOOST_TEST(use.turns_summarised == 0);
}

BOOST_AUTO_TEST_CASE(turns_that_leave_the_window_are_summarised) {
    say("My sister Anna decided to move to Kazan on 12 May.");
    talk(25);
    const context::Window& window = say("What else?");
    BOOST_TEST(holds(window.summary, "User: My sister Anna decided to move to Kazan on 12 May."));
    BOOST_TEST(window.prompt_tokens <= 600U);
    BOOST_TEST(use.turns_kept > 3);
    BOOST_TEST(use.turns_summarised > 3);
    BOOST_TEST(use.turns_kept + use.turns_summarised >= 26);
    const auto file = files.open(user(1));
    const auto stored = (*file)->find_summary((*file)->latest_session()->id);
    BOOST_REQUIRE(stored.has_value());
    BOOST_TEST(context::decode_summary(stored->text).value().last_message == stored->last_message);
}

BOOST_AUTO_TEST_CASE(every_turn_of_a_long_session_is_kept_or_summarised) {
    for (int at = 0; at < 30; ++at) {
        talk(1);
        BOOST_TEST(use.turns_kept + use.turns_summarised == at);
        BOOST_TEST(use.prompt_tokens <= 600);
    }
}

BOOST_AUTO_TEST_CASE(a_session_that_grew_long_without_a_window_is_summarised_bit_by_bit) {
    responder::EmbeddedResponder embedded;
    Assistant before{files, embedded, clock, options};
    for (int at = 0; at < 150; ++at)
        before.take_turn(
            {.user = user(1),
             .text = "My cousin number " + std::to_string(at) + " lives in Omsk, on the long street.",
             .message_id = "before-" + std::to_string(at)});
    say("And now?");
    BOOST_TEST(use.turns_kept + use.turns_summarised < 150);
    for (int at = 0; at < 3; ++at) say("Let us see");
    BOOST_TEST(use.turns_kept + use.turns_summarised == 153);
}

BOOST_AUTO_TEST_CASE(what_is_in_the_window_is_not_said_again_in_the_summary) {
    talk(12);
    BOOST_TEST(use.turns_summarised > 0);
    // All of it fits into the window of somebody who has more room.
    Assistant roomy{files, responder, clock, {.window_tokens = 4000}};
    const TurnResult result = roomy.take_turn({.user = user(1), .text = "Go on", .message_id = "roomy"});
    BOOST_TEST(responder.prompt.window.turns.size() == 12U);
    BOOST_TEST(responder.prompt.window.summary.empty());
    BOOST_TEST(result.answer.context.turns_kept == 12);
    BOOST_TEST(result.answer.context.turns_summarised == 0);
}

BOOST_AUTO_TEST_CASE(what_is_hidden_is_neither_in_the_window_nor_in_the_summary) {
    say("My secret plan for Anna is the zeppelin.");
    talk(25);
    BOOST_TEST(holds(say("And?").summary, "zeppelin"));
    say("The other secret of mine is the submarine.");
    {
        const auto file = files.open(user(1));
        store::UserFile::Transaction transaction{**file};
        for (const char* word : {"zeppelin", "submarin"})
            (*file)->hide_messages_with(util::StemSet{{word}}, {});
        transaction.commit();
    }
    const context::Window& window = say("And now?");
    BOOST_TEST(!holds(window.summary, "zeppelin"));
    for (const context::Turn& kept : window.turns)
        BOOST_TEST(kept.message.find("submarine") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_session_sees_its_own_turns_alone) {
    say("The first one");
    const TurnResult inside = turn("A secret", {.user = user(1), .new_session = true, .isolated = true});
    BOOST_TEST(responder.prompt.window.turns.empty());
    turn("More of it", {.user = user(1), .session_id = inside.answer.session_id});
    BOOST_REQUIRE(responder.prompt.window.turns.size() == 1U);
    BOOST_TEST(responder.prompt.window.turns[0].message == "A secret");
    const context::Window& outside = say("The second one");
    BOOST_REQUIRE(outside.turns.size() == 1U);
    BOOST_TEST(outside.turns[0].message == "The first one");
}

BOOST_AUTO_TEST_CASE(what_is_recalled_from_elsewhere_is_quoted_with_its_day) {
    say("Remember that the code of the gate is 4417");
    turn("Something new", {.user = user(1), .new_session = true});
    const context::Window& window = say("What is the code of the gate?");
    BOOST_TEST(holds(window.facts, "4417"));
}

BOOST_AUTO_TEST_CASE(instructions_and_what_is_known_of_the_user_go_in_whatever_is_asked) {
    say("Hello there");
    {
        const auto file = files.open(user(1));
        store::UserFile::Transaction transaction{**file};
        (*file)->add_memory({.text = "always answer briefly", .kind = model::MemoryKind::kInstruction});
        (*file)->add_memory({.text = "lives in Omsk", .kind = model::MemoryKind::kFact, .subject = "home"});
        (*file)->add_memory({.text = "lives in Perm",
                             .kind = model::MemoryKind::kFact,
                             .subject = "home",
                             .valid_to = clock.now()});
        transaction.commit();
    }
    const context::Window& window = say("Which way does the wind blow?");
    BOOST_TEST(holds(window.instructions, "always answer briefly"));
    BOOST_TEST(holds(window.facts, "lives in Omsk"));
    BOOST_TEST(!holds(window.facts, "lives in Perm"));
    turn("Which way does the wind blow?", {.user = user(1), .new_session = true, .isolated = true});
    BOOST_TEST(responder.prompt.window.instructions.empty());
    BOOST_TEST(responder.prompt.window.facts.empty());
}

BOOST_AUTO_TEST_CASE(what_is_known_of_what_is_asked_stands_once_among_the_facts) {
    say("I live in Omsk.");
    turn("Hello there", {.user = user(1), .new_session = true});
    const context::Window& window = say("Where do I live?");
    const auto of_omsk = [](const std::string& fact) { return fact.find("Omsk") != std::string::npos; };
    BOOST_TEST(std::count_if(window.facts.begin(), window.facts.end(), of_omsk) == 1);
}

BOOST_AUTO_TEST_CASE(what_a_message_has_forgotten_is_not_in_its_own_prompt) {
    say("Remember that my locker is the zeppelin one.");
    talk(25);
    BOOST_TEST(holds(say("And?").summary, "zeppelin"));
    const context::Window& window = say("Forget everything about the zeppelin");
    for (const auto* part : {&window.summary, &window.facts, &window.quotes})
        BOOST_TEST(!holds(*part, "zeppelin"));
    BOOST_TEST(!holds(say("And now?").summary, "zeppelin"));
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_the_window_keeps_its_ends) {
    say("Hello there");
    std::string text = "The beginning.";
    for (int at = 0; at < 3000; ++at) text += " and so on";
    const context::Window& window = say(text + ". The end?");
    BOOST_TEST(window.is_message_cut);
    BOOST_TEST(window.message.starts_with("The beginning."));
    BOOST_TEST(window.message.ends_with("The end?"));
    BOOST_TEST(use.prompt_tokens <= 600);
    BOOST_TEST(use.turns_kept == 0);
    BOOST_TEST(responder.prompt.message.ends_with("The end?"));  // the whole of it, for who has room
}

BOOST_AUTO_TEST_CASE(a_follow_up_is_looked_for_with_what_it_lacks) {
    say("Where does my sister live?");
    say("and my brother?");
    BOOST_TEST(responder.prompt.query == "Where does my brother live?");
    BOOST_TEST(responder.prompt.message == "and my brother?");
    say("what about tomorrow?");
    BOOST_TEST(responder.prompt.query == "Where does my brother live tomorrow?");
    say("I live in Omsk.");
    BOOST_TEST(responder.prompt.query == "I live in Omsk.");
}

BOOST_AUTO_TEST_CASE(a_follow_up_is_one_of_its_own_session) {
    say("Where does my sister live?");
    turn("and my brother?", {.user = user(1), .new_session = true});
    BOOST_TEST(responder.prompt.query == "and my brother?");
}

BOOST_AUTO_TEST_CASE(the_embedded_responder_answers_follow_ups_and_tells_what_it_drew_on) {
    responder::EmbeddedResponder embedded;
    Assistant plain{files, embedded, clock, options};
    const auto ask = [&](const std::string& text) {
        clock.advance(util::Milliseconds{60'000});
        return plain.take_turn({.user = user(1), .text = text, .message_id = "e-" + std::to_string(++turns)})
            .answer;
    };
    ask("Remember that the red car stands in the garage");
    ask("Remember that the blue bike stands in the cellar");
    ask("Remember that the blue bike is six years old");
    ask("Where does the red car stand?");
    const model::Answer answer = ask("and the blue bike?");
    BOOST_TEST(answer.reply.text.find("cellar") != std::string::npos, answer.reply.text);
    BOOST_TEST(answer.context.turns_kept == 1);
    BOOST_TEST(answer.context.turns_summarised == 0);
    BOOST_TEST(answer.context.prompt_tokens > 10);
    const model::Answer plain_answer = ask("I like tea.");
    BOOST_TEST(plain_answer.context.turns_kept == 0);
    BOOST_TEST(plain_answer.context.prompt_tokens ==
               static_cast<int>(context::estimate_tokens("I like tea.")));
    BOOST_TEST(plain_answer.context.window_tokens == 600);
}

BOOST_AUTO_TEST_CASE(an_answer_tells_the_topics_of_its_message_and_a_repetition_the_same) {
    const TurnRequest request{.user = user(1), .text = "My bicycle has a flat tire", .message_id = "once"};
    const TurnResult first = assistant.take_turn(request);
    BOOST_REQUIRE(!first.answer.topics.empty());
    const auto is_bicycle = [](const model::Topic& topic) { return topic.name == "bicycle"; };
    BOOST_TEST(std::any_of(first.answer.topics.begin(), first.answer.topics.end(), is_bicycle));
    const TurnResult again = assistant.take_turn(request);
    BOOST_REQUIRE(again.answer.topics.size() == first.answer.topics.size());
    BOOST_TEST(again.answer.topics[0].name == first.answer.topics[0].name);
    BOOST_TEST(again.answer.topics[0].category == first.answer.topics[0].category);
    BOOST_TEST(turn("ok, thanks", {.user = user(1)}).answer.topics.empty());
}

BOOST_AUTO_TEST_CASE(a_change_of_topic_is_noticed) {
    say("My dog needs to see the vet, it has been limping since Monday.");
    say("The dog eats well, though, and the cat is fine.");
    BOOST_TEST(!responder.prompt.changes_topic);
    say("Which train goes from Berlin to Munich, and is the ticket cheap?");
    BOOST_TEST(responder.prompt.changes_topic);
    say("and to Hamburg?");
    BOOST_TEST(!responder.prompt.changes_topic);
}

BOOST_AUTO_TEST_CASE(a_repetition_tells_the_same_context) {
    talk(20);
    const TurnRequest request{.user = user(1), .text = "And now?", .message_id = "once"};
    const TurnResult first = assistant.take_turn(request);
    const TurnResult again = assistant.take_turn(request);
    BOOST_TEST(again.replayed);
    BOOST_TEST(again.answer.context.prompt_tokens == first.answer.context.prompt_tokens);
    BOOST_TEST(again.answer.context.turns_kept == first.answer.context.turns_kept);
    BOOST_TEST(again.answer.context.turns_summarised == first.answer.context.turns_summarised);
    BOOST_TEST(first.answer.context.turns_summarised > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::assistant
