// SPDX-License-Identifier: MIT
//
// /api/memory, /api/search and /api/topics: what they answer, what they refuse, and who sees what.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

struct MemoryRoutesFixture : tests::ApiFixture {
    Response ask(std::string method, std::string target, std::string body, const std::string& who) {
        Request request{.method = std::move(method), .target = std::move(target), .body = std::move(body)};
        if (!request.body.empty()) request.headers["content-type"] = "application/json";
        return send(with_visitor(std::move(request), who));
    }
    Response keep(const std::string& text, const std::string& more = {}) {
        clock.advance(util::Milliseconds{10});
        return ask("POST", "/api/memory", "{\"text\": \"" + text + "\"" + more + "}", visitor);
    }
    static std::string error_of(const Response& response) {
        return code_of(response) + " " + text_of(response, "error.param");
    }
    // The values of a key in a list, in order.
    static std::vector<std::string> values_of(const Response& response, const std::string& key) {
        const std::string before = "\"" + key + "\":\"";
        std::vector<std::string> values;
        for (std::size_t at = response.body.find(before); at != std::string::npos;
             at = response.body.find(before, at)) {
            at += before.size();
            values.push_back(response.body.substr(at, response.body.find('"', at) - at));
        }
        return values;
    }
    std::string isolated_session() {
        return text_of(
            ask("POST", "/api/message",
                R"({"message": "Remember that my code is zanzibar", "new_session": true, "isolated": true})",
                visitor),
            "session_id");
    }
    store::UserFiles::Lease open_only_file() {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
            if (entry.path().extension() == ".sqlite3")
                return files.open(store::UserKey{entry.path().stem().string()}).value();
        throw std::runtime_error{"there is no file"};
    }
    bool is_on_disk(const std::string& word) const { return tests::is_on_disk(users_folder(), word); }

    std::string visitor = new_visitor();
};

using Texts = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(memory_routes_tests, MemoryRoutesFixture)

BOOST_AUTO_TEST_CASE(a_memory_is_written_read_changed_and_deleted) {
    const Response made = keep("I park at the station", ", \"kind\": \"fact\"");
    BOOST_TEST(made.status == 201);
    const std::string id = text_of(made, "id");
    BOOST_TEST(text_of(made, "kind") == "fact");
    const std::string target = "/api/memory/" + id;
    BOOST_TEST(get(target, visitor).body == made.body);
    BOOST_TEST(get(target + "/history", visitor).body == R"({"history":[],"next_after":null})");

    clock.advance(util::Milliseconds{1000});
    const Response changed =
        ask("PATCH", target, R"({"text": " I park at the airport ", "kind": "note"})", visitor);
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(text_of(changed, "text") == "I park at the airport");
    BOOST_TEST(text_of(changed, "kind") == "note");
    BOOST_TEST(text_of(changed, "updated_at") > text_of(changed, "created_at"));
    BOOST_TEST(ask("PATCH", target, R"({"kind": "preference"})", visitor).status == 200);
    const Response history = get(target + "/history", visitor);
    BOOST_TEST(values_of(history, "text") == (Texts{"I park at the station"}),
               boost::test_tools::per_element());
    BOOST_TEST(values_of(history, "changed_at") == (Texts{text_of(made, "created_at")}),
               boost::test_tools::per_element());

    BOOST_TEST(is_on_disk("airport"));
    BOOST_TEST(ask("DELETE", target, "", visitor).status == 204);
    BOOST_TEST(!is_on_disk("airport"));
    BOOST_TEST(!is_on_disk("station"));
    for (const char* rest : {"", "/history"})
        BOOST_TEST(code_of(get(target + rest, visitor)) == "memory_not_found");
    BOOST_TEST(code_of(ask("DELETE", target, "", visitor)) == "memory_not_found");
    BOOST_TEST(code_of(ask("PATCH", target, R"({"text": "x"})", visitor)) == "memory_not_found");
}

