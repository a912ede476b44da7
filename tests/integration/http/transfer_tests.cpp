// SPDX-License-Identifier: MIT
//
// GET /api/export and POST /api/import: all of it goes from one user to another, once, or nothing.
#include <fcntl.h>

#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct TransferFixture : tests::ApiFixture {
    std::string export_of(const std::string& who) {
        const Response response = get("/api/export", who);
        BOOST_REQUIRE(response.status == 200);
        std::string lines = response.body;
        bool goes_on = true;
        while (goes_on) {
            std::string piece;
            goes_on = response.more(piece);
            BOOST_TEST(piece.size() < 2'000'000U);
            lines += piece;
        }
        return lines;
    }
    // Without the first line, which tells the time.
    std::string items_of(const std::string& who) {
        const std::string lines = export_of(who);
        return lines.substr(lines.find('\n') + 1);
    }
    Response import(const std::string& lines, const std::string& who, bool in_a_file = false) {
        Request request{.method = "POST", .target = "/api/import"};
        request.headers["content-type"] = "application/x-ndjson";
        request.headers["content-length"] = std::to_string(lines.size());
        if (in_a_file) {
            const std::string path = folder.file("body");
            util::write_file_atomically(path, lines, 0600);
            request.long_body =
                std::make_shared<const util::UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        } else {
            request.body = lines;
        }
        return send(with_visitor(std::move(request), who));
    }
    static std::int64_t number_in(const Response& response, const char* name) {
        const json::Document document{response.body};
        return document.root().optional_integer(name, 0, 1'000'000).value();
    }
    // What there is of each kind of item.
    void fill() {
        for (int i = 0; i < 40; ++i) {
            clock.advance(util::Milliseconds{10});
            say("The boat number" + std::to_string(i) + " sails", visitor);
        }
        post("/api/message", R"({"message": "My name is Anna", "message_id": "m-1"})", visitor);
        post("/api/message", R"({"message": "My name is Maria", "message_id": "m-2"})", visitor);
        post("/api/message", R"({"message": "What is my name?", "message_id": "m-3"})", visitor);
        post("/api/message",
             R"({"message": "Remember that my code is zanzibar", "new_session": true, "isolated": true})",
             visitor);
        post("/api/message", R"({"message": "Запомни: мой заказ 4417 \"срочный\"", "new_session": true})",
             visitor);
        post("/api/message", R"({"message": "Remember that my gate is cobalt"})", visitor);
        post("/api/memory", R"({"text": "I park at the station", "kind": "event"})", visitor);
        const store::UserFiles::Lease file = open_only_file();
        store::UserFile::Transaction transaction{*file};
        const model::Session session = file->latest_session().value();
        const model::Message message = file->append_message(session.id, "topical", "about boats");
        model::Reply reply{.text = "noted", .responder = "embedded"};
        file->append_reply(
            message, reply, {.forgotten = {{.id = 99, .kind = model::MemoryKind::kEvent}}},
            {{.name = "boat", .category = "travel", .score = 0.875}},
            {.window_tokens = 100, .prompt_tokens = 20, .turns_kept = 3, .turns_summarised = 4});
        file->put_summary({.session_id = session.id,
                           .text = "boats",
                           .first_message = message.id,
                           .last_message = message.id,
                           .turns = 1});
        transaction.commit();
    }
    store::UserFiles::Lease open_only_file() {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
            if (entry.path().extension() == ".sqlite3")
                return files.open(store::UserKey{entry.path().stem().string()}).value();
        throw std::runtime_error{"there is no file"};
    }

    std::string visitor = new_visitor();
    std::string other = new_visitor();
};

constexpr const char* kHeader = R"({"type":"header","format":"arq","version":1})"
                                "\n";
constexpr const char* kSession =
    R"({"type":"session","id":"0n97b7d2tjs0","title":"t","isolated":false,)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})"
    "\n";
constexpr const char* kMessage =
    R"({"type":"message","id":"0n97b7d2tjs1","session_id":"0n97b7d2tjs0","role":"user",)"
    R"("text":"hello","message_id":"m-1","created_at":"2026-01-01T00:00:00.000Z"})"
    "\n";

BOOST_FIXTURE_TEST_SUITE(transfer_tests, TransferFixture)

