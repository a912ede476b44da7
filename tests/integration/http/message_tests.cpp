// SPDX-License-Identifier: MIT
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

namespace data = boost::unit_test::data;
using tests::ApiFixture;
using tests::header_of;

BOOST_FIXTURE_TEST_SUITE(message_tests, ApiFixture)

BOOST_AUTO_TEST_CASE(a_message_is_answered_with_all_that_the_contract_names) {
    const Response response = say("Remember that my order number is 4417", new_visitor());
    BOOST_TEST(response.status == 200);
    BOOST_TEST(header_of(response, "Content-Type").value() == "application/json");
    BOOST_TEST(header_of(response, "X-Request-Id").has_value());
    BOOST_TEST(text_of(response, "reply.text") == "I will remember: my order number is 4417");
    BOOST_TEST(text_of(response, "reply.finish") == "stop");
    BOOST_TEST(text_of(response, "reply.responder") == "embedded");
    BOOST_TEST(text_of(response, "reply.variant") == "production");
    for (const char* field :
         {"\"citations\":[]", "\"used\":[]", "\"added\":[{", "\"forgotten\":[]", "\"topics\":[{\"name\":",
          "\"window_tokens\":", "\"total_ms\":", "\"upstream_ms\":", "\"visitor\":\"v1."})
        BOOST_TEST(response.body.find(field) != std::string::npos, field);
}

BOOST_AUTO_TEST_CASE(a_repetition_is_marked_and_gets_the_same_answer) {
    const std::string visitor = new_visitor();
    const std::string body = R"({"message": "My name is Anna", "message_id": "m-1"})";
    const Response first = post("/api/message", body, visitor);
    const Response again = post("/api/message", body, visitor);
    BOOST_TEST(!header_of(first, "Idempotent-Replay").has_value());
    BOOST_TEST(header_of(again, "Idempotent-Replay").value() == "true");
    const auto without_timing = [](const Response& r) { return r.body.substr(0, r.body.find("\"timing\"")); };
    BOOST_TEST(without_timing(first) == without_timing(again));
    const Response other =
        post("/api/message", R"({"message": "My name is Bob", "message_id": "m-1"})", visitor);
    BOOST_TEST(other.status == 409);
    BOOST_TEST(code_of(other) == "message_id_reused");
    BOOST_TEST(
        post("/api/message", R"({"message": " My name is Anna\n", "message_id": "m-1"})", visitor).status ==
        200);
}

BOOST_AUTO_TEST_CASE(the_header_idempotency_key_is_a_message_id_too) {
    const std::string visitor = new_visitor();
    Request request =
        with_visitor({.method = "POST", .target = "/api/message", .body = R"({"message": "hi"})"}, visitor);
    request.headers["content-type"] = "application/json; charset=utf-8";
    request.headers["idempotency-key"] = "key-1";
    BOOST_TEST(text_of(send(request), "message_id") == "key-1");
    BOOST_TEST(header_of(send(request), "Idempotent-Replay").has_value());
    request.body = R"({"message": "hi", "message_id": "other"})";
    const Response differing = send(request);
    BOOST_TEST(differing.status == 400);
    BOOST_TEST(code_of(differing) == "conflicting_values");
}

BOOST_AUTO_TEST_CASE(the_request_id_serves_where_the_client_gives_no_message_id) {
    Request request = with_visitor(
        {.method = "POST", .target = "/api/message", .body = R"({"message": "hi"})"}, new_visitor());
    request.headers["content-type"] = "application/json";
    request.headers["content-length"] = "17";
    request.request_id = "tried-twice";
    BOOST_TEST(!header_of(api.handle(request), "Idempotent-Replay").has_value());
    BOOST_TEST(header_of(api.handle(request), "Idempotent-Replay").has_value());
}

BOOST_AUTO_TEST_CASE(beyond_a_limit_repetitions_are_answered_and_nothing_else) {
    const std::string visitor = new_visitor();
    const auto send_beyond = [&](std::string method, std::string target, std::string body,
                                 const std::string& who) {
        Request request{.method = std::move(method), .target = std::move(target), .body = std::move(body)};
        request.headers["content-type"] = "application/json";
        request.over_limit = true;
        return send(with_visitor(std::move(request), who));
    };
    const auto check = [](const Response& response, int status, const std::string& code) {
        BOOST_TEST(response.status == status);
        BOOST_TEST(code_of(response) == code);
    };
    const std::string known = R"({"message": "My name is Anna", "message_id": "m-1"})";
    const std::string unknown = R"({"message": "My name is Anna", "message_id": "m-2"})";

    // Not even a file is made for somebody who has none.
    check(send_beyond("POST", "/api/message", known, visitor), 429, "rate_limited");
    check(send_beyond("POST", "/api/message", known, {}), 429, "rate_limited");
    BOOST_TEST(count_files() == 0u);

    const std::string said = text_of(post("/api/message", known, visitor), "reply.id");
    const Response again = send_beyond("POST", "/api/message", known, visitor);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(text_of(again, "reply.id") == said);
    BOOST_TEST(header_of(again, "Idempotent-Replay").has_value());

    const Response refused = send_beyond("POST", "/api/message", unknown, visitor);
    check(refused, 429, "rate_limited");
    BOOST_TEST(header_of(refused, "Retry-After").value() == "1");
    check(send_beyond("GET", "/api/sessions", {}, visitor), 429, "rate_limited");
    check(send_beyond("DELETE", "/api/user", {}, visitor), 429, "rate_limited");
    BOOST_TEST(!header_of(post("/api/message", unknown, visitor), "Idempotent-Replay").has_value());
}

