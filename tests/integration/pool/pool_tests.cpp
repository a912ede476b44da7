// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>
#include <thread>

#include "store/sqlite.h"
#include "support/api_fixture.h"
#include "support/pool_fixture.h"

namespace arq {
namespace {

using tests::ApiFixture;

struct VisitedPool : tests::PoolFixture {
    VisitedPool() {
        http::Request request{.method = "POST", .target = "/api/visitor"};
        request.headers["x-arq-visitor"] = "new";
        visitor = ApiFixture::text_of(send(0, request), "visitor");
    }
    std::string read(const std::string& path) const {
        http::Request request{.method = "GET", .target = path};
        request.headers["x-arq-visitor"] = visitor;
        return send(1, request).body;
    }

    std::string visitor;
};

BOOST_FIXTURE_TEST_SUITE(pool_tests, VisitedPool)

BOOST_AUTO_TEST_CASE(the_same_id_posted_by_32_clients_at_once_stores_one_message) {
    const std::string body = R"({"message": "My name is Anna", "message_id": "once"})";
    std::vector<http::Response> responses(32);
    std::vector<std::thread> clients;
    for (int client = 0; client < 32; ++client)
        clients.emplace_back([&, client] {
            responses[static_cast<std::size_t>(client)] = say(client % 10, body, visitor);  // both workers
        });
    for (std::thread& client : clients) client.join();

    std::set<std::string> reply_ids;
    int fresh = 0;
    for (const http::Response& response : responses) {
        BOOST_TEST(response.status == 200);
        reply_ids.insert(ApiFixture::text_of(response, "reply.id"));
        fresh += tests::header_of(response, "Idempotent-Replay").has_value() ? 0 : 1;
    }
    BOOST_TEST(reply_ids.size() == 1U);
    BOOST_TEST(fresh == 1);
    const std::string session = ApiFixture::text_of(responses[0], "session_id");
    BOOST_TEST(read("/api/sessions/" + session).find("\"message_count\":2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_there_after_all_workers_were_killed) {
    std::set<std::string> acknowledged;
    for (int number = 0; number < 20; ++number) {
        const std::string id = "m-" + std::to_string(number);
        const auto response =
            say(number % 10, R"({"message": "hello", "message_id": ")" + id + "\"}", visitor);
        if (response.status == 200) acknowledged.insert(id);
    }
    BOOST_TEST(acknowledged.size() == 20U);
    stop_workers(SIGKILL);
    start_workers();
    const std::string sessions = read("/api/sessions");
    BOOST_TEST(sessions.find("\"message_count\":40") != std::string::npos, sessions);
    for (const std::string& id : acknowledged) {
        const auto again = say(3, R"({"message": "hello", "message_id": ")" + id + "\"}", visitor);
        BOOST_TEST(tests::header_of(again, "Idempotent-Replay").has_value(), id);
    }
}

// The file of one user is locked from outside, and they ask for much at once: everybody else is served
// before any of it is answered.
BOOST_AUTO_TEST_CASE(a_user_whose_file_is_locked_holds_up_nobody_else) {
    say(0, R"({"message": "hello"})", visitor);
    std::string path;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{prefix() + "/data/users"})
        if (entry.path().extension() == ".sqlite3") path = entry.path();
    store::Connection locker{path, store::Connection::Mode::kExisting};
    locker.execute_script("BEGIN IMMEDIATE");

    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int client = 0; client < 20; ++client)
        clients.emplace_back([&, client] {
            say(0, R"({"message": "hello", "message_id": "locked-)" + std::to_string(client) + "\"}",
                visitor);
            ++answered;
        });
    http::Request request{.method = "POST", .target = "/api/visitor"};
    request.headers["x-arq-visitor"] = "new";
    const std::string other = ApiFixture::text_of(send(0, request), "visitor");
    for (int i = 0; i < 20; ++i) BOOST_TEST(say(0, R"({"message": "hello"})", other).status == 200);
    BOOST_TEST(send(0, {.method = "GET", .target = "/health"}).status == 200);
    BOOST_TEST(answered == 0);
    locker.execute_script("ROLLBACK");
    for (std::thread& client : clients) client.join();
    BOOST_TEST(read("/api/sessions").find("\"message_count\":42") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stop_start_and_it_still_knows) {
    say(0, R"({"message": "My name is Anna"})", visitor);
    stop_workers(SIGTERM);
    start_workers();
    const auto asked = say(1, R"({"message": "What is my name?"})", visitor);
    BOOST_TEST(ApiFixture::text_of(asked, "reply.text") == "Your name is Anna.");
}

BOOST_AUTO_TEST_CASE(both_workers_tell_the_same_of_the_pool_and_a_death_loses_no_count) {
    for (int slot = 0; slot < 10; ++slot) say(slot, R"({"message": "hello"})", visitor);
    const auto told = [&](int slot, const std::string& part) {
        const std::string body = send(slot, {.method = "GET", .target = "/health"}).body;
        return body.find(part) != std::string::npos;
    };
    const auto comes_true = [&](int slot, const std::string& part) {
        for (int tries = 0; tries < 400; ++tries) {
            if (told(slot, part)) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    };
    // The answer is out a moment before it is counted.
    BOOST_TEST(comes_true(0, R"("requests":{"total":11,)"));
    BOOST_TEST(comes_true(1, R"("requests":{"total":11,)"));
    BOOST_TEST(comes_true(1, R"("ready":2,"restarts":0})"));
    stop_workers(SIGKILL);
    start_workers();
    BOOST_TEST(comes_true(0, R"("ready":2,"restarts":2})"));
    BOOST_TEST(comes_true(1, R"("requests":{"total":11,)"));
    stop_workers(SIGTERM);
    start_workers();
    BOOST_TEST(comes_true(1, R"("ready":2,"restarts":2})"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq
