// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct IdentityFixture : tests::ApiFixture {
    Response send_with(std::string name, std::string value,
                       Request request = {.method = "GET", .target = "/api/sessions"}) {
        request.headers[std::move(name)] = std::move(value);
        return send(std::move(request));
    }
    static Request message(std::string text) {
        Request request{
            .method = "POST", .target = "/api/message", .body = "{\"message\": \"" + text + "\"}"};
        request.headers["content-type"] = "application/json";
        return request;
    }
    // The cookie's "name=value" of a Set-Cookie header.
    static std::string cookie_of(const Response& response) {
        const std::string header = header_of(response, "Set-Cookie").value_or("");
        return header.substr(0, header.find(';'));
    }
};

BOOST_FIXTURE_TEST_SUITE(identity_tests, IdentityFixture)

BOOST_AUTO_TEST_CASE(a_browser_gets_a_cookie_that_no_script_can_read) {
    const Response made = send({.method = "POST", .target = "/api/visitor"});
    BOOST_TEST(made.status == 204);
    BOOST_TEST(made.body.empty());
    const std::string header = header_of(made, "Set-Cookie").value();
    for (const char* attribute :
         {"arq_visitor=v1.", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=34560000"})
        BOOST_TEST(header.find(attribute) != std::string::npos, attribute);
    BOOST_TEST(header.find("Secure") == std::string::npos);
    BOOST_TEST(header_of(send({.method = "POST", .target = "/api/visitor", .secure = true}), "Set-Cookie")
                   ->ends_with("; Secure"));
    BOOST_TEST(send_with("cookie", cookie_of(made)).status == 200);
}

BOOST_AUTO_TEST_CASE(a_known_browser_stays_who_it_is) {
    const std::string cookie = cookie_of(send({.method = "POST", .target = "/api/visitor"}));
    const Response again = send_with("cookie", cookie, {.method = "POST", .target = "/api/visitor"});
    BOOST_TEST(again.status == 204);
    BOOST_TEST(!header_of(again, "Set-Cookie").has_value());
}

BOOST_AUTO_TEST_CASE(the_cookie_is_renewed_once_a_day_for_the_same_visitor) {
    const std::string cookie = cookie_of(send({.method = "POST", .target = "/api/visitor"}));
    BOOST_TEST(!header_of(send_with("cookie", cookie), "Set-Cookie").has_value());
    clock.advance(std::chrono::hours{25});
    const std::string renewed = cookie_of(send_with("cookie", cookie));
    BOOST_TEST(renewed != cookie);
    BOOST_TEST(renewed.substr(0, renewed.find('.', 16)) == cookie.substr(0, cookie.find('.', 16)));
    BOOST_TEST(send_with("cookie", renewed).status == 200);
}

BOOST_AUTO_TEST_CASE(the_value_stands_in_a_body_only_for_those_who_sent_the_header) {
    const Response by_cookie = send(message("hello"));
    BOOST_TEST(by_cookie.body.find("\"visitor\"") == std::string::npos);
    BOOST_TEST(!cookie_of(by_cookie).empty());
    const Response by_header = send_with("x-arq-visitor", "new", message("hello"));
    BOOST_TEST(!text_of(by_header, "visitor").empty());
    BOOST_TEST(!header_of(by_header, "Set-Cookie").has_value());
}

BOOST_AUTO_TEST_CASE(a_first_message_tried_at_a_second_worker_makes_the_same_visitor) {
    Request request = message("hello");
    request.headers["content-length"] = std::to_string(request.body.size());
    request.request_id = "tried-twice";
    const Response first = api.handle(request);
    const Response second = api.handle(request);
    BOOST_TEST(cookie_of(first) == cookie_of(second));
    BOOST_TEST(header_of(second, "Idempotent-Replay").has_value());
    BOOST_TEST(count_files() == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_and_forged_values_are_refused_where_somebody_is_needed) {
    const Response nobody = get("/api/sessions");
    BOOST_TEST(nobody.status == 401);
    BOOST_TEST(code_of(nobody) == "credentials_required");
    BOOST_TEST(header_of(nobody, "WWW-Authenticate").value() == "Bearer");
    BOOST_TEST(code_of(send_with("cookie", "arq_visitor=v1.forged.1.AAAA")) == "invalid_visitor");
    BOOST_TEST(code_of(send_with("x-arq-visitor", "v1.forged.1.AAAA")) == "invalid_visitor");
    BOOST_TEST(text_of(send_with("x-arq-visitor", "x"), "error.type") == "authentication_error");
}

BOOST_AUTO_TEST_CASE(a_forged_value_counts_as_none_on_a_first_message_and_not_on_a_later_one) {
    BOOST_TEST(send_with("cookie", "arq_visitor=forged", message("hello")).status == 200);
    Request later = message("hello");
    later.body = R"({"message": "hello", "session_id": "0n97qrrzz3pk"})";
    BOOST_TEST(code_of(send_with("cookie", "arq_visitor=forged", later)) == "invalid_visitor");
    BOOST_TEST(code_of(send(later)) == "credentials_required");
}

BOOST_AUTO_TEST_CASE(a_server_speaks_for_the_user_that_it_names) {
    Request request = message("My name is Anna");
    request.headers["authorization"] = "Bearer " + new_key(store::KeyRole::kServer);
    const Response unnamed = send(request);
    BOOST_TEST(unnamed.status == 400);
    BOOST_TEST(code_of(unnamed) == "user_required");
    request.headers["x-arq-user"] = "anna@example.com";
    const Response named = send(request);
    BOOST_TEST(named.status == 200);
    BOOST_TEST(!header_of(named, "Set-Cookie").has_value());
    request.body = R"({"message": "What is my name?"})";
    BOOST_TEST(text_of(send(request), "reply.text") == "Your name is Anna.");
    request.headers["x-arq-user"] = "ANNA@example.com";
    BOOST_TEST(text_of(send(request), "reply.text").starts_with("I don't know your name"));
}

BOOST_AUTO_TEST_CASE(user_names_are_text_of_128_bytes_at_most) {
    Request request{.method = "GET", .target = "/api/sessions"};
    request.headers["authorization"] = "bearer " + new_key(store::KeyRole::kServer);
    for (const std::string& name :
         {std::string(128, 'x'), std::string{"../../etc/passwd"}, std::string{"Анна ✓"}})
        BOOST_TEST(send_with("x-arq-user", name, request).status == 200, name);
    for (const std::string& name :
         {std::string(129, 'x'), std::string{"a\nb"}, std::string{"\xC0\xAF"}, std::string{"a\x7F"}})
        BOOST_TEST(text_of(send_with("x-arq-user", name, request), "error.param") == "X-ARQ-User", name);
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_CASE(a_bad_authorization_is_refused_even_beside_a_good_cookie) {
    const std::string key = new_key(store::KeyRole::kServer);
    Request request{.method = "GET", .target = "/api/sessions"};
    request.headers["cookie"] = cookie_of(send({.method = "POST", .target = "/api/visitor"}));
    BOOST_TEST(send(request).status == 200);
    for (const std::string& bad :
         {std::string{"Bearer wrong"}, std::string{"Bearer "}, std::string{"Basic YTpi"},
          "Bearer " + key + "x", "Bearer " + key.substr(0, key.size() - 1), std::string{}})
        BOOST_TEST(code_of(send_with("authorization", bad, request)) == "invalid_key", bad);
}

BOOST_AUTO_TEST_CASE(an_admin_key_does_not_speak_for_users) {
    const Response response = send_with("authorization", "Bearer " + new_key(store::KeyRole::kAdmin));
    BOOST_TEST(response.status == 403);
    BOOST_TEST(text_of(response, "error.type") == "permission_error");
}

BOOST_AUTO_TEST_CASE(a_visitor_is_not_made_beside_a_key) {
    const Response response = send_with("authorization", "Bearer " + new_key(store::KeyRole::kServer),
                                        {.method = "POST", .target = "/api/visitor"});
    BOOST_TEST(response.status == 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
