// SPDX-License-Identifier: MIT
//
// What is kept of a user whose limits are small.
#include <boost/test/unit_test.hpp>

#include "arq/assistant/assistant.h"
#include "arq/responder/embedded.h"
#include "support/store_fixture.h"

namespace arq::assistant {
namespace {

struct LimitFixture : tests::StoreFixture {
    TurnResult say(Assistant& to, const std::string& text, const std::string& id) {
        clock.advance(util::Milliseconds{60'000});
        return to.take_turn({.user = user(1), .text = text, .message_id = id});
    }
    static Options with(std::int64_t max_messages, std::int64_t max_bytes) {
        Options options;
        options.max_messages = max_messages;
        options.max_bytes = max_bytes;
        return options;
    }
    store::UserFile::Usage usage() { return (*files.open(user(1)))->measure_usage(); }

    responder::EmbeddedResponder responder;
};

BOOST_FIXTURE_TEST_SUITE(limit_tests, LimitFixture)

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_oldest_plain_turns_are_folded_and_what_was_taught_stays) {
    Assistant assistant{files, responder, clock, with(20, 1 << 30)};
    say(assistant, "My name is Anna", "name");
    for (int i = 0; i < 40; ++i) {
        say(assistant, "On Monday we decided to sail the boat number" + std::to_string(i) + ".",
            "plain-" + std::to_string(i));
        BOOST_TEST(usage().messages <= 20);
    }
    const auto file = files.open(user(1));
    const auto sessions = (*file)->list_sessions({}, 9);
    BOOST_REQUIRE(sessions.size() == 1U);
    BOOST_TEST(sessions[0].message_count == 20);
    BOOST_TEST((*file)->list_messages(sessions[0], {}, 50).size() == 20U);
    const auto memory = (*file)->find_memory_by_subject("name", {});
    BOOST_REQUIRE(memory.has_value());
    BOOST_TEST((*file)->find_message(memory->source_message.value())->text == "My name is Anna");
    const auto summary = (*file)->find_summary(sessions[0].id);
    BOOST_REQUIRE(summary.has_value());
    BOOST_TEST(summary->turns == 31);
    BOOST_TEST(summary->text.find("decided to sail") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_the_memory_is_full_the_answer_says_that_nothing_more_is_kept) {
    Options options;
    options.max_memories = 2;
    Assistant assistant{files, responder, clock, options};
    say(assistant, "My name is Anna", "one");
    say(assistant, "Remember that the gate is cobalt", "two");
    const TurnResult refused = say(assistant, "Remember that the lamp is green", "three");
    BOOST_TEST(refused.answer.memory.added.empty());
    BOOST_TEST(refused.answer.reply.text.find("memory is full") != std::string::npos);
    BOOST_TEST(refused.answer.reply.text.find("the lamp is green") != std::string::npos);
    // What is there may change.
    BOOST_TEST(say(assistant, "My name is Maria", "four").answer.memory.changed.size() == 1U);
    BOOST_TEST((*files.open(user(1)))->count_memories() == 2);
}

BOOST_AUTO_TEST_CASE(what_stays_is_told_again_and_what_went_is_a_new_message) {
    Assistant assistant{files, responder, clock, with(20, 1 << 30)};
    for (int i = 0; i < 30; ++i)
        say(assistant, "boat number" + std::to_string(i), "plain-" + std::to_string(i));
    BOOST_TEST(say(assistant, "boat number29", "plain-29").replayed);
    BOOST_TEST(!say(assistant, "boat number0", "plain-0").replayed);
    BOOST_TEST(usage().messages <= 20);
}

BOOST_AUTO_TEST_CASE(a_file_beyond_its_size_loses_its_oldest_turns_few_at_a_time) {
    Assistant free{files, responder, clock, with(100'000, 1 << 30)};
    const std::string text(500, 'a');
    for (int i = 0; i < 150; ++i)
        say(free, "boat number" + std::to_string(i) + " " + text, "plain-" + std::to_string(i));
    const store::UserFile::Usage before = usage();
    BOOST_TEST(before.messages == 300);
    Assistant limited{files, responder, clock, with(100'000, before.bytes / 2)};
    std::int64_t messages = before.messages;
    for (int i = 0; i < 40; ++i) {
        say(limited, "next " + std::to_string(i), "next-" + std::to_string(i));
        const std::int64_t now = usage().messages;
        BOOST_TEST(now >= messages + 2 - 16);
        messages = now;
    }
    BOOST_TEST(usage().bytes <= before.bytes / 2);
    BOOST_TEST(usage().messages >= 60);
}

BOOST_AUTO_TEST_CASE(a_hidden_message_leaves_no_word_in_the_summary) {
    Assistant assistant{files, responder, clock, with(20, 1 << 30)};
    say(assistant, "We decided to paint the gate cobalt.", "hidden");
    {
        const auto file = files.open(user(1));
        store::UserFile::Transaction transaction{**file};
        (*file)->hide_message((*file)->find_message("hidden")->id);
        transaction.commit();
        (*file)->scrub_if_due();
    }
    for (int i = 0; i < 30; ++i)
        say(assistant, "We decided to sail number" + std::to_string(i) + ".", "plain-" + std::to_string(i));
    const auto file = files.open(user(1));
    BOOST_TEST(!(*file)->find_message("hidden").has_value());
    const auto summary = (*file)->find_summary((*file)->list_sessions({}, 1)[0].id);
    BOOST_TEST(summary->text.find("cobalt") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::assistant
