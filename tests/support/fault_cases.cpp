// SPDX-License-Identifier: MIT
#include "support/fault_cases.h"

#include "store/migrations.h"

namespace arq::tests {
namespace {

constexpr const char* kExported =
    R"({"type":"header","format":"arq","version":1})"
    "\n"
    R"({"type":"session","id":"0n97b7d2tjs0","title":"t","isolated":false,)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})"
    "\n"
    R"({"type":"memory","id":"0n97b7d2tjs3","kind":"fact","text":"the gate is cobalt",)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})"
    "\n"
    R"({"type":"message","id":"0n97b7d2tjs1","session_id":"0n97b7d2tjs0","role":"user","text":"hello",)"
    R"("message_id":"m-1","created_at":"2026-01-01T00:00:00.000Z"})"
    "\n";

// How a list shows the memory that is written.
constexpr const char* kCobalt = R"("text":"the gate is cobalt")";

}  // namespace

FaultCase FaultCases::message_case(std::string name, std::string text, const std::string& more) {
    FaultCase made{.name = std::move(name), .method = "POST", .route = "/api/message"};
    made.prepare = [this](Worker& worker) { say(worker, "My name is Anna"); };
    made.request = [this, text, more] { return message("asked", text, more); };
    made.check_repetition = [this, text, more](Worker& worker, const http::Response& first) {
        check_said_once(worker, message("asked", text, more), first);
    };
    return made;
}

std::vector<FaultCase> FaultCases::message_cases() {
    std::vector<FaultCase> made;

    made.push_back(message_case("a new user's message", "My name is Anna"));
    made.back().prepare = [](Worker&) {};

    made.push_back(message_case("a message", "My name is Maria"));

    made.push_back(message_case("a message, the file being open", "What is my name?"));
    made.back().warm = true;

    made.push_back(message_case("a message, the file being opened for it alone", "What is my name?"));
    made.back().open_files = 0;

    made.push_back(message_case("such a message, the log having grown", "What is my name?"));
    made.back().open_files = 0;
    made.back().options.wal_checkpoint_pages = 4;

    made.push_back(message_case("a new session", "Hello", ", \"new_session\": true, \"isolated\": true"));
    made.back().warm = true;

    made.push_back(message_case("a message with which index rows are due", "Now all are indexed"));
    made.back().prepare = [this](Worker& worker) {
        for (int i = 0; i < 7; ++i) say(worker, "One more about apples");
    };
    made.back().warm = true;

    made.push_back(message_case("a message with which a checkpoint is due", "Now the log is folded in"));
    made.back().prepare = [this](Worker& worker) {
        for (int i = 0; i < 2; ++i) say(worker, "One more about apples");
    };
    made.back().options.wal_checkpoint_pages = 4;
    made.back().warm = true;

    made.push_back(message_case("a message with which an older one is folded away", "One more about pears"));
    made.back().prepare = [this](Worker& worker) {
        worker.send(message("old-0", "The first about apples"));
        for (int i = 0; i < 4; ++i) say(worker, "One more about apples");
    };
    made.back().turns.max_messages = 10;
    made.back().warm = true;

    made.push_back(message_case("a message whose answer takes its time", "My name is Maria"));
    made.back().responder = &slow;
    made.back().warm = true;

    made.push_back(message_case("a message that was answered before", "My name is Anna"));
    made.back().request = [this] { return message("said-0", "My name is Anna"); };
    made.back().check_repetition = [this](Worker& worker, const http::Response&) {
        check_said_once(worker, message("said-0", "My name is Anna"));
    };
    return made;
}

FaultCase FaultCases::rename_case() {
    FaultCase made{.name = "a new title", .method = "PATCH", .route = "/api/sessions/{id}"};
    made.prepare = [this](Worker& worker) { session = say(worker, "The old title"); };
    made.request = [this] {
        return request("PATCH", "/api/sessions/" + session, R"({"title": "The new title"})");
    };
    made.check_repetition = [this, again = made.request](Worker& worker, const http::Response& first) {
        const auto title = [&] {
            return text_of(worker.send(request("GET", "/api/sessions/" + session)), "title");
        };
        const std::string found = title();
        BOOST_REQUIRE_MESSAGE(found == "The new title" || (first.status != 200 && found == "The old title"),
                              about << "the title is " << found);
        BOOST_REQUIRE_MESSAGE(worker.send(again()).status == 200, about << "the repetition fails");
        BOOST_REQUIRE_MESSAGE(title() == "The new title", about << "the title is " << title());
    };
    return made;
}

std::vector<FaultCase> FaultCases::deletion_cases() {
    const auto check_gone = [this](Worker& worker) {
        BOOST_REQUIRE_MESSAGE(!is_on_disk(worker.data, "xylophon"), about << "it is still on the disk");
    };
    std::vector<FaultCase> made;

    made.push_back({.name = "a session's deletion", .method = "DELETE", .route = "/api/sessions/{id}"});
    made.back().prepare = [this](Worker& worker) {
        say(worker, "Kept");
        const http::Response begun = worker.send(message("gone-0", "xylophone", ", \"new_session\": true"));
        session = text_of(begun, "session_id");
        for (int i = 1; i < 4; ++i)
            worker.send(message("gone-" + std::to_string(i), "xylophone number" + std::to_string(i),
                                ", \"session_id\": \"" + session + "\""));
    };
    made.back().request = [this] { return request("DELETE", "/api/sessions/" + session); };
    made.back().check_repetition = [this, check_gone](Worker& worker, const http::Response& first) {
        const auto times = count_messages(worker);
        std::size_t left = 0;
        for (int i = 0; i < 4; ++i) left += times.count("gone-" + std::to_string(i));
        BOOST_REQUIRE_MESSAGE(left == 0 || (first.status != 204 && left == 4),
                              about << left << " of 4 messages are left");
        if (first.status == 204) check_gone(worker);
        const http::Response again = worker.send(request("DELETE", "/api/sessions/" + session));
        BOOST_REQUIRE_MESSAGE(again.status == 204 || (left == 0 && again.status == 404),
                              about << "the repetition fails: " << again.body);
        check_gone(worker);
    };

    made.back().warm = true;

    made.push_back({.name = "a user's deletion", .method = "DELETE", .route = "/api/user"});
    made.back().prepare = [this](Worker& worker) {
        for (int i = 0; i < 4; ++i) worker.send(message("gone-" + std::to_string(i), "xylophone"));
    };
    made.back().request = [this] { return request("DELETE", "/api/user"); };
    made.back().check_repetition = [this, check_gone](Worker& worker, const http::Response& first) {
        const std::size_t left = count_messages(worker).size();
        BOOST_REQUIRE_MESSAGE(left == 0 || (first.status != 204 && left == 4),
                              about << left << " of 4 messages are left");
        BOOST_REQUIRE_MESSAGE(worker.send(request("DELETE", "/api/user")).status == 204,
                              about << "the repetition fails");
        check_gone(worker);
        check_said_once(worker, message("anew", "As if for the first time"));
        BOOST_REQUIRE_MESSAGE(worker.send(request("DELETE", "/api/user")).status == 204, about);
    };
    made.back().warm = true;
    return made;
}

std::vector<FaultCase> FaultCases::memory_cases() {
    const auto texts = [this](Worker& worker) {
        const http::Response list = worker.send(request("GET", "/api/memory"));
        BOOST_REQUIRE_MESSAGE(list.status == 200, about << "no list of memories: " << list.body);
        return list.body;
    };
    const auto count = [](const std::string& list, const std::string& text) {
        std::size_t times = 0;
        for (std::size_t at = list.find(text); at != std::string::npos; at = list.find(text, at + 1)) ++times;
        return times;
    };
    std::vector<FaultCase> made;

    made.push_back({.name = "a memory", .method = "POST", .route = "/api/memory"});
    made.back().prepare = [this](Worker& worker) { say(worker, "Kept"); };
    made.back().request = [this] {
        return request("POST", "/api/memory", R"({"text": "the gate is cobalt"})");
    };
    made.back().check_repetition = [=, this, again = made.back().request](Worker& worker,
                                                                          const http::Response& first) {
        const std::size_t found = count(texts(worker), kCobalt);
        BOOST_REQUIRE_MESSAGE(found == 1 || (first.status != 201 && found == 0),
                              about << found << " memories");
        BOOST_REQUIRE_MESSAGE(worker.send(again()).status == 201, about << "the repetition fails");
        BOOST_REQUIRE_MESSAGE(count(texts(worker), kCobalt) == 1, about << "not once in " << texts(worker));
    };
    made.back().warm = true;

    const auto keep = [this](Worker& worker) {
        say(worker, "Kept");
        for (int i = 0; i < 4; ++i) say(worker, "the weather number" + std::to_string(i));
        say(worker, "Remember that my code is xylophonely");
        const http::Response list = worker.send(request("GET", "/api/memory"));
        const std::size_t at = list.body.find("\"id\":\"") + 6;
        memory = list.body.substr(at, list.body.find('"', at) - at);
    };

    made.push_back({.name = "a memory's new text", .method = "PATCH", .route = "/api/memory/{id}"});
    made.back().prepare = keep;
    made.back().request = [this] {
        return request("PATCH", "/api/memory/" + memory, R"({"text": "the gate is cobalt"})");
    };
    made.back().check_repetition = [=, this, again = made.back().request](Worker& worker,
                                                                          const http::Response& first) {
        const std::size_t found = count(texts(worker), kCobalt);
        BOOST_REQUIRE_MESSAGE(found == 1 || (first.status != 200 && found == 0),
                              about << found << " memories");
        BOOST_REQUIRE_MESSAGE(worker.send(again()).status == 200, about << "the repetition fails");
        const http::Response history = worker.send(request("GET", "/api/memory/" + memory + "/history"));
        BOOST_REQUIRE_MESSAGE(count(history.body, "\"text\"") == 1, about << history.body);
    };
    made.back().warm = true;

    made.push_back({.name = "a memory's deletion", .method = "DELETE", .route = "/api/memory/{id}"});
    made.back().prepare = keep;
    made.back().request = [this] { return request("DELETE", "/api/memory/" + memory); };
    made.back().check_repetition = [=, this, again = made.back().request](Worker& worker,
                                                                          const http::Response& first) {
        const std::size_t found = count(texts(worker), R"("text":"my code is xylophonely")");
        BOOST_REQUIRE_MESSAGE(found == 0 || (first.status != 204 && found == 1),
                              about << found << " memories");
        const http::Response repeated = worker.send(again());
        BOOST_REQUIRE_MESSAGE(repeated.status == 204 || (found == 0 && repeated.status == 404),
                              about << "the repetition fails: " << repeated.body);
        const http::Response search = worker.send(request("GET", "/api/search?query=xylophonely"));
        BOOST_REQUIRE_MESSAGE(count(search.body, "xylophonely") == 0, about << "it is still found");
    };
    made.back().warm = true;

    made.push_back({.name = "an import", .method = "POST", .route = "/api/import"});
    made.back().prepare = [this](Worker& worker) { say(worker, "Kept"); };
    made.back().request = [this] {
        http::Request sent = request("POST", "/api/import", kExported);
        sent.headers["content-type"] = "application/x-ndjson";
        return sent;
    };
    made.back().check_repetition = [=, this, again = made.back().request](Worker& worker,
                                                                          const http::Response& first) {
        const std::size_t found = count(texts(worker), kCobalt);
        BOOST_REQUIRE_MESSAGE(found == 1 || (first.status != 200 && found == 0),
                              about << found << " memories");
        const http::Response repeated = worker.send(again());
        BOOST_REQUIRE_MESSAGE(repeated.status == 200, about << "the repetition fails: " << repeated.body);
        BOOST_REQUIRE_MESSAGE(
            repeated.body.find(found == 1 ? R"("imported":0)" : R"("imported":3)") != std::string::npos,
            about << repeated.body);
        BOOST_REQUIRE_MESSAGE(count(texts(worker), kCobalt) == 1, about << "not once");
    };
    made.back().warm = true;
    return made;
}

// The first request with a key notes its use in the installation's own file.
FaultCase FaultCases::key_case() {
    FaultCase made{.name = "a server's message", .method = "POST", .route = "/api/message"};
    made.prepare = [this](Worker&) {
        const http::NewApiKey fresh =
            http::make_api_key(store::KeyRole::kServer, "test", secrets.names, clock);
        host.add_key(fresh.record);
        key = fresh.key;
    };
    made.request = [this] {
        http::Request request{.method = "POST", .target = "/api/message"};
        request.body = R"({"message": "Hello", "message_id": "asked"})";
        request.headers["authorization"] = "Bearer " + key;
        request.headers["x-arq-user"] = "anna";
        return request;
    };
    made.check_repetition = [this, again = made.request](Worker& worker, const http::Response& first) {
        const http::Response response = worker.send(again());
        BOOST_REQUIRE_MESSAGE(response.status == 200, about << "the repetition fails: " << response.body);
        BOOST_REQUIRE_MESSAGE(first.status != 200 || header_of(response, "Idempotent-Replay") == "true",
                              about << "stored again");
        http::Request list = again();
        list.method = "GET";
        list.target = "/api/sessions";
        list.body.clear();
        const std::string sessions = worker.send(list).body;
        BOOST_REQUIRE_MESSAGE(sessions.find("\"message_count\":2") != std::string::npos, about << sessions);
    };
    return made;
}

// Reading, too, writes where a file is of an older build.
FaultCase FaultCases::old_file_case() {
    FaultCase made{.name = "a list from an old file", .method = "GET", .route = "/api/sessions"};
    made.prepare = [this](Worker& worker) {
        say(worker, "A file to be replaced");
        said.clear();
        const std::string path = only_file(worker);
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
        store::Connection old{path, store::Connection::Mode::kCreate};
        old.set_pragma("page_size", 1024);
        old.set_pragma("journal_mode", "WAL");
        old.execute_script(store::user_migrations().front().sql);
        old.execute_script("INSERT INTO sessions VALUES (1, 'From long ago', 0, 0, 0, 0, 0)");
    };
    made.request = [this] { return request("GET", "/api/sessions"); };
    made.check_repetition = [this, again = made.request](Worker& worker, const http::Response&) {
        BOOST_REQUIRE_MESSAGE(worker.send(again()).body.find("From long ago") != std::string::npos,
                              about << "the old session is gone");
        check_said_once(worker, message("asked", "My name is Anna"));
    };
    return made;
}

// What an earlier deletion left to do is done as the file is opened.
FaultCase FaultCases::unscrubbed_case() {
    FaultCase made{.name = "a list from a file left unscrubbed", .method = "GET", .route = "/api/sessions"};
    made.prepare = [this](Worker& worker) {
        say(worker, "Kept");
        store::Connection{only_file(worker), store::Connection::Mode::kExisting}.execute_script(
            "INSERT INTO state (name, value) VALUES ('scrub_due', 1)");
    };
    made.request = [this] { return request("GET", "/api/sessions"); };
    made.check_repetition = [this, again = made.request](Worker& worker, const http::Response&) {
        BOOST_REQUIRE_MESSAGE(worker.send(again()).status == 200, about << "the repetition fails");
        store::Connection connection{only_file(worker), store::Connection::Mode::kExisting};
        store::Query due{connection, "SELECT 1 FROM state WHERE name = 'scrub_due'"};
        BOOST_REQUIRE_MESSAGE(!due.next(), about << "it is still unscrubbed");
    };
    return made;
}

std::string FaultCases::only_file(const Worker& worker) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{worker.data})
        if (entry.path().extension() == ".sqlite3") return entry.path();
    return {};
}

std::vector<FaultCase> FaultCases::other_cases() {
    std::vector<FaultCase> made{key_case(), rename_case(), old_file_case(), unscrubbed_case()};

    // Nothing of a new visitor is stored.
    made.push_back({.name = "a new visitor", .method = "POST", .route = "/api/visitor"});
    made.back().request = [] { return http::Request{.method = "POST", .target = "/api/visitor"}; };
    made.back().check_repetition = [](Worker&, const http::Response&) {};
    made.back().touches_storage = false;
    return made;
}

std::vector<FaultCase> FaultCases::cases() {
    std::vector<FaultCase> all;
    for (const auto& group : {message_cases(), deletion_cases(), memory_cases(), other_cases()})
        all.insert(all.end(), group.begin(), group.end());
    return all;
}

}  // namespace arq::tests
