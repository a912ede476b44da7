// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "store/sqlite.h"
#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

// No file of this process may grow beyond so many bytes: as an account's quota feels.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

struct StorageErrorsFixture : tests::ApiFixture {
    std::string only_file() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
            if (entry.path().extension() == ".sqlite3") return entry.path();
        return {};
    }
    // The contract's shape for the storage's troubles.
    static void check(const Response& response, int status, const std::string& code, bool retries) {
        BOOST_TEST(response.status == status);
        BOOST_TEST(code_of(response) == code);
        BOOST_TEST(text_of(response, "error.type") == "storage_error");
        BOOST_TEST(header_of(response, "Retry-After").has_value() == retries);
    }

    std::string visitor = new_visitor();
};

BOOST_FIXTURE_TEST_SUITE(storage_errors_tests, StorageErrorsFixture)

BOOST_AUTO_TEST_CASE(a_damaged_file_is_its_users_trouble_alone) {
    say("hello", visitor);
    const std::string damaged = only_file();
    const std::string other = new_visitor();
    say("hello", other);
    // Let go of by the worker, so that it is opened anew.
    store::UserFiles elsewhere{users_folder(), options, 4, clock};
    assistant::Assistant second_assistant{elsewhere, responder, clock, {}};
    const Api second{{.config = config,
                      .secrets = live_secrets,
                      .files = elsewhere,
                      .host = host,
                      .assistant = second_assistant,
                      .clock = clock,
                      .version = "test",
                      .data_folder = users_folder(),
                      .pool = pool}};
    std::ofstream{damaged} << std::string(8192, 'x');
    Request request = with_visitor({.method = "GET", .target = "/api/sessions"}, visitor);
    check(second.handle(request), 503, "storage_damaged", false);
    request.headers["x-arq-visitor"] = other;
    BOOST_TEST(second.handle(request).status == 200);
    BOOST_TEST(util::read_file(damaged) == std::string(8192, 'x'));
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_else_writes_to_is_busy) {
    say("hello", visitor);
    store::Connection other{only_file(), store::Connection::Mode::kExisting};
    other.execute_script("BEGIN IMMEDIATE");
    check(say("hello again", visitor), 503, "storage_busy", true);
    other.execute_script("ROLLBACK");
    BOOST_TEST(say("hello again", visitor).status == 200);
}

BOOST_AUTO_TEST_CASE(a_full_quota_refuses_and_loses_nothing) {
    say("kept", visitor);
    const std::string other = new_visitor();
    {
        const FileSizeLimit limit{4096};
        check(say("a new user's", other), 507, "storage_full", false);
        check(say(std::string(20000, 'x'), visitor), 507, "storage_full", false);
    }
    BOOST_TEST(get("/api/sessions", visitor).body.find("\"message_count\":2") != std::string::npos);
    BOOST_TEST(get("/api/sessions", other).body == R"({"sessions":[],"next_after":null})");
    BOOST_TEST(say("goes on", visitor).status == 200);
    BOOST_TEST(say("begins", other).status == 200);
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_not_be_written_is_told) {
    store::UserFiles unwritable{"/sys", options, 4, clock};
    assistant::Assistant second_assistant{unwritable, responder, clock, {}};
    const Api second{{.config = config,
                      .secrets = live_secrets,
                      .files = unwritable,
                      .host = host,
                      .assistant = second_assistant,
                      .clock = clock,
                      .version = "test",
                      .data_folder = "/sys",
                      .pool = pool}};
    Request request =
        with_visitor({.method = "POST", .target = "/api/message", .body = R"({"message": "hi"})"}, visitor);
    request.headers["content-type"] = "application/json";
    request.headers["content-length"] = std::to_string(request.body.size());
    request.request_id = "id";
    check(second.handle(request), 503, "storage_read_only", false);
}

BOOST_AUTO_TEST_CASE(what_was_not_foreseen_is_told_without_its_details) {
    std::filesystem::remove_all(users_folder());
    const Response response = say("hello", visitor);
    BOOST_TEST(response.status == 500);
    BOOST_TEST(code_of(response) == "internal");
    BOOST_TEST(text_of(response, "error.type") == "server_error");
    BOOST_TEST(response.body.find(folder.path()) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_without_a_length_is_refused) {
    Request request =
        with_visitor({.method = "POST", .target = "/api/message", .body = R"({"message": "hi"})"}, visitor);
    request.headers["content-type"] = "application/json";
    request.request_id = "id";
    const Response response = api.handle(request);
    BOOST_TEST(response.status == 411);
    BOOST_TEST(code_of(response) == "length_required");
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
