// SPDX-License-Identifier: MIT
//
// The standby's side of the contract, and that what it and the workers write is one history.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "http/routes.h"
#include "support/api_fixture.h"

namespace arq {
namespace {

using http::Request;
using http::Response;
using http::Route;
using tests::ApiFixture;
using tests::header_of;

// The standby beside the worker of the fixture, on the same files.
struct Standby : ApiFixture {
    Response send_standby(Request request, const http::RouteTable& routes = http::legacy_routes()) {
        request.request_id = "standby-" + std::to_string(++requests);
        if (!request.body.empty()) {
            request.headers["content-type"] = "application/json";
            request.headers["content-length"] = std::to_string(request.body.size());
        }
        store::UserFiles own_files{users_folder(), options, 4, clock};
        assistant::Assistant own{own_files, responder, clock, {.variant = model::Variant::kLegacy}};
        return http::Api{{.config = config,
                          .secrets = live_secrets,
                          .files = own_files,
                          .host = host,
                          .assistant = own,
                          .clock = clock,
                          .version = "test",
                          .data_folder = users_folder(),
                          .routes = routes,
                          .pool = pool,
                          .variant = model::Variant::kLegacy}}
            .handle(request);
    }
    Response ask_standby(const std::string& method, const std::string& target, const std::string& body = {}) {
        return send_standby(with_visitor({.method = method, .target = target, .body = body}, visitor));
    }

    const std::string visitor = new_visitor();
};

BOOST_FIXTURE_TEST_SUITE(legacy_tests, Standby)

BOOST_AUTO_TEST_CASE(the_standby_knows_every_path_and_method_of_the_workers) {
    const auto all = http::all_routes().routes;
    const auto own = http::legacy_routes().routes;
    BOOST_REQUIRE(all.size() == own.size());
    for (std::size_t at = 0; at < all.size(); ++at) {
        BOOST_TEST(own[at].method == all[at].method);
        BOOST_TEST(own[at].path == all[at].path);
        BOOST_TEST((own[at].handle == all[at].handle || own[at].handle == http::refuse_in_legacy));
        BOOST_TEST((all[at].handle != http::refuse_in_legacy));
    }
}

BOOST_AUTO_TEST_CASE(messages_sessions_visitors_and_health_are_the_standbys_too) {
    for (const char* path : {"/api/message", "/api/visitor", "/api/sessions", "/api/sessions/{id}",
                             "/api/sessions/{id}/messages", "/api/user", "/health", "/health/live",
                             "/health/ready", "/metrics"}) {
        const auto own = http::legacy_routes().routes;
        const auto found =
            std::find_if(own.begin(), own.end(), [&](const Route& route) { return route.path == path; });
        BOOST_REQUIRE_MESSAGE(found != own.end(), path);
        BOOST_TEST((found->handle != http::refuse_in_legacy), path);
    }
}

BOOST_AUTO_TEST_CASE(what_the_standby_goes_without_says_so_once_the_caller_is_known) {
    const Route whole{.method = "GET",
                      .path = "/api/memories",
                      .access = http::Access::kUser,
                      .body = http::Body::kNone,
                      .parameters = "limit",
                      .answers_repetitions = false,
                      .handle = http::refuse_in_legacy};
    const http::RouteTable table{{&whole, 1}};
    const Request request = with_visitor({.method = "GET", .target = "/api/memories?limit=3"}, visitor);
    const Response refused = send_standby(request, table);
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(code_of(refused) == "not_in_legacy");
    BOOST_TEST(text_of(refused, "error.type") == "server_error");
    BOOST_TEST(header_of(refused, "Retry-After").has_value());
    BOOST_TEST(header_of(refused, "X-Request-Id").value_or("") == "standby-" + std::to_string(requests));

    Request forged = request;
    forged.headers["authorization"] = "Bearer arq-none";
    BOOST_TEST(send_standby(forged, table).status == 401);
    const Response other_method = send_standby({.method = "POST", .target = "/api/memories"}, table);
    BOOST_TEST(other_method.status == 405);
    BOOST_TEST(header_of(other_method, "Allow").value_or("") == "GET, HEAD");
    BOOST_TEST(send_standby({.method = "GET", .target = "/api/nothing"}, table).status == 404);
}

BOOST_AUTO_TEST_CASE(what_is_said_to_the_one_is_known_to_the_other) {
    say("My name is Ottilie", visitor);
    const Response answer = ask_standby("POST", "/api/message", R"({"message": "What is my name?"})");
    BOOST_REQUIRE(answer.status == 200);
    BOOST_TEST(text_of(answer, "reply.variant") == "legacy");
    BOOST_TEST(text_of(answer, "reply.text").find("Ottilie") != std::string::npos);

    ask_standby("POST", "/api/message", R"({"message": "My cat is called Mimi"})");
    const Response later = say("What is my cat called?", visitor);
    BOOST_TEST(text_of(later, "reply.variant") == "production");
    BOOST_TEST(text_of(later, "reply.text").find("Mimi") != std::string::npos);
    const std::string session = text_of(later, "session_id");
    const std::string there = ask_standby("GET", "/api/sessions/" + session + "/messages").body;
    BOOST_TEST(there == get("/api/sessions/" + session + "/messages", visitor).body);
    BOOST_TEST(ask_standby("GET", "/api/sessions/" + session).body.find("\"message_count\":8") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_that_the_one_answered_is_a_repetition_for_the_other) {
    const std::string body = R"({"message": "hello there", "message_id": "m-1"})";
    const std::string other = R"({"message": "hello again", "message_id": "m-2"})";
    const Response first = post("/api/message", body, visitor);
    const Response again = ask_standby("POST", "/api/message", body);
    BOOST_TEST(header_of(again, "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(text_of(again, "reply.id") == text_of(first, "reply.id"));
    BOOST_TEST(text_of(again, "reply.variant") == "production");

    const Response second = ask_standby("POST", "/api/message", other);
    const Response back = post("/api/message", other, visitor);
    BOOST_TEST(header_of(back, "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(text_of(back, "reply.id") == text_of(second, "reply.id"));
    BOOST_TEST(text_of(back, "reply.variant") == "legacy");
    BOOST_TEST(code_of(ask_standby("POST", "/api/message", R"({"message": "no", "message_id": "m-1"})")) ==
               "message_id_reused");
    BOOST_TEST(get("/api/sessions", visitor).body.find("\"message_count\":4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(its_health_is_degraded_and_names_it) {
    const Response health = ask_standby("GET", "/health");
    BOOST_TEST(health.status == 200);
    BOOST_TEST(text_of(health, "status") == "degraded");
    BOOST_TEST(text_of(health, "variant") == "legacy");
    BOOST_TEST(text_of(get("/health"), "status") == "ok");
    BOOST_TEST(text_of(get("/health"), "variant") == "production");
    BOOST_TEST(ask_standby("GET", "/health/ready").status == 200);
}

BOOST_AUTO_TEST_CASE(what_has_failed_at_two_workers_is_refused_in_the_contracts_words) {
    const Response refused =
        api.refuse_failed({.method = "GET", .target = "/api/sessions", .request_id = "r"});
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(code_of(refused) == "no_worker");
    BOOST_TEST(text_of(refused, "error.request_id") == "r");
    BOOST_TEST(header_of(refused, "Retry-After").has_value());
    BOOST_TEST(header_of(refused, "X-Request-Id").value_or("") == "r");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq
