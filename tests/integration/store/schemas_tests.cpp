// SPDX-License-Identifier: MIT
//
// Files of every schema that was ever released, and of those to come. tests/data/schemas has a database of
// each schema, and what the workers of that schema say to a file.
#include <sqlite3.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "arq/http/user_name.h"
#include "store/migrations.h"
#include "store/sqlite.h"
#include "support/api_fixture.h"
#include "support/has_code.h"

namespace arq::store {
namespace {

using http::Response;
using tests::has_code;
using tests::header_of;

// Below the repository's root, where `make test` runs the tests.
const std::string kData = "tests/data/schemas";
constexpr int kNewestUser = 6;
constexpr int kNewestHost = 4;

std::string data_of(const std::string& kind, int version, const std::string& suffix = "") {
    char number[16];
    std::snprintf(number, sizeof number, "%04d", version);
    return kData + "/" + kind + "/" + number + suffix + ".sql";
}

// Each table and index as it was written.
std::set<std::string> schema_of(Connection& connection) {
    std::set<std::string> schema;
    Query query{connection, "SELECT name, sql FROM sqlite_schema"};
    while (query.next()) schema.insert(query.text(0) + ": " + query.text(1));
    return schema;
}

// A connection as another process's build would have it. Every SELECT of a script has to find something.
class OlderWorker {
public:
    explicit OlderWorker(const std::string& path) {
        sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr);
        sqlite3_busy_timeout(handle_, 500);
    }
    ~OlderWorker() { sqlite3_close_v2(handle_); }
    OlderWorker(const OlderWorker&) = delete;
    OlderWorker& operator=(const OlderWorker&) = delete;

    void run(const std::string& script) {
        const char* rest = script.c_str();
        while (*rest != '\0') {
            sqlite3_stmt* statement = nullptr;
            const int prepared = sqlite3_prepare_v2(handle_, rest, -1, &statement, &rest);
            if (prepared == SQLITE_OK && statement == nullptr) continue;  // a comment
            int rows = 0;
            int result = prepared;
            while (prepared == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) ++rows;
            const std::string sql = statement != nullptr ? sqlite3_sql(statement) : rest;
            sqlite3_finalize(statement);
            BOOST_TEST(result == SQLITE_DONE, sqlite3_errmsg(handle_) << " in: " << sql);
            if (sql.find("SELECT ") == 0 || sql.find("\nSELECT ") == 0)
                BOOST_TEST(rows > 0, "nothing found: " << sql);
            if (result != SQLITE_DONE) return;
        }
    }

private:
    sqlite3* handle_ = nullptr;
};

struct SchemasFixture : tests::ApiFixture {
    SchemasFixture() { std::filesystem::create_directories(std::filesystem::path{path}.parent_path()); }

    void build(int version) const {
        Connection connection{path, Connection::Mode::kCreate};
        connection.set_pragma("page_size", 1024);
        connection.execute_script(util::read_file(data_of("user", version)).c_str());
        connection.execute_script("VACUUM");  // what stands in free pages is not restored by a rollback
    }
    void take(std::span<const Migration> steps) const {
        Connection connection{path, Connection::Mode::kExisting};
        migrate(connection, steps);
    }
    // Today's steps and those that later releases might add.
    static std::vector<Migration> with(std::initializer_list<Migration> more) {
        std::vector<Migration> steps{user_migrations().begin(), user_migrations().end()};
        steps.insert(steps.end(), more);
        return steps;
    }

    Response ask(std::string target) { return as_anna({.method = "GET", .target = std::move(target)}); }
    Response tell(const std::string& text, const std::string& id, const std::string& more = "") {
        http::Request request{.method = "POST", .target = "/api/message"};
        request.body = R"({"message": ")" + text + R"(", "message_id": ")" + id + "\"" + more + "}";
        request.headers["content-type"] = "application/json";
        return as_anna(std::move(request));
    }
    std::string answer(const std::string& text) {
        return text_of(tell(text, "new-" + std::to_string(++told)), "reply.text");
    }
    Response as_anna(http::Request request) {
        request.headers["authorization"] = "Bearer " + key;
        request.headers["x-arq-user"] = "anna";
        return send(std::move(request));
    }

