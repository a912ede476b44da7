// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct DeletionFixture : tests::ApiFixture {
    Response remove(std::string target, const std::string& who) {
        return send(with_visitor({.method = "DELETE", .target = std::move(target)}, who));
    }
    bool is_on_disk(const std::string& word) const { return tests::is_on_disk(users_folder(), word); }
    // Enough talk that the word is in the index's merged segments, in freed pages and in the log.
    std::string plant(const std::string& word) {
        const std::string session = text_of(
            post("/api/message", R"({"message": "start", "new_session": true})", visitor), "session_id");
        for (int i = 0; i < 60; ++i)
            post("/api/message",
                 "{\"message\": \"" + word + " number" + std::to_string(i) + "\", \"session_id\": \"" +
                     session + "\"}",
                 visitor);
        return session;
    }

    std::string visitor = new_visitor();
};

BOOST_FIXTURE_TEST_SUITE(deletion_tests, DeletionFixture)

BOOST_AUTO_TEST_CASE(a_session_is_renamed) {
    const std::string id = text_of(say("hello", visitor), "session_id");
    Request request = with_visitor(
        {.method = "PATCH", .target = "/api/sessions/" + id, .body = R"({"title": " New "})"}, visitor);
    request.headers["content-type"] = "application/json";
    BOOST_TEST(text_of(send(request), "title") == "New");
    BOOST_TEST(text_of(get("/api/sessions/" + id, visitor), "title") == "New");
    for (const char* body :
         {R"({"title": ""})", R"({})", R"({"title": "a\nb"})", R"({"title": "a", "isolated": true})"}) {
        request.body = body;
        request.headers["content-length"] = std::to_string(request.body.size());
        BOOST_TEST(send(request).status == 400, body);
    }
    BOOST_TEST(text_of(get("/api/sessions/" + id, visitor), "title") == "New");
}

BOOST_AUTO_TEST_CASE(a_deleted_session_is_gone_and_a_planted_word_is_found_nowhere) {
    const std::string kept = text_of(say("kept words", visitor), "session_id");
    const std::string id = plant("xylophone");
    BOOST_TEST(is_on_disk("xylophon"));
    BOOST_TEST(remove("/api/sessions/" + id, visitor).status == 204);
    BOOST_TEST(!is_on_disk("xylophon"));
    BOOST_TEST(get("/api/sessions/" + id, visitor).status == 404);
    BOOST_TEST(code_of(remove("/api/sessions/" + id, visitor)) == "session_not_found");
    BOOST_TEST(get("/api/sessions/" + kept, visitor).status == 200);
    BOOST_TEST(text_of(say("Which words are kept?", visitor), "reply.text").find("kept words") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_session_taught_to_all_stays_when_it_goes) {
    const std::string id = text_of(say("Remember that my order number is 4417", visitor), "session_id");
    say("My name is Anna", visitor);
    remove("/api/sessions/" + id, visitor);
    BOOST_TEST(text_of(say("What is my order number?", visitor), "reply.text").find("4417") !=
               std::string::npos);
    BOOST_TEST(text_of(say("What is my name?", visitor), "reply.text") == "Your name is Anna.");
}

BOOST_AUTO_TEST_CASE(what_an_isolated_session_learnt_goes_with_it) {
    const Response told =
        post("/api/message",
             R"({"message": "Remember that my code is zanzibar", "new_session": true, "isolated": true})",
             visitor);
    BOOST_TEST(remove("/api/sessions/" + text_of(told, "session_id"), visitor).status == 204);
    BOOST_TEST(!is_on_disk("zanzibar"));
}

BOOST_AUTO_TEST_CASE(another_users_session_can_be_neither_renamed_nor_deleted) {
    const std::string id = text_of(say("mine", visitor), "session_id");
    const std::string other = new_visitor();
    say("theirs", other);
    BOOST_TEST(remove("/api/sessions/" + id, other).status == 404);
    Request request = with_visitor(
        {.method = "PATCH", .target = "/api/sessions/" + id, .body = R"({"title": "x"})"}, other);
    request.headers["content-type"] = "application/json";
    BOOST_TEST(send(request).status == 404);
    BOOST_TEST(text_of(get("/api/sessions/" + id, visitor), "title") == "mine");
}

BOOST_AUTO_TEST_CASE(a_user_who_is_deleted_leaves_no_word_and_no_file) {
    plant("xylophone");
    say("Remember that my code is zanzibar", visitor);
    const std::string other = new_visitor();
    say("bystander", other);
    BOOST_TEST(remove("/api/user", visitor).status == 204);
    BOOST_TEST(!is_on_disk("xylophon"));
    BOOST_TEST(!is_on_disk("zanzibar"));
    BOOST_TEST(count_files() == 1U);
    BOOST_TEST(remove("/api/user", visitor).status == 204);
    BOOST_TEST(get("/api/sessions", visitor).body == R"({"sessions":[],"next_after":null})");
    BOOST_TEST(text_of(say("What is my code?", visitor), "reply.text").starts_with("I don't know"));
    BOOST_TEST(get("/api/sessions", other).body.find("bystander") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_browsers_cookie_goes_with_the_user) {
    const std::string cookie =
        header_of(send({.method = "POST", .target = "/api/visitor"}), "Set-Cookie").value();
    Request request{.method = "DELETE", .target = "/api/user"};
    request.headers["cookie"] = cookie.substr(0, cookie.find(';'));
    const std::string expired = header_of(send(request), "Set-Cookie").value();
    BOOST_TEST(expired.starts_with("arq_visitor=; "));
    BOOST_TEST(expired.find("Max-Age=0") != std::string::npos);
    BOOST_TEST(remove("/api/user", {}).status == 401);
}

// A second worker that has the file open: what the first deleted is gone for it too, and what it writes
// afterwards is kept.
BOOST_AUTO_TEST_CASE(a_user_deleted_at_one_worker_is_gone_at_the_other) {
    store::UserFiles other_files{users_folder(), options, 4, clock};
    const store::UserKey key = user(7);
    const auto talk = [&](store::UserFiles& at, const std::string& id) {
        const auto file = at.open_or_create(key);
        store::UserFile::Transaction transaction{*file};
        const auto session = file->create_session("xylophone", false);
        file->append_message(session.id, id, "xylophone " + id);
        transaction.commit();
    };
    talk(files, "a");
    talk(other_files, "b");
    files.remove(key);
    BOOST_TEST(!is_on_disk("xylophone"));
    BOOST_TEST((*other_files.open(key))->list_sessions({}, 9).empty());
    talk(other_files, "c");
    talk(files, "d");
    BOOST_TEST((*files.open(key))->list_sessions({}, 9).size() == 2U);
    other_files.remove(key);
    BOOST_TEST(!is_on_disk("xylophone"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
