// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <set>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct SessionsFixture : tests::ApiFixture {
    static std::vector<std::string> texts(const Response& response, std::string_view list,
                                          std::string_view field) {
        const json::Document document{response.body};
        std::vector<std::string> all;
        for (json::Object& object : document.root().objects(list))
            all.push_back(object.required_string(field));
        return all;
    }

    std::string visitor = new_visitor();
};

BOOST_FIXTURE_TEST_SUITE(sessions_tests, SessionsFixture)

BOOST_AUTO_TEST_CASE(a_user_who_said_nothing_has_no_sessions_and_no_file) {
    const Response response = get("/api/sessions", visitor);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == R"({"sessions":[],"next_after":null})");
    BOOST_TEST(count_files() == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_said_is_read_back_page_by_page) {
    const std::string id = text_of(say("first", visitor), "session_id");
    say("second", visitor);
    const std::string path = "/api/sessions/" + id + "/messages";
    const Response page = get(path + "?limit=3", visitor);
    const auto said = texts(page, "messages", "text");
    BOOST_REQUIRE(said.size() == 3U);
    BOOST_TEST(said[0] == "first");
    BOOST_TEST(said[2] == "second");
    BOOST_TEST(texts(page, "messages", "role")[1] == "assistant");
    const Response rest = get(path + "?after=" + text_of(page, "next_after"), visitor);
    BOOST_TEST(texts(rest, "messages", "text").size() == 1U);
    BOOST_TEST(rest.body.ends_with("\"next_after\":null}"));

    const Response session = get("/api/sessions/" + id, visitor);
    BOOST_TEST(text_of(session, "title") == "first");
    BOOST_TEST(text_of(session, "created_at") == "2026-11-24T06:00:00.000Z");
    BOOST_TEST(session.body.find("\"message_count\":4") != std::string::npos);
    BOOST_TEST(texts(get("/api/sessions", visitor), "sessions", "id").at(0) == id);
}

BOOST_AUTO_TEST_CASE(messages_that_arrive_between_two_pages_disturb_none) {
    const std::string id = text_of(say("number0", visitor), "session_id");
    for (int i = 1; i < 5; ++i) say("number" + std::to_string(i), visitor);
    std::vector<std::string> users_texts;
    std::string after;
    for (int page = 0; page < 20; ++page) {
        const Response response = get("/api/sessions/" + id + "/messages?limit=3" + after, visitor);
        const auto roles = texts(response, "messages", "role");
        const auto said = texts(response, "messages", "text");
        for (std::size_t i = 0; i < said.size(); ++i)
            if (roles[i] == "user") users_texts.push_back(said[i]);
        if (page < 3) say("number" + std::to_string(5 + page), visitor);
        if (text_of(response, "next_after").empty()) break;
        after = "&after=" + text_of(response, "next_after");
    }
    BOOST_REQUIRE(users_texts.size() == 8U);
    for (int i = 0; i < 8; ++i)
        BOOST_TEST(users_texts[static_cast<std::size_t>(i)] == "number" + std::to_string(i));
}

// The list is ordered by the last message: a session that is talked in moves up, but none is passed over.
BOOST_AUTO_TEST_CASE(sessions_that_are_talked_in_between_two_pages_hide_no_other) {
    std::vector<std::string> ids;
    for (int i = 0; i < 9; ++i) {
        clock.advance(std::chrono::seconds{1});
        ids.push_back(text_of(post("/api/message", R"({"message": "hi", "new_session": true})", visitor),
                              "session_id"));
    }
    std::set<std::string> seen;
    std::string after;
    for (int page = 0; page < 20; ++page) {
        const Response response = get("/api/sessions?limit=2" + after, visitor);
        for (const std::string& id : texts(response, "sessions", "id")) seen.insert(id);
        clock.advance(std::chrono::seconds{1});
        // One that was seen, and not the last of the page.
        if (page < 3)
            post("/api/message", R"({"message": "hi", "session_id": ")" + ids[8 - 2 * page] + "\"}", visitor);
        if (text_of(response, "next_after").empty()) break;
        after = "&after=" + text_of(response, "next_after");
    }
    BOOST_TEST(seen.size() == 9U);
}