BOOST_AUTO_TEST_CASE(what_was_exported_is_the_same_after_it_was_imported_and_once_alone) {
    fill();
    const Response head = get("/api/export", visitor);
    BOOST_TEST(header_of(head, "Content-Type").value() == "application/x-ndjson");
    BOOST_TEST(head.body.starts_with(R"({"type":"header","format":"arq","version":1,)"));
    const std::string lines = export_of(visitor);
    for (const char* part : {R"("type":"session")", R"("type":"memory")", R"("type":"history")",
                             R"("type":"message")", R"("type":"summary")", R"("isolated":true)", "zanzibar"})
        BOOST_TEST(lines.find(part) != std::string::npos, part);

    const Response imported = import(lines, other);
    BOOST_TEST(imported.status == 200);
    const auto items = static_cast<std::int64_t>(std::count(lines.begin(), lines.end(), '\n')) - 1;
    BOOST_TEST(number_in(imported, "imported") == items);
    BOOST_TEST(number_in(imported, "existing") == 0);
    const std::string there = items_of(other);
    BOOST_TEST((there == items_of(visitor)));

    const Response again = import(lines, other, true);
    BOOST_TEST(number_in(again, "imported") == 0);
    BOOST_TEST(number_in(again, "existing") == items);
    BOOST_TEST((items_of(other) == there));
    BOOST_TEST(number_in(import(lines, visitor), "imported") == 0);

    for (const char* target : {"/api/sessions", "/api/topics", "/api/memory?query=gate"})
        BOOST_TEST(get(target, other).body == get(target, visitor).body, target);
    BOOST_TEST(get("/api/search?query=number17", other).body.find("number17 sails") != std::string::npos);
    BOOST_TEST(text_of(say("What is my name?", other), "reply.text") == "Your name is Maria.");
    const Response repeated =
        post("/api/message", R"({"message": "My name is Maria", "message_id": "m-2"})", other);
    BOOST_TEST(header_of(repeated, "Idempotent-Replay").value_or("") == "true");
    BOOST_TEST(repeated.body.find(R"("previous":"My name is Anna")") != std::string::npos);
    BOOST_TEST(text_of(say("What is my code?", other), "reply.text").find("zanzibar") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_exists_wins_and_what_is_new_is_added_to_it) {
    BOOST_TEST(import(std::string{kHeader} + kSession + kMessage, visitor).status == 200);
    std::string changed = std::string{kHeader} + kSession + kMessage;
    changed.replace(changed.find("hello"), 5, "other");
    changed +=
        R"({"type":"message","id":"0n97b7d2tjs2","session_id":"0n97b7d2tjs0","role":"assistant","text":"hi",)"
        R"("answers":"0n97b7d2tjs1","finish":"stop","responder":"embedded","variant":"production",)"
        R"("created_at":"2026-01-01T00:00:00.001Z"})"
        "\n";
    const Response second = import(changed, visitor);
    BOOST_TEST(number_in(second, "imported") == 1);
    BOOST_TEST(number_in(second, "existing") == 2);
    const std::string messages = get("/api/sessions/0n97b7d2tjs0/messages", visitor).body;
    BOOST_TEST(messages.find("hello") != std::string::npos);
    BOOST_TEST(messages.find("other") == std::string::npos);
    BOOST_TEST(messages.find("\"hi\"") != std::string::npos);
    BOOST_TEST(get("/api/sessions/0n97b7d2tjs0", visitor).body.find("\"message_count\":2") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_or_nothing_with_the_line_that_is_wrong) {
    struct Refused {
        std::string line;
        const char* code;
        const char* param;
    };
    const std::string session = R"({"type":"message","id":"0n97b7d2tjs1","session_id":"0n97b7d2tjs)";
    for (
        const auto& [line, code, param] :
        {Refused{"not json", "invalid_json", ""}, Refused{R"({"type":"rumour"})", "invalid_value", "type"},
         Refused{R"({"id":"x"})", "missing_field", "type"},
         Refused{R"({"type":"session"})", "missing_field", "id"},
         Refused{R"({"type":"session","type":"session"})", "duplicate_field", "type"},
         Refused{
             session +
                 R"(9","role":"user","text":"a","message_id":"m","created_at":"2026-01-01T00:00:00.000Z"})",
             "invalid_value", "session_id"},
         Refused{session + R"(0","role":"user","text":"a","message_id":"m","created_at":"yesterday"})",
                 "invalid_value", "created_at"},
         Refused{
             session +
                 R"(0","role":"poet","text":"a","message_id":"m","created_at":"2026-01-01T00:00:00.000Z"})",
             "invalid_value", "role"},
         Refused{
             session +
                 R"(0","role":"user","text":"a","message_id":"m","colour":1,"created_at":"2026-01-01T00:00:00.000Z"})",
             "unknown_field", "colour"},
         Refused{
             R"({"type":"message","id":"zzzzzzzzzzzz","session_id":"0n97b7d2tjs0","role":"user","text":"a",)"
             R"("message_id":"m","created_at":"2026-01-01T00:00:00.000Z"})",
             "invalid_value", "id"},
         Refused{
             R"({"type":"memory","id":"0n97b7d2tjs3","session_id":"0n97b7d2tjs0","kind":"fact","text":"a",)"
             R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})",
             "invalid_value", "session_id"}}) {
        const std::string who = new_visitor();
        const std::size_t files_before = count_files();
        const Response refused = import(std::string{kHeader} + kSession + "\n" + line + "\n", who);
        BOOST_TEST(refused.status == 400, line);
        BOOST_TEST(code_of(refused) == code, line);
        BOOST_TEST(text_of(refused, "error.param") == param, line);
        BOOST_TEST(text_of(refused, "error.message").starts_with("line 4: "),
                   text_of(refused, "error.message"));
        BOOST_TEST(get("/api/sessions", who).body == R"({"sessions":[],"next_after":null})");
        BOOST_TEST(count_files() <= files_before + 1);
    }
    BOOST_TEST(code_of(import("", visitor)) == "invalid_json");
    BOOST_TEST(code_of(import(kSession, visitor)) == "invalid_value");
    BOOST_TEST(code_of(import(R"({"type":"header","format":"arq","version":2})", visitor)) ==
               "invalid_value");
    BOOST_TEST(code_of(import(std::string(2'000'000, 'x'), visitor, true)) == "invalid_json");
    BOOST_TEST(code_of(post("/api/import", kHeader, visitor)) == "unsupported_media_type");
    BOOST_TEST(import(kHeader, {}).status == 401);
    BOOST_TEST(get("/api/export", {}).status == 401);
}

