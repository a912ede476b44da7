// SPDX-License-Identifier: MIT
#include "arq/store/user_file.h"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/found_texts.h"
#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::has_code;
using tests::StoreFixture;

struct UserFileFixture : StoreFixture {
    model::Session new_session(bool isolated = false) { return file->create_session("title", isolated); }

    model::Message tell(const model::Session& session, const std::string& text) {
        clock.advance(util::Milliseconds{1000});
        const model::Message message = file->append_message(session.id, "id-" + std::to_string(++told), text);
        model::Reply reply{.text = "reply to " + text, .responder = "embedded"};
        file->append_reply(message, reply, {});
        return message;
    }

    std::vector<std::string> find(const std::vector<std::string>& stems, const Scope& scope = {}) {
        std::vector<std::string> texts;
        for (const util::Id id : tests::found_in(file->search_messages(util::StemSet{stems}, scope)))
            texts.push_back(file->find_message(id)->text);
        return texts;
    }

    std::vector<util::Id> find_memories(const std::string& stem, const Scope& scope = {}) {
        return tests::found_in(file->search_memories(util::StemSet{{stem}}, scope));
    }

    model::Memory change(model::Memory memory, const std::string& text,
                         std::optional<util::Id> message = std::nullopt) {
        memory.text = text;
        return file->change_memory(std::move(memory), message);
    }

    int told = 0;
    UserFiles::Lease file = files.open_or_create(user(1));
};

BOOST_FIXTURE_TEST_SUITE(user_file_tests, UserFileFixture)

BOOST_AUTO_TEST_CASE(a_message_and_its_reply_are_listed_in_order_with_the_same_message_id) {
    const model::Session session = new_session();
    tell(session, "first");
    tell(session, "second");
    const auto messages = file->list_messages(session, {}, 50);
    BOOST_REQUIRE(messages.size() == 4U);
    BOOST_TEST(messages[0].text == "first");
    BOOST_TEST(messages[1].text == "reply to first");
    BOOST_TEST((messages[1].role == model::Role::kAssistant));
    BOOST_TEST(messages[1].client_id == messages[0].client_id);
    BOOST_TEST(file->find_session(session.id)->message_count == 4);
}

