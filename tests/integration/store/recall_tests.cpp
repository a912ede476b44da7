// SPDX-License-Identifier: MIT
//
// The index of what was said (schema step 6), through blocks, directory and what waits for them.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "store/recall_index.h"
#include "store/sqlite.h"
#include "support/found_texts.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

struct RecallFixture : tests::StoreFixture {
    model::Message tell(const model::Session& session, const std::string& text,
                        const std::string& answer = "noted") {
        clock.advance(util::Milliseconds{1000});
        const model::Message message = file->append_message(session.id, "id-" + std::to_string(++told), text);
        model::Reply reply{.text = answer, .responder = "embedded"};
        file->append_reply(message, reply, {});
        return message;
    }
    // As many exchanges as blocks hold, in one transaction.
    void tell_blocks(const model::Session& session, int blocks) {
        UserFile::Transaction transaction{*file};
        for (int at = 0; at < blocks * static_cast<int>(kMostInBlock); ++at)
            tell(session, "tea number " + std::to_string(at));
        transaction.commit();
    }
    std::vector<std::string> find(const std::string& stem, const Scope& scope = {}) {
        std::vector<std::string> texts;
        for (const util::Id id : tests::found_in(file->search_messages(util::StemSet{{stem}}, scope)))
            if (const auto message = file->find_said(id, model::Role::kUser)) texts.push_back(message->text);
        return texts;
    }
    std::size_t answers_with(const std::string& stem) {
        return tests::found_in(file->search_messages(util::StemSet{{stem}}, {}), true).size();
    }
    std::int64_t ask(const char* sql) {
        Connection connection{path_of(user(1)), Connection::Mode::kExisting};
        Query query{connection, sql};
        return query.next() ? query.integer(0) : -1;
    }
    void run(const std::string& sql) {
        Connection{path_of(user(1)), Connection::Mode::kExisting}.execute_script(sql.c_str());
    }
    int told = 0;
    UserFiles::Lease file = files.open_or_create(user(1));
};

constexpr const char* kCountBlocks = "SELECT count(*) FROM recall_blocks WHERE kind = 0";
constexpr const char* kCountStale =
    "SELECT count(*) FROM recall_blocks WHERE kind < 2 AND length(content) = 0";

BOOST_FIXTURE_TEST_SUITE(recall_tests, RecallFixture)

BOOST_AUTO_TEST_CASE(both_roles_are_found_wherever_they_stand) {
    const model::Session session = file->create_session("title", false);
    for (int at = 0; at < 3 * options.index_batch_messages; ++at) {
        tell(session, "a kiwi" + std::to_string(at), "a plum" + std::to_string(at));
        for (int before = 0; before <= at; before += 7) {
            BOOST_TEST(find("kiwi" + std::to_string(before)).size() == 1U);
            BOOST_TEST(answers_with("plum" + std::to_string(before)) == 1U);
        }
    }
    BOOST_TEST(find("plum0").empty());
    BOOST_TEST(ask(kCountBlocks) == 1);  // filled up as it comes, not one for each batch
}

BOOST_AUTO_TEST_CASE(what_is_very_old_is_found_by_a_rare_word_and_the_work_is_bounded) {
    const model::Session session = file->create_session("title", false);
    tell(session, "the zanzibar parcel");
    tell_blocks(session, 60);
    BOOST_TEST(find("zanzibar") == std::vector<std::string>{"the zanzibar parcel"},
               boost::test_tools::per_element());
    BOOST_TEST(ask("SELECT count(*) FROM recall_blocks WHERE kind = 2") == 1);
    BOOST_TEST(file->search_messages(util::StemSet{{"tea", "zanzibar"}}, {}).size() <= 24U);
    {
        UserFile::Transaction transaction{*file};
        file->delete_session(session.id);
        transaction.commit();
    }
    BOOST_TEST(find("zanzibar").empty());
    BOOST_TEST(find("tea").empty());
    BOOST_TEST(ask(kCountBlocks) == 0);
    BOOST_TEST(ask("SELECT count(*) FROM recall_directory_idx") <= 1);
}