BOOST_AUTO_TEST_CASE(an_import_beyond_the_limit_of_memories_is_refused_as_a_whole) {
    fill();
    const std::string lines = export_of(visitor);
    config.memory.max_memories = 3;
    BOOST_TEST(code_of(import(lines, other)) == "memory_full");
    BOOST_TEST(get("/api/memory", other).body == R"({"memories":[],"next_after":null})");
    BOOST_TEST(get("/api/sessions", other).body == R"({"sessions":[],"next_after":null})");
}

BOOST_AUTO_TEST_CASE(who_has_nothing_exports_a_header_and_only_their_own) {
    fill();
    const std::string lines = export_of(other);
    BOOST_TEST(std::count(lines.begin(), lines.end(), '\n') == 1);
    BOOST_TEST(count_files() == 1U);
    const Response nothing = import(lines, other);
    BOOST_TEST(number_in(nothing, "imported") == 0);
}

BOOST_AUTO_TEST_CASE(a_long_history_is_written_in_pieces_and_read_back) {
    const std::string id = text_of(post("/api/memory", R"({"text": "text 0"})", visitor), "id");
    for (int i = 1; i <= 100; ++i) {
        Request request{.method = "PATCH",
                        .target = "/api/memory/" + id,
                        .body = "{\"text\": \"text " + std::to_string(i) + "\"}"};
        request.headers["content-type"] = "application/json";
        BOOST_REQUIRE(send(with_visitor(std::move(request), visitor)).status == 200);
    }
    BOOST_TEST(number_in(import(export_of(visitor), other), "imported") == 101);
    const std::string target = "/api/memory/" + id + "/history?limit=200";
    BOOST_TEST(get(target, other).body == get(target, visitor).body);
    BOOST_TEST((items_of(other) == items_of(visitor)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