BOOST_AUTO_TEST_CASE(a_page_of_long_messages_ends_early_and_loses_none) {
    std::string id;
    for (int i = 0; i < 20; ++i) id = text_of(say(std::string(32000, 'x'), visitor), "session_id");
    std::size_t listed = 0;
    int pages = 0;
    for (std::string after; pages < 50;) {
        const Response page = get("/api/sessions/" + id + "/messages?limit=200" + after, visitor);
        BOOST_TEST(page.body.size() < 512U * 1024);
        listed += texts(page, "messages", "id").size();
        ++pages;
        if (text_of(page, "next_after").empty()) break;
        after = "&after=" + text_of(page, "next_after");
    }
    BOOST_TEST(listed == 40U);
    BOOST_TEST(pages > 1);
}

BOOST_AUTO_TEST_CASE(a_reply_is_listed_under_the_id_that_its_answer_had) {
    const Response answer = say("hello", visitor);
    const Response messages = get("/api/sessions/" + text_of(answer, "session_id") + "/messages", visitor);
    BOOST_TEST(texts(messages, "messages", "id").at(1) == text_of(answer, "reply.id"));
    BOOST_TEST(texts(messages, "messages", "message_id").at(1) == text_of(answer, "message_id"));
}

BOOST_AUTO_TEST_CASE(another_users_session_is_not_found) {
    const std::string id = text_of(say("mine", visitor), "session_id");
    const std::string other = new_visitor();
    say("theirs", other);
    for (const std::string& stranger : {other, new_visitor()}) {
        BOOST_TEST(get("/api/sessions/" + id, stranger).status == 404);
        BOOST_TEST(code_of(get("/api/sessions/" + id + "/messages", stranger)) == "session_not_found");
        const Response posted =
            post("/api/message", "{\"message\": \"hi\", \"session_id\": \"" + id + "\"}", stranger);
        BOOST_TEST(posted.status == 404);
    }
    BOOST_TEST(get("/api/sessions/" + id, visitor).body.find("\"message_count\":2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
    const std::string id = text_of(say("hello", visitor), "session_id");
    for (const char* query : {"limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "limit=5x", "after=x",
                              "after=", "after=0123456789ab", "offset=5"})
        for (const std::string& path :
             {std::string{"/api/sessions?"}, "/api/sessions/" + id + "/messages?"}) {
            const Response response = get(path + query, visitor);
            BOOST_TEST(response.status == 400, path << query);
            BOOST_TEST(text_of(response, "error.param") ==
                       std::string{query}.substr(0, std::string{query}.find('=')));
        }
    BOOST_TEST(get("/api/sessions?limit=200", visitor).status == 200);
    BOOST_TEST(code_of(get("/api/sessions?limit=5&limit=5", visitor)) == "duplicate_field");
    BOOST_TEST(text_of(get("/api/sessions/" + id + "?x=1", visitor), "error.param") == "x");
    BOOST_TEST(get("/health?probe=1").status == 400);
}

BOOST_AUTO_TEST_CASE(paths_and_methods_that_are_not_there_are_told_before_anything_else) {
    for (const char* path :
         {"/api/nothing", "/api/sessions/", "/api/sessions/x/y", "/v1/models", "/", "/api/%zz"})
        BOOST_TEST(code_of(get(path)) == "not_found", path);
    const Response wrong = post("/api/sessions", "not even JSON");
    BOOST_TEST(wrong.status == 405);
    BOOST_TEST(header_of(wrong, "Allow").value() == "GET, HEAD");
    BOOST_TEST(send({.method = "BREW", .target = "/api/message"}).status == 405);
}

// The body, which is not sent, is there for its length.
BOOST_AUTO_TEST_CASE(head_works_where_get_does) {
    const Response response = send(with_visitor({.method = "HEAD", .target = "/api/sessions"}, visitor));
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == get("/api/sessions", visitor).body);
}

BOOST_AUTO_TEST_CASE(health_needs_no_key_and_says_null_of_what_nobody_has_counted) {
    const Response health = get("/health");
    BOOST_TEST(health.status == 200);
    BOOST_TEST(text_of(health, "status") == "ok");
    BOOST_TEST(text_of(health, "version") == "test");
    BOOST_TEST(health.body.find("\"users\":null") != std::string::npos);
    BOOST_TEST(get("/health/live").status == 200);
    BOOST_TEST(text_of(get("/health/ready"), "status") == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