    // Every message's id and text, as the file has them and as today's store lists them.
    std::set<std::string> messages_in_file() const {
        std::set<std::string> messages;
        Connection connection{path, Connection::Mode::kExisting};
        Query query{connection, "SELECT id, text FROM messages"};
        while (query.next()) messages.insert(std::to_string(query.integer(0)) + " " + query.text(1));
        return messages;
    }
    std::set<std::string> messages_listed() {
        std::set<std::string> messages;
        const auto file = files.open(anna);
        for (const model::Session& session : (*file)->list_sessions({}, 100))
            for (const model::Message& message : (*file)->list_messages(session, {}, 100))
                messages.insert(std::to_string(message.id) + " " + message.text);
        return messages;
    }

    const UserKey anna = http::user_key(secrets.names, "anna");
    const std::string path = path_of(anna);
    const std::string key = new_key(KeyRole::kServer);
    int told = 0;
};

BOOST_FIXTURE_TEST_SUITE(schemas_tests, SchemasFixture)

// Whoever adds a step adds: the newest data file again under the next number, with the step's statements and
// rows that it makes possible; what a worker of the schema before says, as it was released; and the number
// above.
BOOST_AUTO_TEST_CASE(every_schema_has_its_data) {
    BOOST_TEST(user_migrations().back().version == kNewestUser);
    BOOST_TEST(host_migrations().back().version == kNewestHost);
    for (const Migration& step : user_migrations())
        BOOST_TEST(std::filesystem::exists(data_of("user", step.version)), data_of("user", step.version));
    for (const Migration& step : host_migrations())
        BOOST_TEST(std::filesystem::exists(data_of("host", step.version)), data_of("host", step.version));
    BOOST_TEST(std::filesystem::exists(data_of("user", kNewestUser - 1, "-worker")));
    BOOST_TEST(std::filesystem::exists(data_of("host", kNewestHost - 1, "-worker")));
}

BOOST_AUTO_TEST_CASE(released_steps_still_make_what_they_made) {
    const auto compare = [](const std::string& kind, std::span<const Migration> steps) {
        for (const Migration& step : steps) {
            Connection released{"", Connection::Mode::kInMemory};
            released.execute_script(util::read_file(data_of(kind, step.version)).c_str());
            Connection made{"", Connection::Mode::kInMemory};
            migrate(made, steps.first(static_cast<std::size_t>(step.version)));
            BOOST_TEST(schema_of(made) == schema_of(released), boost::test_tools::per_element());
            BOOST_TEST(released.pragma("user_version") == step.version);
        }
    };
    compare("user", user_migrations());
    compare("host", host_migrations());
}

