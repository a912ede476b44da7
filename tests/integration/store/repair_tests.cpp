// SPDX-License-Identifier: MIT
//
// Damaged users' files, repaired while a worker has them open.
#include "arq/store/repair.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <random>

#include "arq/http/user_name.h"
#include "store/file_image.h"
#include "store/migrations.h"
#include "store/recover_rows.h"
#include "support/api_fixture.h"
#include "support/has_code.h"

namespace arq::store {
namespace {

using http::Response;
using tests::has_code;
using tests::header_of;

struct RepairFixture : tests::ApiFixture {
    Response as_anna(http::Request request) {
        request.headers["authorization"] = "Bearer " + key;
        request.headers["x-arq-user"] = "anna";
        return send(std::move(request));
    }
    Response ask(std::string target) { return as_anna({.method = "GET", .target = std::move(target)}); }
    Response tell(const std::string& text, const std::string& id, const std::string& more = "") {
        http::Request request{.method = "POST", .target = "/api/message"};
        request.body = R"({"message": ")" + text + R"(", "message_id": ")" + id + "\"" + more + "}";
        request.headers["content-type"] = "application/json";
        clock.advance(util::Milliseconds{1000});
        const Response response = as_anna(std::move(request));
        if (response.status == 200) answers[id] = text_of(response, "reply.id");
        return response;
    }

    // A real life of 150 exchanges in three sessions, one of them isolated.
    void talk(int exchanges = 150) {
        tell("My name is Anna", "name");
        tell("Запомни, что мой заказ имеет номер 4417", "order");
        for (int i = 2; i < exchanges; ++i) {
            const std::string more = i == 50    ? R"(, "new_session": true)"
                                     : i == 100 ? R"(, "new_session": true, "isolated": true)"
                                                : "";
            tell("lighthouse number" + std::to_string(i) + " " +
                     std::string(static_cast<std::size_t>(i % 40), 'o'),
                 "m" + std::to_string(i), more);
        }
    }
    // Everything folded into the file, whoever has it open.
    void fold() const {
        Connection connection{path, Connection::Mode::kExisting};
        connection.pragma("user_version");  // only who has read knows of the log
        BOOST_REQUIRE(connection.truncate_log());
    }

    void overwrite(std::size_t at, const std::string& bytes) const {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(static_cast<std::streamoff>(at));
        file << bytes;
    }
    std::size_t size() const { return std::filesystem::file_size(path); }

    Repair repair(bool fresh = false) {
        return repair_user_file(users_folder(), anna, {.fresh = fresh, .busy_timeout_ms = 500}, clock);
    }
    std::string damage() { return find_damage(users_folder(), anna, 500); }

    std::vector<std::string> kept_copies() const {
        std::vector<std::string> copies;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
            if (entry.path().string().find(".damaged-") != std::string::npos) copies.push_back(entry.path());
        return copies;
    }

    // How many of the messages are answered again as they were.
    int count_replayed() {
        int replayed = 0;
        const auto before = answers;
        for (const auto& [id, reply] : before) {
            const auto file = files.open(anna);
            const auto answered = (*file)->find_answer(id);
            if (answered && util::format_id(answered->answer.reply.id) == reply) ++replayed;
        }
        return replayed;
    }