BOOST_AUTO_TEST_CASE(an_isolated_session_is_searched_from_inside_only) {
    const model::Session open = file->create_session("open", false);
    const model::Session isolated = file->create_session("isolated", true);
    const model::Session second = file->create_session("isolated too", true);
    for (int at = 0; at < 300; ++at) {
        tell(open, "apples outside");
        tell(isolated, "apples inside");
    }
    tell(second, "apples elsewhere");
    for (const std::string& text : find("appl")) BOOST_TEST(text == "apples outside");
    BOOST_TEST(find("appl").size() == 300U);
    for (const std::string& text : find("appl", {.isolated_session = isolated.id}))
        BOOST_TEST(text == "apples inside");
    BOOST_TEST(find("appl", {.isolated_session = isolated.id}).size() == 300U);
    BOOST_TEST(find("appl", {.isolated_session = second.id}).size() == 1U);
    // The same from a connection that has stored nothing itself.
    UserFiles elsewhere{users_folder(), options, 4, clock};
    const auto other = elsewhere.open(user(1));
    const util::StemSet wanted{{"appl"}};
    BOOST_TEST(tests::found_in((*other)->search_messages(wanted, {})).size() == 300U);
    BOOST_TEST(tests::found_in((*other)->search_messages(wanted, {.isolated_session = second.id})).size() ==
               1U);
}

BOOST_AUTO_TEST_CASE(a_directory_of_an_isolated_session_is_its_own) {
    const model::Session open = file->create_session("open", false);
    const model::Session isolated = file->create_session("isolated", true);
    tell(isolated, "the zanzibar parcel");
    tell_blocks(isolated, 30);
    tell_blocks(open, 30);
    BOOST_TEST(find("zanzibar").empty());
    BOOST_TEST(find("zanzibar", {.isolated_session = isolated.id}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_hidden_never_comes_back) {
    const model::Session session = file->create_session("title", false);
    const model::Message secret = tell(session, "the zanzibar parcel", "zanzibar, I see");
    tell_blocks(session, 2);
    BOOST_TEST(find("zanzibar").size() == 1U);
    BOOST_TEST(answers_with("zanzibar") == 1U);
    // By somebody else, who knows nothing of the index.
    run("UPDATE messages SET hidden = 1 WHERE id = " + std::to_string(secret.id));
    BOOST_TEST(ask(kCountStale) == 1);
    BOOST_TEST(find("zanzibar").empty());
    BOOST_TEST(answers_with("zanzibar") == 0U);
    BOOST_TEST(find("tea").size() == 2 * kMostInBlock);
    BOOST_TEST(!file->find_said(secret.id, model::Role::kUser));
    {
        // What a search within a transaction made anew is written down.
        UserFile::Transaction transaction{*file};
        BOOST_TEST(find("zanzibar").empty());
        transaction.commit();
    }
    BOOST_TEST(ask(kCountStale) == 0);
    BOOST_TEST(find("zanzibar").empty());
    Connection connection{path_of(user(1)), Connection::Mode::kExisting};
    Query blocks{connection, "SELECT content FROM recall_blocks WHERE kind = 0"};
    while (blocks.next()) {
        const std::vector<std::uint32_t> stems = stems_of_block(blocks.view(0));
        BOOST_TEST(std::count(stems.begin(), stems.end(), number_of("zanzibar")) == 0);
        BOOST_TEST(std::count(stems.begin(), stems.end(), number_of("tea")) == 1);
    }
}

BOOST_AUTO_TEST_CASE(what_waits_for_the_index_is_hidden_too) {
    const model::Session session = file->create_session("title", false);
    const model::Message secret = tell(session, "the zanzibar parcel", "zanzibar, I see");
    tell(session, "a parcel");
    {
        UserFile::Transaction transaction{*file};
        file->hide_message(secret.id);
        transaction.commit();
    }
    BOOST_TEST(find("zanzibar").empty());
    BOOST_TEST(answers_with("zanzibar") == 0U);
    BOOST_TEST(find("parcel").size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_an_older_build_deletes_is_gone_from_the_index) {
    const model::Session session = file->create_session("title", false);
    const model::Session other_session = file->create_session("other", false);
    tell(session, "the zanzibar parcel");
    tell(other_session, "the red parcel");
    tell_blocks(other_session, 1);
    run("PRAGMA foreign_keys = ON; DELETE FROM sessions WHERE id = " + std::to_string(session.id));
    BOOST_TEST(ask(kCountStale) >= 1);
    BOOST_TEST(find("zanzibar").empty());
    BOOST_TEST(find("parcel") == std::vector<std::string>{"the red parcel"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_late_is_found) {
    const model::Session session = file->create_session("title", false);
    const model::Message slow = file->append_message(session.id, "slow", "how long does it take");
    tell_blocks(session, 2);
    BOOST_TEST(ask("SELECT value FROM state WHERE name = 'recall_through'") > slow.id);
    model::Reply reply{.text = "as long as a zanzibar voyage", .responder = "slow"};
    file->append_reply(slow, reply, {});
    BOOST_TEST(answers_with("zanzibar") == 1U);
    BOOST_TEST(find("tea").size() == 2 * kMostInBlock);
}

BOOST_AUTO_TEST_CASE(a_long_history_from_before_the_index_is_caught_up_with_in_steps) {
    const model::Session session = file->create_session("title", false);
    tell(session, "the zanzibar parcel");
    tell_blocks(session, 20);
    run("DELETE FROM recall_blocks; INSERT INTO recall_directory (recall_directory) VALUES ('delete-all');"
        "UPDATE state SET value = 0 WHERE name = 'recall_through'");
    UserFiles elsewhere{users_folder(), options, 0, clock};
    const util::StemSet tea{{"tea"}};
    const auto known = [&] {
        return tests::found_in((*elsewhere.open(user(1)))->search_messages(tea, {})).size();
    };
    BOOST_TEST(known() >= 1024U);  // the newest, as many as are read one by one
    BOOST_TEST(known() <= 2048U);
    for (int turns = 0; turns < options.index_batch_messages / 2 + 3; ++turns) tell(session, "and so on");
    BOOST_TEST(find("tea").size() > 16 * kMostInBlock - 1U);
    tell_blocks(session, 1);
    BOOST_TEST(find("zanzibar").size() == 1U);
}

BOOST_AUTO_TEST_CASE(memories_are_found_by_what_they_say_now) {
    std::vector<model::Memory> memories;
    for (int at = 0; at < 300; ++at)
        memories.push_back(file->add_memory({.text = "note number" + std::to_string(at)}));
    model::Memory changed = memories[10];
    changed.text = "about zanzibar";
    file->change_memory(changed, std::nullopt);
    const auto find_memories = [&](const std::string& stem) {
        return tests::found_in(file->search_memories(util::StemSet{{stem}}, {}));
    };
    BOOST_TEST(find_memories("note").size() == 299U);
    BOOST_TEST(find_memories("number10").empty());
    BOOST_TEST(find_memories("zanzibar") == std::vector<util::Id>{memories[10].id},
               boost::test_tools::per_element());
    {
        UserFile::Transaction transaction{*file};
        file->forget_memory(memories[20].id);
        transaction.commit();
    }
    BOOST_TEST(find_memories("number20").empty());
    BOOST_TEST(find_memories("note").size() == 298U);
}

BOOST_AUTO_TEST_CASE(a_build_from_before_changes_a_memory_that_only_the_new_index_knows) {
    // What such a build does, in its own words: FTS5 calls an index damaged that gives more than it has.
    file->delete_session(file->create_session("title", false).id);
    const model::Memory memory = file->add_memory({.text = "my name is anna", .subject = "name"});
    run("INSERT INTO memory_index (memory_index, rowid, stems) VALUES ('delete', " +
        std::to_string(memory.id) + ", 'my name is anna')");
    run("INSERT INTO memory_index (rowid, stems) VALUES (" + std::to_string(memory.id) +
        ", 'my name is olga')");
    run("INSERT INTO memory_index (memory_index) VALUES ('integrity-check')");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