BOOST_DATA_TEST_CASE_F(SchemasFixture, a_users_file_of_any_schema_is_upgraded_with_all_that_is_in_it,
                       boost::unit_test::data::xrange(1, kNewestUser + 1), version) {
    build(version);
    const auto before = messages_in_file();
    BOOST_TEST(ask("/api/sessions").body.find("Здравствуйте!") != std::string::npos);
    BOOST_TEST(messages_listed() == before, boost::test_tools::per_element());
    Connection connection{path, Connection::Mode::kExisting};
    BOOST_TEST(connection.pragma("user_version") == kNewestUser);
    Connection made{"", Connection::Mode::kInMemory};
    migrate(made, user_migrations());
    BOOST_TEST(schema_of(connection) == schema_of(made), boost::test_tools::per_element());

    BOOST_TEST(answer("When was the lighthouse of Eckmühl built?").find("1897") != std::string::npos);
    BOOST_TEST(answer("С кем я пекла пироги?").find("с бабушкой") != std::string::npos);
    const Response again = tell("What did I say about lighthouses?", "en-5");
    BOOST_TEST(header_of(again, "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(text_of(again, "reply.id") == "0n97b7d2tjsh");
    if (version >= 2) {
        BOOST_TEST(answer("What is my name?") == "Your name is Maria.");
        BOOST_TEST(answer("Какой номер у моего заказа?").find("4417") != std::string::npos);
        BOOST_TEST(answer("What is my code?").find("zanzibar") ==
                   std::string::npos);  // an isolated session's
        BOOST_TEST(tell("My name is Maria", "en-6").body.find(R"("previous":"My name is Anna")") !=
                   std::string::npos);
    }
    if (version >= 3) {
        const Response taken_over = tell("Сколько лет маяку?", "ru-5");
        BOOST_TEST(taken_over.status == 200);
        BOOST_TEST(!header_of(taken_over, "Idempotent-Replay").has_value());
    }
}

BOOST_DATA_TEST_CASE_F(SchemasFixture, the_installations_file_of_any_schema_is_upgraded_with_its_keys,
                       boost::unit_test::data::xrange(1, kNewestHost + 1), version) {
    const std::string old = folder.file("old.sqlite3");
    Connection{old, Connection::Mode::kCreate}.execute_script(
        util::read_file(data_of("host", version)).c_str());
    Host upgraded{old, 500};
    const auto keys = upgraded.list_keys();
    BOOST_REQUIRE(keys.size() == 3U);
    BOOST_TEST(keys[1].name == "магазин");
    BOOST_TEST((keys[2].role == KeyRole::kAdmin));
    BOOST_TEST(util::to_hex(upgraded.find_key("a8168839e9")->secret_hash) ==
               "a7b61ceab5b173214457b995cda41fad7344164016720c6403cad7be71e0b211");
    BOOST_TEST(keys[0].last_used_at.has_value() == (version >= 2));
    BOOST_TEST(keys[1].revoked_at.has_value() == (version >= 2));
    upgraded.revoke_key("c55d03a19f", clock.now());
    BOOST_TEST(upgraded.find_key("c55d03a19f")->revoked_at.has_value());
    BOOST_TEST(Connection(old, Connection::Mode::kExisting).pragma("user_version") == kNewestHost);
}

// As while the workers of a release are replaced one by one by the next one's.
BOOST_DATA_TEST_CASE_F(SchemasFixture, a_worker_of_a_schema_before_serves_beside_one_of_this,
                       boost::unit_test::data::xrange(2, kNewestUser), version) {
    build(version);
    OlderWorker older{path};
    older.run("SELECT id FROM sessions;");  // has the schema in its memory
    BOOST_TEST(ask("/api/sessions").status == 200);
    BOOST_TEST(Connection(path, Connection::Mode::kExisting).pragma("user_version") == kNewestUser);

    older.run(util::read_file(data_of("user", version, "-worker")));

    const Response again = tell("Remember that my bicycle is green", "older-1");
    BOOST_TEST(header_of(again, "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(again.body.find(R"("text":"my bicycle is green")") != std::string::npos);
    BOOST_TEST(answer("What is my name?") == "Your name is Olga.");
    BOOST_TEST(answer("What do you know of my bicycle?").find("green") != std::string::npos);
    older.run("SELECT 1 FROM messages WHERE client_id = 'new-2' AND pair_id IS NOT NULL;");
    older.run("SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok';");
    BOOST_TEST(messages_listed() == messages_in_file(), boost::test_tools::per_element());

    // Forgetting makes the indexes anew, those of older builds too; they go on changing what they know.
    tell("Forget about my bicycle", "forget-1");
    BOOST_TEST(ask("/api/memory?query=bicycle").body.find("green") == std::string::npos);
    older.run(
        "INSERT INTO memory_index (memory_index, rowid, stems) VALUES ('delete', 42, 'my name is olga');"
        "INSERT INTO memory_index (rowid, stems) VALUES (42, 'my name is petra');");
}

BOOST_DATA_TEST_CASE_F(SchemasFixture, arqctl_of_a_schema_before_keeps_keys_beside_workers_of_this,
                       boost::unit_test::data::xrange(1, kNewestHost), version) {
    const std::string old = folder.file("old.sqlite3");
    Connection{old, Connection::Mode::kCreate}.execute_script(
        util::read_file(data_of("host", version)).c_str());
    OlderWorker older{old};
    Host upgraded{old, 500};
    older.run(util::read_file(data_of("host", version, "-worker")));
    BOOST_TEST(upgraded.find_key("d0d0d0d0d0")->name == "older");
}

// The other side of it: this build beside workers of the next one.
BOOST_AUTO_TEST_CASE(a_file_of_a_schema_to_come_is_served_and_left_as_it_is) {
    build(kNewestUser);
    const Migration next{kNewestUser + 1, R"sql(
        ALTER TABLE messages ADD COLUMN mood TEXT;
        CREATE TABLE moods (message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, mood TEXT NOT NULL);
        CREATE INDEX message_by_mood ON messages (mood);
        INSERT INTO moods SELECT id, 'calm' FROM messages;
        PRAGMA user_version = 7)sql"};
    take(with({next}));
    BOOST_TEST(ask("/api/sessions").status == 200);
    BOOST_TEST(answer("What is my name?") == "Your name is Maria.");
    BOOST_TEST(header_of(tell("What is my name?", "new-1"), "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(messages_listed() == messages_in_file(), boost::test_tools::per_element());
    const std::string isolated = util::format_id(23968735842226351);
    BOOST_TEST(as_anna({.method = "DELETE", .target = "/api/sessions/" + isolated}).status == 204);
    BOOST_TEST(Connection(path, Connection::Mode::kExisting).pragma("user_version") == kNewestUser + 1);
    BOOST_TEST(as_anna({.method = "DELETE", .target = "/api/user"}).status == 204);
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_file_that_asks_for_a_newer_build_is_refused_as_that_and_not_as_damaged) {
    build(kNewestUser);
    take(with({{kNewestUser + 1, R"sql(
        UPDATE state SET value = 7 WHERE name = 'oldest_schema';
        PRAGMA user_version = 7)sql"}}));
    const std::string before = util::read_file(path);
    const Response refused = ask("/api/sessions");
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(code_of(refused) == "storage_newer");
    BOOST_TEST(text_of(refused, "error.type") == "storage_error");
    BOOST_TEST(code_of(tell("hello", "refused")) == "storage_newer");
    const auto after = util::read_file(path);
    BOOST_TEST((after.substr(100) == before.substr(100)));  // beside the header, which counts changes

    const std::string shared = folder.file("newer.sqlite3");
    Host{shared, 500}.list_keys();
    Connection{shared, Connection::Mode::kExisting}.execute_script(
        "UPDATE state SET value = 9 WHERE name = 'oldest_schema'; PRAGMA user_version = 9");
    BOOST_CHECK_EXCEPTION(Host(shared, 500).list_keys(), Error, has_code(ErrorCode::kStorageNewer));
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_old_file_whole_and_a_mended_one_upgrades_it) {
    build(kNewestUser);
    const auto messages = messages_in_file();
    const std::string before = util::read_file(path);
    const std::string half =
        "ALTER TABLE messages ADD COLUMN mood TEXT;"
        "UPDATE messages SET text = text || ' and more', mood = hex(zeroblob(400));";
    const std::string broken = half + "INSERT INTO nowhere VALUES (1); PRAGMA user_version = 7";
    {
        Connection connection{path, Connection::Mode::kExisting};
        connection.set_pragma("cache_size", 4);  // pages: what the step changed was written before it failed
        const auto steps = with({{kNewestUser + 1, broken.c_str()}});
        BOOST_CHECK_THROW(migrate(connection, steps), Error);
        BOOST_TEST(connection.pragma("user_version") == kNewestUser);
    }
    BOOST_TEST((util::read_file(path) == before));
    BOOST_TEST(answer("What is my name?") == "Your name is Maria.");
    for (const std::string& message : messages) BOOST_TEST(messages_in_file().contains(message), message);

    const std::string mended = "ALTER TABLE messages ADD COLUMN mood TEXT; PRAGMA user_version = 7";
    take(with({{kNewestUser + 1, mended.c_str()}}));
    BOOST_TEST(Connection(path, Connection::Mode::kExisting).pragma("user_version") == kNewestUser + 1);
    for (const std::string& message : messages) BOOST_TEST(messages_listed().contains(message), message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