BOOST_AUTO_TEST_CASE(a_memory_leads_back_to_its_message_and_forgetting_hides_it) {
    post("/api/message", R"({"message": "My name is Anna", "message_id": "m-1"})", visitor);
    post("/api/message", R"({"message": "My name is Maria", "message_id": "m-2"})", visitor);
    const Response list = get("/api/memory", visitor);
    const std::string id = values_of(list, "id").at(0);
    const Response memory = get("/api/memory/" + id, visitor);
    BOOST_TEST(text_of(memory, "source_message_id") == "m-2");
    BOOST_TEST(text_of(memory, "subject") == "name");
    const Response history = get("/api/memory/" + id + "/history", visitor);
    BOOST_TEST(values_of(history, "message_id") == (Texts{"m-1"}), boost::test_tools::per_element());
    BOOST_TEST(values_of(get("/api/search?query=anna", visitor), "message_id").size() == 2U);

    BOOST_TEST(ask("DELETE", "/api/memory/" + id, "", visitor).status == 204);
    for (const char* name : {"anna", "maria"})
        BOOST_TEST(values_of(get("/api/search?query=" + std::string{name}, visitor), "id").empty());
    const std::string reply = text_of(say("What is my name?", visitor), "reply.text");
    BOOST_TEST(reply.find("Maria") == std::string::npos);
    BOOST_TEST(reply.find("Anna") == std::string::npos);
    // It stays in its session.
    const std::string session = text_of(memory, "source_session_id");
    BOOST_TEST(get("/api/sessions/" + session + "/messages", visitor).body.find("My name is Maria") !=
               std::string::npos);
    const Response again =
        post("/api/message", R"({"message": "My name is Maria", "message_id": "m-2"})", visitor);
    BOOST_TEST(again.body.find(R"("changed":[])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_that_a_memory_had_before_brings_back_what_went_with_it) {
    post("/api/message", R"({"message": "My name is Anna", "message_id": "m-1"})", visitor);
    const std::string target = "/api/memory/" + values_of(get("/api/memory", visitor), "id").at(0);
    {
        const auto file = open_only_file();
        store::UserFile::Transaction transaction{*file};
        model::Memory memory = file->find_memory(*util::parse_id(target.substr(12))).value();
        memory.valid_from = util::parse_rfc3339("2020-05-01T00:00:00.000Z");
        memory = file->change_memory(memory, memory.source_message);
        memory.text = "My name is Olga";
        memory.valid_from = util::parse_rfc3339("2026-11-24T00:00:00.000Z");
        memory.valid_to = util::parse_rfc3339("2026-11-25T00:00:00.000Z");
        file->change_memory(memory, std::nullopt);
        transaction.commit();
    }
    BOOST_TEST(text_of(get(target, visitor), "source_message_id") != "m-1");
    const Response back = ask("PATCH", target, R"({"text": "My name is Anna"})", visitor);
    BOOST_TEST(text_of(back, "value") == "Anna");
    BOOST_TEST(text_of(back, "valid_from") == "2020-05-01T00:00:00.000Z");
    BOOST_TEST(back.body.find(R"("valid_to":null)") != std::string::npos);
    BOOST_TEST(text_of(back, "source_message_id") == "m-1");
    const Response other = ask("PATCH", target, R"({"text": "My name is Vera"})", visitor);
    BOOST_TEST(text_of(other, "value") == "Vera");
    BOOST_TEST(text_of(other, "source_message_id") != "m-1");
}

BOOST_AUTO_TEST_CASE(the_same_text_again_is_the_memory_that_is_there) {
    const Response first = keep("I park at the station");
    const Response again = keep("I park at the station");
    BOOST_TEST(again.status == 201);
    BOOST_TEST(text_of(again, "id") == text_of(first, "id"));
    BOOST_TEST(values_of(get("/api/memory", visitor), "id").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_fact_written_down_is_known_by_its_subject) {
    const Response made = keep("My name is Anna");
    BOOST_TEST(text_of(made, "kind") == "fact");
    BOOST_TEST(text_of(made, "value") == "Anna");
    BOOST_TEST(text_of(say("What is my name?", visitor), "reply.text") == "Your name is Anna.");
    ask("PATCH", "/api/memory/" + text_of(made, "id"), R"({"text": "My name is Olga"})", visitor);
    BOOST_TEST(text_of(say("What is my name?", visitor), "reply.text") == "Your name is Olga.");
    const Response memory = get("/api/memory/" + text_of(made, "id"), visitor);
    BOOST_TEST(text_of(memory, "value") == "Olga");
    BOOST_TEST(memory.body.find("\"uses\":2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(memories_are_listed_by_page_and_kind_and_found_by_their_words) {
    for (int i = 0; i < 5; ++i)
        keep("number" + std::to_string(i) + " of the boats", i == 2 ? ", \"kind\": \"event\"" : "");
    const Response first = get("/api/memory?limit=3", visitor);
    BOOST_TEST(values_of(first, "text") ==
                   (Texts{"number4 of the boats", "number3 of the boats", "number2 of the boats"}),
               boost::test_tools::per_element());
    const Response second = get("/api/memory?limit=3&after=" + text_of(first, "next_after"), visitor);
    BOOST_TEST(values_of(second, "text").size() == 2U);
    BOOST_TEST(second.body.find(R"("next_after":null)") != std::string::npos);
    BOOST_TEST(values_of(get("/api/memory?kind=event", visitor), "text").size() == 1U);
    BOOST_TEST(values_of(get("/api/memory?kind=fact", visitor), "text").empty());

    const Response found = get("/api/memory?query=boat+number3&limit=2", visitor);
    BOOST_TEST(values_of(found, "text") == (Texts{"number3 of the boats", "number4 of the boats"}),
               boost::test_tools::per_element());
    BOOST_TEST(found.body.find("\"score\":1") != std::string::npos);
    const Response rest =
        get("/api/memory?query=boat+number3&after=" + text_of(found, "next_after"), visitor);
    BOOST_TEST(values_of(rest, "text").size() == 3U);
    BOOST_TEST(values_of(get("/api/memory?query=boat&kind=event", visitor), "text").size() == 1U);
    BOOST_TEST(values_of(get("/api/memory?query=airship", visitor), "text").empty());
}

BOOST_AUTO_TEST_CASE(what_no_memory_can_be_is_refused_and_stores_nothing) {
    struct Refused {
        const char* body;
        int status;
        const char* error;
    };
    for (const auto& [body, status, error] :
         {Refused{R"({})", 400, "missing_field text"},
          Refused{R"({"text": "  "})", 400, "invalid_value text"},
          Refused{R"({"text": 5})", 400, "invalid_value text"},
          Refused{R"({"text": "a", "kind": "rumour"})", 400, "invalid_value kind"},
          Refused{R"({"text": "a", "colour": "red"})", 400, "unknown_field colour"},
          Refused{R"({"text": "a", "session_id": "0123456789ab"})", 404, "session_not_found session_id"}}) {
        const Response response = ask("POST", "/api/memory", body, visitor);
        BOOST_TEST(response.status == status, body);
        BOOST_TEST(error_of(response) == error, body);
    }
    BOOST_TEST(count_files() == 0U);
    const std::string long_text(40'000, 'a');
    BOOST_TEST(code_of(keep(long_text)) == "message_too_long");
    const std::string target = "/api/memory/" + text_of(keep("kept"), "id");
    BOOST_TEST(error_of(ask("PATCH", target, "{}", visitor)) == "missing_field text");
    BOOST_TEST(error_of(ask("PATCH", target, R"({"uses": 4})", visitor)) == "unknown_field uses");
    for (const char* query :
         {"limit=0", "limit=x", "after=x", "after=0123456789ab", "kind=x", "query=+", "colour=red"})
        BOOST_TEST(get("/api/memory?" + std::string{query}, visitor).status == 400, query);
    for (const char* query : {"", "?query=", "?query=a&limit=201", "?query=kept&after=0123456789ab", "?q=a"})
        BOOST_TEST(get("/api/search" + std::string{query}, visitor).status == 400, query);
    BOOST_TEST(error_of(get("/api/topics?after=nothing", visitor)) == "invalid_value after");
    BOOST_TEST(code_of(get("/api/topics/nothing/messages", visitor)) == "topic_not_found");
    BOOST_TEST(get("/api/memory", {}).status == 401);
    BOOST_TEST(ask("POST", "/api/memory", R"({"text": "a"})", {}).status == 401);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_a_memory_is_refused_and_none_is_dropped) {
    config.memory.max_memories = 2;
    keep("one");
    const std::string id = text_of(keep("two"), "id");
    const Response refused = keep("three");
    BOOST_TEST(refused.status == 409);
    BOOST_TEST(code_of(refused) == "memory_full");
    BOOST_TEST(keep("two").status == 201);
    BOOST_TEST(values_of(get("/api/memory", visitor), "text").size() == 2U);
    ask("DELETE", "/api/memory/" + id, "", visitor);
    BOOST_TEST(keep("three").status == 201);
}

BOOST_AUTO_TEST_CASE(all_that_was_said_is_searched_best_first_by_page) {
    const std::string session = text_of(say("The red boat sails", visitor), "session_id");
    clock.advance(util::Milliseconds{1000});
    say("A boat of wood", visitor);
    post("/api/message", R"({"message": "What do you know of the red boat?", "new_session": true})", visitor);
    const Response found = get("/api/search?query=red+boat", visitor);
    BOOST_TEST(found.status == 200);
    const Texts texts = values_of(found, "text");
    BOOST_REQUIRE(texts.size() == 4U);  // the answer quotes it
    BOOST_TEST(texts.back() == "A boat of wood");
    BOOST_TEST(values_of(found, "role") == (Texts{"user", "assistant", "user", "user"}),
               boost::test_tools::per_element());
    const Response page = get("/api/search?query=red+boat&limit=3", visitor);
    BOOST_TEST(values_of(get("/api/search?query=red+boat&after=" + text_of(page, "next_after"), visitor),
                         "text") == (Texts{"A boat of wood"}),
               boost::test_tools::per_element());
    BOOST_TEST(values_of(get("/api/search?query=red+boat&session_id=" + session, visitor), "session_id") ==
                   (Texts{session, session}),
               boost::test_tools::per_element());
    // Words that tell nothing are in no index.
    BOOST_TEST(values_of(get("/api/search?query=the", visitor), "id").empty());
}

// From outside and from inside, for each route.
BOOST_AUTO_TEST_CASE(what_an_isolated_session_remembers_is_seen_with_its_id_alone) {
    const std::string isolated = isolated_session();
    const std::string open = text_of(say("Remember that my gate is cobalt", visitor), "session_id");
    keep("my badge is crimson", ", \"session_id\": \"" + isolated + "\"");
    keep("my lamp is green", ", \"session_id\": \"" + open + "\"");
    const auto texts = [&](const std::string& target) { return get(target, visitor).body; };
    for (const std::string& target :
         {std::string{"/api/memory"}, "/api/memory?session_id=" + open,
          std::string{"/api/memory?query=gate+badge"}, std::string{"/api/search?query=code+gate"},
          "/api/search?query=code+gate&session_id=" + open}) {
        const std::string body = texts(target);
        BOOST_TEST(body.find("cobalt") != std::string::npos, target);
        BOOST_TEST(body.find("zanzibar") == std::string::npos, target);
        BOOST_TEST(body.find("crimson") == std::string::npos, target);
    }
    for (const std::string& target :
         {"/api/memory?session_id=" + isolated, "/api/memory?query=code&session_id=" + isolated,
          "/api/search?query=code+gate&session_id=" + isolated}) {
        const std::string body = texts(target);
        BOOST_TEST(body.find("zanzibar") != std::string::npos, target);
        BOOST_TEST(body.find("cobalt") == std::string::npos, target);
    }
    BOOST_TEST(texts("/api/memory").find("lamp") != std::string::npos);
    BOOST_TEST(texts("/api/memory?session_id=" + isolated).find("lamp") == std::string::npos);
    BOOST_TEST(text_of(say("What is my badge?", visitor), "reply.text").find("crimson") == std::string::npos);

    const Response inside = get("/api/memory?session_id=" + isolated, visitor);
    BOOST_TEST(values_of(inside, "session_id").size() == 2U);
    ask("DELETE", "/api/sessions/" + isolated, "", visitor);
    BOOST_TEST(!is_on_disk("zanzibar"));
    BOOST_TEST(!is_on_disk("crimson"));
    BOOST_TEST(code_of(get("/api/memory?session_id=" + isolated, visitor)) == "session_not_found");
}

BOOST_AUTO_TEST_CASE(no_route_tells_or_changes_anything_of_another_users) {
    const std::string session = text_of(say("Remember that my gate is cobalt", visitor), "session_id");
    const std::string id = values_of(get("/api/memory", visitor), "id").at(0);
    const std::string other = new_visitor();
    for (const std::string& stranger : {other, new_visitor()}) {
        for (const std::string& target :
             {std::string{"/api/memory"}, std::string{"/api/memory?query=gate"},
              std::string{"/api/search?query=gate"}, std::string{"/api/topics"}}) {
            const Response response = get(target, stranger);
            BOOST_TEST(response.status == 200, target);
            BOOST_TEST(response.body.find("cobalt") == std::string::npos, target);
        }
        for (const std::string& target :
             {"/api/memory/" + id, "/api/memory/" + id + "/history", "/api/memory?session_id=" + session,
              "/api/search?query=gate&session_id=" + session, "/api/topics?session_id=" + session,
              "/api/topics/gate/messages?session_id=" + session})
            BOOST_TEST(get(target, stranger).status == 404, target);
        BOOST_TEST(ask("DELETE", "/api/memory/" + id, "", stranger).status == 404);
        BOOST_TEST(ask("PATCH", "/api/memory/" + id, R"({"text": "mine"})", stranger).status == 404);
        BOOST_TEST(ask("POST", "/api/memory", R"({"text": "a", "session_id": ")" + session + "\"}", stranger)
                       .status == 404);
        say("hello", other);  // the second has a file of their own
    }
    BOOST_TEST(text_of(get("/api/memory/" + id, visitor), "text") == "my gate is cobalt");
}

BOOST_AUTO_TEST_CASE(topics_are_listed_with_their_messages) {
    say("hello", visitor);
    const std::string isolated = isolated_session();
    {
        const store::UserFiles::Lease file = open_only_file();
        const auto tell = [&](util::Id session, const std::string& id, const std::string& topic) {
            store::UserFile::Transaction transaction{*file};
            const model::Message message = file->append_message(session, id, "about " + topic);
            model::Reply reply{.text = "noted", .responder = "embedded"};
            file->append_reply(message, reply, {}, {{.name = topic, .category = "travel", .score = 0.5}});
            transaction.commit();
        };
        const util::Id open = file->latest_session()->id;
        for (int i = 0; i < 3; ++i) tell(open, "o-" + std::to_string(i), "велосипед/лес");
        tell(open, "one", "lake");
        tell(util::parse_id(isolated).value(), "inside", "secret");
    }
    const Response topics = get("/api/topics?limit=1", visitor);
    BOOST_TEST(values_of(topics, "name") == (Texts{"велосипед/лес"}), boost::test_tools::per_element());
    BOOST_TEST(topics.body.find("\"count\":3") != std::string::npos);
    BOOST_TEST(text_of(topics, "next_after") == "велосипед/лес");
    BOOST_TEST(
        values_of(
            get("/api/topics?after=%D0%B2%D0%B5%D0%BB%D0%BE%D1%81%D0%B8%D0%BF%D0%B5%D0%B4/%D0%BB%D0%B5%D1%81",
                visitor),
            "name") == (Texts{"lake"}),
        boost::test_tools::per_element());
    const std::string path =
        "/api/topics/%D0%B2%D0%B5%D0%BB%D0%BE%D1%81%D0%B8%D0%BF%D0%B5%D0%B4%2F%D0%BB%D0%B5%D1%81/messages";
    const Response messages = get(path + "?limit=2", visitor);
    BOOST_TEST(values_of(messages, "message_id") == (Texts{"o-0", "o-1"}), boost::test_tools::per_element());
    BOOST_TEST(values_of(get(path + "?after=" + text_of(messages, "next_after"), visitor), "message_id") ==
                   (Texts{"o-2"}),
               boost::test_tools::per_element());
    const Texts inside = values_of(get("/api/topics?session_id=" + isolated, visitor), "name");
    BOOST_TEST(std::count(inside.begin(), inside.end(), "secret") == 1);
    BOOST_TEST(std::count(inside.begin(), inside.end(), "lake") == 0);
    BOOST_TEST(get("/api/topics/secret/messages", visitor).status == 404);
    BOOST_TEST(values_of(get("/api/topics/secret/messages?session_id=" + isolated, visitor), "message_id") ==
                   (Texts{"inside"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
