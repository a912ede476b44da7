// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "http/visitor.h"
#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct AccessFixture : tests::ApiFixture {
    Response list_with(const std::string& key) {
        Request request{.method = "GET", .target = "/api/sessions"};
        request.headers["authorization"] = "Bearer " + key;
        request.headers["x-arq-user"] = "anna";
        return send(request);
    }
    Response from_origin(std::string method, const std::string& origin, const std::string& asks_for = {}) {
        Request request{.method = std::move(method), .target = "/api/visitor"};
        request.headers["origin"] = origin;
        request.headers["sec-fetch-site"] = "cross-site";
        if (!asks_for.empty()) request.headers["access-control-request-method"] = asks_for;
        return send(request);
    }
};

BOOST_FIXTURE_TEST_SUITE(access_tests, AccessFixture)

BOOST_AUTO_TEST_CASE(a_revoked_key_is_refused_at_once) {
    const std::string key = new_key(store::KeyRole::kServer);
    const std::string other = new_key(store::KeyRole::kServer);
    BOOST_TEST(list_with(key).status == 200);
    host.revoke_key(key.substr(4, 10), clock.now());
    BOOST_TEST(code_of(list_with(key)) == "invalid_key");
    BOOST_TEST(list_with(other).status == 200);
}

BOOST_AUTO_TEST_CASE(the_last_use_of_a_key_is_noted_to_the_minute) {
    const std::string key = new_key(store::KeyRole::kServer);
    BOOST_TEST(!host.list_keys().at(0).last_used_at.has_value());
    const auto first = clock.now();
    list_with(key);
    clock.advance(std::chrono::seconds{59});
    list_with(key);
    BOOST_TEST((host.list_keys().at(0).last_used_at == first));
    clock.advance(std::chrono::seconds{1});
    list_with(key);
    BOOST_TEST((host.list_keys().at(0).last_used_at == clock.now()));
}

BOOST_AUTO_TEST_CASE(rotating_the_secret_logs_nobody_out_and_signs_with_the_new_key) {
    const std::string visitor = new_visitor();
    say("My name is Anna", visitor);
    config::Secrets rotated = secrets;
    rotated.visitor_keys.insert(rotated.visitor_keys.begin(), random_key());
    write_secrets(rotated);

    BOOST_TEST(text_of(say("What is my name?", visitor), "reply.text") == "Your name is Anna.");
    clock.advance(std::chrono::seconds{1});
    const std::string newer = new_visitor();
    BOOST_TEST(verify_visitor(newer, {rotated.visitor_keys[0]}).has_value());
    BOOST_TEST(get("/api/sessions", newer).status == 200);
}

BOOST_AUTO_TEST_CASE(what_another_worker_signed_with_a_newer_key_is_believed_at_once) {
    config::Secrets rotated = secrets;
    rotated.visitor_keys.insert(rotated.visitor_keys.begin(), random_key());
    write_secrets(rotated);
    const std::string value =
        format_visitor(make_visitor("elsewhere", secrets.names, clock.now()), rotated.visitor_keys[0]);
    BOOST_TEST(get("/api/sessions", value).status == 200);
}

BOOST_AUTO_TEST_CASE(secrets_that_can_not_be_read_leave_those_in_force) {
    const std::string visitor = new_visitor();
    util::write_file_atomically(folder.file("secrets.json"), "{", 0600);
    clock.advance(std::chrono::seconds{1});
    BOOST_TEST(get("/api/sessions", visitor).status == 200);
}

BOOST_AUTO_TEST_CASE(pages_of_other_sites_are_refused_by_default) {
    BOOST_TEST(from_origin("POST", "https://evil.example").status == 403);
    BOOST_TEST(from_origin("OPTIONS", "https://evil.example", "POST").status == 405);
    Request same{.method = "POST", .target = "/api/visitor"};
    same.headers["origin"] = "https://ours.example";
    same.headers["sec-fetch-site"] = "same-origin";
    BOOST_TEST(send(same).status == 204);
    BOOST_TEST(!header_of(send(same), "Access-Control-Allow-Origin").has_value());
}

BOOST_AUTO_TEST_CASE(pages_of_an_allowed_origin_may_call_without_cookies) {
    config.access.allowed_origins = {"https://shop.example"};
    const Response asked = from_origin("OPTIONS", "https://shop.example", "POST");
    BOOST_TEST(asked.status == 204);
    BOOST_TEST(header_of(asked, "Access-Control-Allow-Origin").value() == "https://shop.example");
    BOOST_TEST(header_of(asked, "Access-Control-Allow-Methods").value() == "POST");
    BOOST_TEST(!header_of(asked, "Access-Control-Allow-Credentials").has_value());
    BOOST_TEST(
        header_of(from_origin("POST", "https://shop.example"), "Access-Control-Allow-Origin").has_value());
    BOOST_TEST(header_of(asked, "Vary").value() == "Origin");
    BOOST_TEST(from_origin("POST", "https://shop.example.evil.example").status == 403);
    BOOST_TEST(from_origin("OPTIONS", "http://shop.example", "POST").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