    const UserKey anna = http::user_key(secrets.names, "anna");
    const std::string path = path_of(anna);
    const std::string key = new_key(KeyRole::kServer);
    std::map<std::string, std::string> answers;  // reply's id by message_id
};

BOOST_FIXTURE_TEST_SUITE(user_file_repair_tests, RepairFixture)

BOOST_AUTO_TEST_CASE(pages_lost_in_the_middle_take_only_what_stood_in_them) {
    talk();
    fold();
    const std::size_t middle = size() / 2 / kPageBytes * kPageBytes;
    overwrite(middle, std::string(3 * kPageBytes, 'x'));
    const std::string damaged = util::read_file(path);
    BOOST_TEST(!damage().empty());
    const Repair repaired = repair();
    BOOST_TEST((repaired.outcome == Repair::Outcome::kRecovered));
    BOOST_TEST(repaired.recovered.messages + repaired.recovered.messages_lost == 300);
    BOOST_TEST(repaired.recovered.messages >= 270);
    BOOST_TEST(repaired.recovered.sessions == 3);
    BOOST_TEST(repaired.recovered.rows_refused == 0);
    BOOST_TEST(damage() == "");
    BOOST_TEST((util::read_file(repaired.kept) == damaged));

    // The worker that had it open all the while.
    BOOST_TEST(count_replayed() >= 130);
    BOOST_TEST(text_of(tell("What is my name?", "after"), "reply.text") == "Your name is Anna.");
    BOOST_TEST(text_of(tell("Какой номер у моего заказа?", "after-2"), "reply.text").find("4417") !=
               std::string::npos);
    const Response again = tell("My name is Anna", "name");
    BOOST_TEST(header_of(again, "Idempotent-Replay").value_or("") == "true");
}

// One page after the other: each may be a root, a leaf, a page of an index or the schema itself.
BOOST_AUTO_TEST_CASE(whichever_page_is_lost_most_is_recovered) {
    talk(60);
    fold();
    const std::string whole = util::read_file(path);
    std::filesystem::create_directories(std::filesystem::path{path_of(user(7))}.parent_path());
    std::size_t damaged_pages = 0;
    for (std::size_t at = 0; at < whole.size(); at += 3 * kPageBytes) {
        UserFiles apart{users_folder(), options, 4, clock};
        std::string bytes = whole;
        for (std::size_t i = at + (at == 0 ? 100 : 0); i < at + kPageBytes; ++i) bytes[i] = 'x';
        util::write_file_atomically(path_of(user(7)), bytes, 0600);
        const Repair repaired = repair_user_file(users_folder(), user(7), {.busy_timeout_ms = 500}, clock);
        if (repaired.outcome == Repair::Outcome::kWhole) continue;  // a free page
        ++damaged_pages;
        BOOST_TEST((repaired.outcome == Repair::Outcome::kRecovered), "page " << at / kPageBytes + 1);
        BOOST_TEST(repaired.recovered.messages >= 100, "page " << at / kPageBytes + 1);
        BOOST_TEST(find_damage(users_folder(), user(7), 500) == "", "page " << at / kPageBytes + 1);
        BOOST_TEST((*apart.open(user(7)))->list_sessions({}, 50).size() >= 2U,
                   "page " << at / kPageBytes + 1);
        std::filesystem::remove(path_of(user(7)));
    }
    BOOST_TEST(damaged_pages >= 10U);
}

// With the newest messages in the log only, as a running worker has them.
BOOST_AUTO_TEST_CASE(without_a_header_rows_are_told_apart_by_their_shape) {
    talk();
    overwrite(0, std::string(100, '\0'));
    const Repair repaired = repair();
    BOOST_TEST(
        (repaired.outcome == Repair::Outcome::kRecovered || repaired.outcome == Repair::Outcome::kWhole));
    BOOST_TEST(damage() == "");
    BOOST_TEST(count_replayed() == 150);
}

BOOST_AUTO_TEST_CASE(a_first_page_of_garbage_is_no_hindrance) {
    talk();
    fold();
    overwrite(0, std::string(kPageBytes, 'x'));
    const Repair repaired = repair();
    BOOST_TEST(repaired.damage == "file is not a database");
    BOOST_TEST(repaired.recovered.messages == 300);
    BOOST_TEST(repaired.recovered.messages_lost == 0);
    BOOST_TEST(damage() == "");
    BOOST_TEST(count_replayed() == 150);
    BOOST_TEST(ask("/api/sessions").status == 200);
    tell("goes on", "on");
    UserFiles elsewhere{users_folder(), options, 4, clock};
    BOOST_TEST((*elsewhere.open(anna))->find_answer("on").has_value());
}

BOOST_AUTO_TEST_CASE(of_a_file_that_was_cut_off_the_rest_is_recovered) {
    talk();
    fold();
    std::filesystem::resize_file(path, size() * 2 / 3 + 100);
    const Repair repaired = repair();
    BOOST_TEST(repaired.recovered.messages >= 100);
    BOOST_TEST(repaired.recovered.messages + repaired.recovered.messages_lost == 300);
    BOOST_TEST(damage() == "");
    // Repeated under its id, a message that was lost is taken again, and one that was not is told again.
    for (const char* id : {"m10", "m149"}) {
        const auto file = files.open(anna);
        const bool known = (*file)->find_message(id).has_value();
        BOOST_TEST_MESSAGE(id << (known ? " is there" : " is lost"));
    }
    BOOST_TEST(count_replayed() >= 50);
    BOOST_TEST(tell("goes on", "on").status == 200);
}

BOOST_AUTO_TEST_CASE(a_session_whose_row_is_lost_is_made_anew_and_an_isolated_one_stays_so) {
    tell("Remember that my parcel waits at the station", "open");
    tell("Remember that my code is zanzibar", "isolated", R"(, "new_session": true, "isolated": true)");
    tell("Just talk", "plain", R"(, "new_session": true)");
    fold();
    {
        // The leaf of the sessions' rows, emptied as a page that was lost.
        Connection connection{path, Connection::Mode::kExisting};
        connection.execute_script("PRAGMA foreign_keys = OFF; DELETE FROM sessions");
    }
    BOOST_TEST(damage().find("sessions") != std::string::npos);
    const Repair repaired = repair();
    BOOST_TEST(repaired.recovered.sessions_rebuilt == 3);
    const auto file = files.open(anna);
    std::map<std::string, model::Session> sessions;
    for (const model::Session& session : (*file)->list_sessions({}, 10)) sessions[session.title] = session;
    BOOST_REQUIRE(sessions.contains("Remember that my parcel waits at the sta"));
    BOOST_TEST(!sessions["Remember that my parcel waits at the sta"].isolated);
    BOOST_TEST(sessions["Remember that my parcel waits at the sta"].message_count == 2);
    BOOST_TEST(sessions["Remember that my code is zanzibar"].isolated);
    BOOST_TEST(sessions["Just talk"].isolated);  // nothing tells
    BOOST_TEST((*file)->list_messages(sessions["Just talk"], {}, 10).size() == 2U);
}

// As a worker leaves them that was killed before it scrubbed.
BOOST_AUTO_TEST_CASE(what_stands_in_free_pages_does_not_come_back) {
    talk();
    {
        Connection connection{path, Connection::Mode::kExisting};
        connection.set_pragma("secure_delete", "FAST");
        connection.set_pragma("foreign_keys", "ON");
        connection.execute_script("DELETE FROM sessions WHERE isolated = 0 AND title LIKE 'lighthouse%'");
    }
    fold();
    // Which of them still stand in free pages depends on the schema.
    const std::string before = util::read_file(path);
    std::vector<std::string> left;
    for (int i = 50; i < 100; ++i)
        if (const std::string text = "lighthouse number" + std::to_string(i) + " ";
            before.find(text) != std::string::npos)
            left.push_back(text);
    BOOST_TEST(!left.empty());
    overwrite(size() - kPageBytes, std::string(kPageBytes, 'x'));
    if (damage().empty()) overwrite(size() / 5, std::string(kPageBytes, 'x'));
    const Repair repaired = repair();
    BOOST_TEST((repaired.outcome == Repair::Outcome::kRecovered));
    BOOST_TEST(repaired.recovered.sessions == 2);
    BOOST_TEST(repaired.recovered.messages <= 200);
    const std::string after = util::read_file(path);
    for (const std::string& text : left) BOOST_TEST(after.find(text) == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_whole_is_not_changed) {
    talk(20);
    fold();
    const std::string before = util::read_file(path);
    BOOST_TEST((repair().outcome == Repair::Outcome::kWhole));
    BOOST_TEST((repair(true).outcome == Repair::Outcome::kWhole));
    BOOST_TEST((util::read_file(path) == before));
    BOOST_TEST(kept_copies().empty());
    BOOST_CHECK_EXCEPTION(find_damage(users_folder(), user(1), 500), Error, has_code(ErrorCode::kNotFound));
}

BOOST_DATA_TEST_CASE_F(RepairFixture, where_nothing_can_be_recovered_the_user_begins_anew_only_when_told_to,
                       boost::unit_test::data::make({0, 20000}), garbage_bytes) {
    {
        UserFiles worker{users_folder(), options, 4, clock};
        worker.open_or_create(anna);
    }
    const std::string garbage(static_cast<std::size_t>(garbage_bytes), 'x');
    std::ofstream{path, std::ios::binary} << garbage;
    BOOST_TEST((repair().outcome == Repair::Outcome::kNothingFound));
    BOOST_TEST((util::read_file(path) == garbage));
    BOOST_TEST(kept_copies().empty());
    BOOST_TEST(code_of(ask("/api/sessions")) == "storage_damaged");

    const Repair begun = repair(true);
    BOOST_TEST((begun.outcome == Repair::Outcome::kStartedAfresh));
    BOOST_TEST((util::read_file(begun.kept) == garbage));
    BOOST_TEST(damage() == "");
    BOOST_TEST(ask("/api/sessions").body == R"({"sessions":[],"next_after":null})");
    BOOST_TEST(tell("begins anew", "new").status == 200);
}

// SQLite would delete the log of an empty file, and take no notice of an empty log.
BOOST_AUTO_TEST_CASE(what_an_emptied_file_has_in_its_log_is_recovered) {
    talk(20);
    const bool has_log = std::filesystem::exists(path + "-wal");
    std::filesystem::resize_file(path, 0);
    UserFiles elsewhere{users_folder(), options, 4, clock};
    BOOST_CHECK_EXCEPTION(elsewhere.open(anna), Error, has_code(ErrorCode::kStorageDamaged));
    BOOST_TEST(damage() == "it is empty");
    const Repair repaired = repair();
    BOOST_TEST(
        (repaired.outcome == (has_log ? Repair::Outcome::kRecovered : Repair::Outcome::kNothingFound)));
    if (!has_log) {
        BOOST_TEST(size() == 0U);
        return;
    }
    BOOST_TEST(repaired.recovered.messages == 40);
    BOOST_TEST(count_replayed() == 20);
}

BOOST_AUTO_TEST_CASE(what_a_worker_is_writing_is_not_overtaken) {
    talk(60);
    fold();
    overwrite(size() * 3 / 4, std::string(kPageBytes, 'x'));
    const std::string damaged = util::read_file(path);
    Connection other{path, Connection::Mode::kExisting};
    other.execute_script("BEGIN IMMEDIATE; UPDATE state SET value = value");
    BOOST_CHECK_EXCEPTION(repair(), Error, has_code(ErrorCode::kStorageBusy));
    BOOST_TEST((util::read_file(path) == damaged));
    BOOST_TEST(kept_copies().empty());
    other.execute_script("ROLLBACK");
    BOOST_TEST((repair().outcome == Repair::Outcome::kRecovered));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_of_a_schema_to_come_is_left_to_the_release_that_knows_it) {
    talk(60);
    fold();
    Connection{path, Connection::Mode::kExisting}.set_pragma("user_version", 99);
    fold();
    overwrite(size() / 2, std::string(kPageBytes, 'x'));
    BOOST_CHECK_EXCEPTION(repair(), Error, has_code(ErrorCode::kStorageNewer));
    BOOST_TEST(kept_copies().empty());
}

// The copy holds what the user wants gone.
BOOST_AUTO_TEST_CASE(the_copy_from_before_goes_with_what_the_user_deletes) {
    const std::string isolated =
        text_of(tell("Remember that my code is zanzibar", "a", R"(, "new_session": true, "isolated": true)"),
                "session_id");
    for (const std::string& target : {"/api/sessions/" + isolated, std::string{"/api/user"}}) {
        for (int i = 0; i < 60; ++i) tell("lighthouse", target.substr(5, 3) + std::to_string(i));
        fold();
        overwrite(size() / 2, std::string(kPageBytes, 'x'));
        if (damage().empty()) overwrite(size() / 3, std::string(kPageBytes, 'x'));
        BOOST_TEST((repair().outcome == Repair::Outcome::kRecovered));
        BOOST_TEST(!kept_copies().empty());  // one, and a log where there was one
        BOOST_TEST(as_anna({.method = "DELETE", .target = target}).status == 204);
        BOOST_TEST(kept_copies().empty());
    }
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_CASE(copies_are_no_users_files) {
    talk(60);
    fold();
    overwrite(size() / 2, std::string(kPageBytes, 'x'));
    repair();
    fold();
    overwrite(0, std::string(kPageBytes, 'x'));
    repair();
    BOOST_TEST(kept_copies().size() >= 2U);  // in the same second
    BOOST_TEST(list_user_files(users_folder()).size() == 1U);
    BOOST_TEST(list_user_files(users_folder())[0].hex() == anna.hex());
}

// Tidying folds in the logs that lie about, but those of copies are evidence.
BOOST_AUTO_TEST_CASE(copies_are_not_tidied) {
    talk(60);
    const bool has_log = std::filesystem::exists(path + "-wal");
    overwrite(size() / 2, std::string(2 * kPageBytes, 'x'));
    repair();
    std::map<std::string, std::string> before;
    for (const std::string& copy : kept_copies()) {
        before[copy] = util::read_file(copy);
        std::filesystem::last_write_time(
            copy, std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
    }
    BOOST_TEST(before.size() == (has_log ? 2U : 1U));
    for (int folder_number = 0; folder_number < 256; ++folder_number) files.tidy(std::chrono::seconds{60});
    for (const auto& [copy, bytes] : before) {
        BOOST_REQUIRE(std::filesystem::exists(copy));
        BOOST_TEST((util::read_file(copy) == bytes));
    }
}

// Whatever was overwritten: the file is whole afterwards, and holds nothing that was never said.
BOOST_DATA_TEST_CASE_F(RepairFixture, damage_of_any_kind_is_repaired, boost::unit_test::data::xrange(40),
                       seed) {
    talk(40);
    if (seed % 2 == 0) fold();
    std::map<util::Id, std::string> said;
    {
        Connection connection{path, Connection::Mode::kExisting};
        Query query{connection, "SELECT id, text FROM messages"};
        while (query.next()) said[query.integer(0)] = query.text(1);
    }
    std::mt19937 random{static_cast<unsigned>(seed)};
    for (int i = 0; i < 1 + seed % 7; ++i) {
        std::string bytes(1 + random() % 700, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        overwrite(random() % size(), bytes);
    }
    const Repair repaired = repair();
    if (repaired.outcome == Repair::Outcome::kNothingFound) return;
    BOOST_TEST(damage() == "");
    Connection connection{path, Connection::Mode::kExisting};
    Query query{connection, "SELECT id, text FROM messages"};
    int altered = 0;
    while (query.next())
        altered += said.contains(query.integer(0)) && said[query.integer(0)] == query.text(1) ? 0 : 1;
    BOOST_TEST(altered <= 2);  // bytes within a text can't be told from what was said
    BOOST_TEST(tell("goes on", "on").status == 200);
}

// A step that adds a column or a table has to be thought of here, too.
BOOST_AUTO_TEST_CASE(the_tables_that_are_recovered_are_those_of_the_schema) {
    Connection connection{"", Connection::Mode::kInMemory};
    migrate(connection, user_migrations());
    std::map<std::string, std::string> tables;
    Query query{connection, R"sql(
        SELECT t.name, t.wr, c.type, c."notnull", c.pk
        FROM pragma_table_list t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('state', 'leases', 'message_topics', 'recall_blocks')
        ORDER BY t.name, c.cid)sql"};
    while (query.next()) {
        const std::string type = query.text(2);
        char column = type == "INTEGER" ? 'i' : type == "TEXT" ? 't' : 'r';
        const bool may_be_null = query.integer(3) == 0;
        if (query.integer(1) == 0 && query.integer(4) == 1)
            column = 'k';
        else if (may_be_null)
            column = static_cast<char>(column - 'a' + 'A');
        tables[query.text(0)] += column;
    }
    std::map<std::string, std::string> recovered;
    for (const RecoveredTable& table : recovered_tables()) recovered[std::string{table.name}] = table.columns;
    BOOST_TEST((tables == recovered));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