struct Bad {
    const char* body;
    int status;
    const char* code;
    const char* param;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) {
    return out << std::string{bad.body}.substr(0, 60);
}

const Bad kBad[] = {
    {"", 400, "invalid_json", ""},
    {"hello", 400, "invalid_json", ""},
    {"[]", 400, "invalid_value", ""},
    {"{}", 400, "missing_field", "message"},
    {R"({"message": null})", 400, "missing_field", "message"},
    {R"({"message": ""})", 400, "invalid_value", "message"},
    {R"({"message": " \u00a0\n"})", 400, "invalid_value", "message"},
    {R"({"message": 5})", 400, "invalid_value", "message"},
    {R"({"message": ["hi"]})", 400, "invalid_value", "message"},
    {"{\"message\": \"\xC3\x28\"}", 400, "invalid_value", "message"},
    {R"({"message": "a\u0000b"})", 400, "invalid_value", "message"},
    {R"({"message": "\ud800"})", 400, "invalid_value", "message"},
    {R"({"message": "hi", "message": "hi"})", 400, "duplicate_field", "message"},
    {R"({"message": "hi", "massage": "hi"})", 400, "unknown_field", "massage"},
    {R"({"message": "hi", "message_id": ""})", 400, "invalid_value", "message_id"},
    {R"({"message": "hi", "message_id": "a b"})", 400, "invalid_value", "message_id"},
    {R"({"message": "hi", "message_id": 7})", 400, "invalid_value", "message_id"},
    {R"({"message": "hi", "new_session": "yes"})", 400, "invalid_value", "new_session"},
    {R"({"message": "hi", "isolated": true})", 400, "conflicting_values", "isolated"},
    {R"({"message": "hi", "stream": true})", 400, "invalid_value", "stream"},
    {R"({"message": "hi", "time_zone": "Mars/Olympus"})", 400, "invalid_value", "time_zone"},
    {R"({"message": "hi", "locale": "r u"})", 400, "invalid_value", "locale"},
    {R"({"message": "hi", "session_id": "0123456789ab"})", 404, "session_not_found", "session_id"},
    {R"({"message": "hi", "session_id": "no such"})", 400, "invalid_value", "session_id"},
    {R"({"message": "hi", "session_id": "x", "new_session": true})", 400, "conflicting_values", "session_id"},
};

BOOST_DATA_TEST_CASE_F(ApiFixture, bad_input_gets_its_error_and_stores_nothing, data::make(kBad), bad) {
    const Response response = post("/api/message", bad.body, new_visitor());
    BOOST_TEST(response.status == bad.status);
    BOOST_TEST(code_of(response) == bad.code);
    BOOST_TEST(text_of(response, "error.param") == bad.param);
    BOOST_TEST(text_of(response, "error.type") == "invalid_request_error");
    BOOST_TEST(text_of(response, "error.request_id") == header_of(response, "X-Request-Id").value());
    BOOST_TEST(!text_of(response, "error.message").empty());
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_may_be_as_long_as_the_limit_and_no_longer) {
    const std::string visitor = new_visitor();
    BOOST_TEST(say(std::string(32768, 'x'), visitor).status == 200);
    BOOST_TEST(say("  " + std::string(32768, 'x') + "  ", visitor).status == 200);
    const Response longer = say(std::string(32769, 'x'), visitor);
    BOOST_TEST(longer.status == 413);
    BOOST_TEST(code_of(longer) == "message_too_long");
    BOOST_TEST(text_of(get("/api/sessions", visitor), "none").empty());
}

BOOST_AUTO_TEST_CASE(bodies_too_large_incomplete_or_of_another_type_are_refused_in_this_order) {
    Request request = with_visitor(
        {.method = "POST", .target = "/api/message", .body = R"({"message": "hi"})"}, new_visitor());
    request.body_incomplete = true;
    request.body_too_large = true;
    BOOST_TEST(code_of(send(request)) == "body_too_large");
    request.body_too_large = false;
    BOOST_TEST(code_of(send(request)) == "unsupported_media_type");
    request.headers["content-type"] = "text/plain";
    BOOST_TEST(code_of(send(request)) == "unsupported_media_type");
    request.headers["content-type"] = "application/json";
    BOOST_TEST(code_of(send(request)) == "body_incomplete");
    request.length_invalid = true;
    BOOST_TEST(text_of(send(request), "error.param") == "Content-Length");
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