BOOST_AUTO_TEST_CASE(a_sessions_id_is_smaller_than_its_messages_ids) {
    for (int i = 0; i < 50; ++i) {  // all in one millisecond: the ids differ by chance alone
        const model::Session session = new_session();
        const model::Message message = file->append_message(session.id, "same-" + std::to_string(i), "text");
        BOOST_TEST(message.id > session.id);
        BOOST_TEST(file->list_messages(session, {}, 50).size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_list_goes_on_behind_the_item_that_is_named) {
    const model::Session session = new_session();
    for (int i = 0; i < 5; ++i) tell(session, "message");
    const auto first = file->list_messages(session, {}, 4);
    const auto rest = file->list_messages(session, first.back().id, 50);
    BOOST_TEST(rest.size() == 6U);
    BOOST_TEST(rest.front().id > first.back().id);
}

BOOST_AUTO_TEST_CASE(messages_of_other_sessions_are_not_listed) {
    const model::Session one = new_session();
    const model::Session other = new_session();
    tell(one, "in one");
    const model::Message elsewhere = tell(other, "in the other");
    tell(one, "again in one");
    BOOST_TEST(file->list_messages(one, {}, 50).size() == 4U);
    BOOST_TEST(file->list_messages(other, {}, 50).size() == 2U);
    BOOST_CHECK_EXCEPTION(file->list_messages(one, elsewhere.id, 50), Error,
                          has_code(ErrorCode::kInvalidValue, "after"));
}

BOOST_AUTO_TEST_CASE(sessions_are_listed_by_when_they_were_last_talked_in) {
    const model::Session one = new_session();
    const model::Session two = new_session();
    tell(two, "a");
    tell(one, "b");
    const auto sessions = file->list_sessions({}, 50);
    BOOST_REQUIRE(sessions.size() == 2U);
    BOOST_TEST(sessions[0].id == one.id);
    BOOST_TEST(file->list_sessions(one.id, 50).front().id == two.id);
    BOOST_TEST(file->latest_session()->id == one.id);
    BOOST_CHECK_EXCEPTION(file->list_sessions(12345, 50), Error, has_code(ErrorCode::kInvalidValue, "after"));
}

BOOST_AUTO_TEST_CASE(an_isolated_session_is_never_the_latest) {
    const model::Session open = new_session();
    tell(open, "a");
    tell(new_session(true), "b");
    BOOST_TEST(file->latest_session()->id == open.id);
}

BOOST_AUTO_TEST_CASE(ids_grow_though_the_clock_is_set_back) {
    const model::Session session = new_session();
    const util::Id first = tell(session, "a").id;
    clock.advance(util::Milliseconds{-3600'000});
    BOOST_TEST(tell(session, "b").id > first);
    BOOST_TEST(file->list_messages(session, {}, 50).back().text == "reply to b");
}

BOOST_AUTO_TEST_CASE(what_is_not_committed_is_not_there) {
    const model::Session session = new_session();
    {
        const UserFile::Transaction transaction{*file};
        file->append_message(session.id, "lost", "lost");
    }
    BOOST_TEST(file->list_messages(session, {}, 50).empty());
    BOOST_TEST(file->find_session(session.id)->message_count == 0);
}

// Batches of index rows: with 1, 5 and 40 exchanges the newest are in none, one and several of them.
BOOST_DATA_TEST_CASE_F(UserFileFixture, every_message_is_found_whether_it_is_indexed_or_not,
                       boost::unit_test::data::make({1, 5, 40}), exchanges) {
    const model::Session session = new_session();
    for (int i = 0; i < exchanges; ++i) tell(session, "apples number" + std::to_string(i));
    BOOST_TEST(find({"appl"}).size() == static_cast<std::size_t>(exchanges));
    for (int i = 0; i < exchanges; ++i) BOOST_TEST(find({"number" + std::to_string(i)}).size() == 1U);
    BOOST_TEST(find({"pear"}).empty());
}

BOOST_AUTO_TEST_CASE(an_isolated_session_is_searched_from_inside_only) {
    const model::Session open = new_session();
    const model::Session isolated = new_session(true);
    for (int i = 0; i < 20; ++i) {  // some of them in the index, some not
        tell(open, "apples outside");
        tell(isolated, "apples inside");
    }
    for (const std::string& text : find({"appl"})) BOOST_TEST(text == "apples outside");
    BOOST_TEST(find({"appl"}).size() == 20U);
    const Scope inside{.isolated_session = isolated.id};
    for (const std::string& text : find({"appl"}, inside)) BOOST_TEST(text == "apples inside");
    BOOST_TEST(find({"appl"}, inside).size() == 20U);
}

BOOST_AUTO_TEST_CASE(a_memory_keeps_what_it_said_before_for_repeated_answers) {
    const model::Session session = new_session();
    const model::Message told = file->append_message(session.id, "one", "My name is Anna");
    const model::Memory anna =
        file->add_memory({.text = "My name is Anna", .kind = model::MemoryKind::kFact, .subject = "name"});
    model::Reply reply{.text = "hello Anna", .responder = "embedded"};
    file->append_reply(told, reply, {.added = {{.id = anna.id, .text = anna.text, .kind = anna.kind}}});

    const model::Message again = file->append_message(session.id, "two", "My name is Maria");
    const model::Memory maria = change(anna, "My name is Maria", again.id);
    file->append_reply(
        again, reply,
        {.changed = {{.id = maria.id, .text = maria.text, .previous = anna.text, .version = maria.version}}});

    const auto first = file->find_answer("one");
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(first->answer.memory.added.at(0).text == "My name is Anna");
    const auto second = file->find_answer("two");
    BOOST_TEST(second->answer.memory.changed.at(0).text == "My name is Maria");
    BOOST_TEST(second->answer.memory.changed.at(0).previous == "My name is Anna");
    BOOST_TEST(!file->find_answer("three").has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_memory_is_found_by_its_new_words_only) {
    const model::Memory memory = file->add_memory({.text = "I park at the station"});
    change(memory, "I park at the airport");
    BOOST_TEST(find_memories("station").empty());
    BOOST_TEST(find_memories("airport").size() == 1U);
}

BOOST_AUTO_TEST_CASE(memories_are_found_also_where_they_are_too_many_to_be_read_through) {
    const model::Memory parking = file->add_memory({.text = "I park at the station"});
    for (int i = 0; i < 200; ++i) file->add_memory({.text = "note " + std::to_string(i)});
    change(parking, "I park at the airport");
    BOOST_TEST(find_memories("station").empty());
    BOOST_TEST(find_memories("airport").at(0) == parking.id);
    BOOST_TEST(find_memories("note").size() == 200U);
}

BOOST_AUTO_TEST_CASE(what_was_said_is_found_whoever_stored_it_and_whatever_was_undone) {
    const model::Session session = new_session();
    tell(session, "a kiwi before");
    UserFiles elsewhere{users_folder(), options, 4, clock};
    {
        const auto other = elsewhere.open(user(1));
        (*other)->append_message(session.id, "there", "a kiwi from there");
    }
    tell(session, "a kiwi after");
    {
        UserFile::Transaction undone{*file};
        file->append_message(session.id, "undone", "a kiwi undone");
    }
    tell(session, "a kiwi last");
    const std::vector<std::string> expected{"a kiwi after", "a kiwi before", "a kiwi from there",
                                            "a kiwi last"};
    std::vector<std::string> found = find({"kiwi"});
    std::sort(found.begin(), found.end());
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    for (int i = 0; i < options.index_batch_messages; ++i) tell(session, "no fruit");
    found = find({"kiwi"});
    std::sort(found.begin(), found.end());
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    file->delete_session(session.id);
    BOOST_TEST(find({"kiwi"}).empty());
}

BOOST_AUTO_TEST_CASE(memories_of_an_isolated_session_are_seen_in_it_alone) {
    const model::Session isolated = new_session(true);
    const Scope inside{.isolated_session = isolated.id};
    file->add_memory({.text = "my code is 12", .subject = "code", .session_id = isolated.id});
    file->add_memory({.text = "my code is 99", .subject = "code"});
    BOOST_TEST(file->find_memory(find_memories("code").at(0))->text == "my code is 99");
    BOOST_TEST(file->find_memory(find_memories("code", inside).at(0))->text == "my code is 12");
    BOOST_TEST(find_memories("code", inside).size() == 1U);
    BOOST_TEST(file->find_memory_by_subject("code", inside)->text == "my code is 12");
    BOOST_TEST(file->find_memory_by_subject("code", {})->text == "my code is 99");
    BOOST_TEST(!file->find_memory_by_text("my code is 12", {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
