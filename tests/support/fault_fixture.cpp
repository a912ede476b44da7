// SPDX-License-Identifier: MIT
#include "support/fault_fixture.h"

#include "arq/json/reader.h"
#include "arq/util/error.h"

namespace arq::tests {
namespace {

// The values of a key in a list of the API's, in order: {"sessions": [{"id": "…", …}, …]}.
std::vector<std::string> values_of(const std::string& body, const std::string& key) {
    const std::string before = "\"" + key + "\":\"";
    std::vector<std::string> values;
    for (std::size_t at = body.find(before); at != std::string::npos; at = body.find(before, at)) {
        at += before.size();
        values.push_back(body.substr(at, body.find('"', at) - at));
    }
    return values;
}

}  // namespace

http::Request FaultFixture::request(std::string method, std::string target, std::string body) const {
    return with_visitor({.method = std::move(method), .target = std::move(target), .body = std::move(body)},
                        visitor);
}

http::Request FaultFixture::message(const std::string& id, const std::string& text,
                                    const std::string& more) const {
    return request("POST", "/api/message",
                   "{\"message\": \"" + text + "\", \"message_id\": \"" + id + "\"" + more + "}");
}

std::string FaultFixture::say(Worker& worker, const std::string& text, const std::string& more) {
    const std::string id = "said-" + std::to_string(said.size());
    const http::Response response = worker.send(message(id, text, more));
    BOOST_REQUIRE(response.status == 200);
    clock.advance(util::Milliseconds{10});
    said.push_back({id, text, text_of(response, "reply.id")});
    return text_of(response, "session_id");
}

std::map<std::string, int> FaultFixture::count_messages(Worker& worker) {
    std::map<std::string, int> times;
    const http::Response sessions = worker.send(request("GET", "/api/sessions?limit=200"));
    BOOST_REQUIRE_MESSAGE(sessions.status == 200, about << "no list of sessions: " << sessions.body);
    for (const std::string& session : values_of(sessions.body, "id")) {
        const http::Response messages =
            worker.send(request("GET", "/api/sessions/" + session + "/messages?limit=200"));
        BOOST_REQUIRE_MESSAGE(messages.status == 200, about << "no list of messages: " << messages.body);
        for (const std::string& id : values_of(messages.body, "message_id")) ++times[id];
    }
    return times;
}

void FaultFixture::check_acknowledged(Worker& worker) {
    const std::map<std::string, int> times = count_messages(worker);
    for (const Said& one : said) {
        const auto found = times.find(one.message_id);
        BOOST_REQUIRE_MESSAGE(found != times.end(), about << one.message_id << " is lost");
        BOOST_REQUIRE_MESSAGE(found->second == 2, about << one.message_id << " and its reply stand there "
                                                        << found->second << " times");
    }
    for (const auto& [id, count] : times)
        BOOST_REQUIRE_MESSAGE(count <= 2, about << id << " stands there " << count << " times");
    if (said.empty()) return;
    const http::Response again = worker.send(message(said.back().message_id, said.back().text));
    BOOST_REQUIRE_MESSAGE(header_of(again, "Idempotent-Replay") == "true",
                          about << "what was acknowledged is not told again: " << again.body);
    BOOST_REQUIRE_MESSAGE(text_of(again, "reply.id") == said.back().reply_id, about << "another reply");
}

void FaultFixture::check_said_once(Worker& worker, const http::Request& request,
                                   const http::Response& first) {
    const http::Response again = worker.send(request);
    BOOST_REQUIRE_MESSAGE(again.status == 200, about << "the repetition fails: " << again.body);
    if (first.status == 200) {
        BOOST_REQUIRE_MESSAGE(header_of(again, "Idempotent-Replay") == "true", about << "stored again");
        BOOST_REQUIRE_MESSAGE(text_of(again, "reply.id") == text_of(first, "reply.id"),
                              about << "the repetition has another reply");
    }
    const auto times = count_messages(worker);
    const auto found = times.find(text_of(again, "message_id"));
    BOOST_REQUIRE_MESSAGE(found != times.end() && found->second == 2,
                          about << "after its repetition the message stands there "
                                << (found == times.end() ? 0 : found->second) << " times");
}

void FaultFixture::check_whole(const std::string& data) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{data}) {
        if (entry.path().extension() != ".sqlite3") continue;
        store::Connection connection{entry.path(), store::Connection::Mode::kExisting};
        store::Query check{connection, "PRAGMA integrity_check"};
        check.next();
        BOOST_REQUIRE_MESSAGE(check.text(0) == "ok", about << "damaged: " << check.text(0));
        connection.execute_script("INSERT INTO message_index (message_index) VALUES ('integrity-check')");
        connection.execute_script("INSERT INTO memory_index (memory_index) VALUES ('integrity-check')");
    }
}

void FaultFixture::copy_data(const std::string& from, const std::string& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    for (const auto& entry : std::filesystem::recursive_directory_iterator{to})
        if (entry.path().string().ends_with("-shm")) std::filesystem::remove(entry.path());
}

void FaultFixture::prepare(const FaultCase& what) {
    at_work.reset();
    after_crash.reset();
    said.clear();
    const std::string first = folder.file("first");
    std::filesystem::remove_all(first);
    std::filesystem::create_directory(first);
    responder::Responder& used = what.responder != nullptr ? *what.responder : responder;
    Worker worker{*this, first, what.options, what.open_files, used, what.turns};
    what.prepare(worker);
    // As a worker that was killed left it: the log is still there.
    copy_data(first, folder.file("prepared"));
    at_work =
        std::make_unique<Worker>(*this, folder.file("data"), what.options, what.open_files, used, what.turns);
    after_crash = std::make_unique<Worker>(*this, folder.file("crashed"), what.options, what.open_files, used,
                                           what.turns);
}

int FaultFixture::run(const FaultCase& what, Fault fault,
                      const std::function<void(const http::Response&)>& check_response,
                      const std::function<int(int)>& next) {
    for (int runs = 0;; fault.at = next(fault.at), ++runs) {
        copy_data(folder.file("prepared"), at_work->data);
        clock.advance(std::chrono::minutes{1});
        if (what.warm) count_messages(*at_work);
        std::optional<ArmedFault> armed{std::in_place, folder.path(), fault};
        const http::Response response = at_work->send(what.request());
        const bool was_hit = armed->hits() > 0;
        armed.reset();
        if (!was_hit) {
            at_work->let_go();
            return runs;
        }
        about = what.name + ", operation " + std::to_string(static_cast<int>(fault.operation)) + " no. " +
                std::to_string(fault.at) + (fault.lasting ? " and on" : "") + ", error " +
                std::to_string(fault.error) + ": ";
        if (response.status >= 300) check_response(response);

        copy_data(at_work->data, after_crash->data);
        for (Worker* const worker : {after_crash.get(), at_work.get()}) {
            check_acknowledged(*worker);
            what.check_repetition(*worker, response);
            worker->let_go();
            check_whole(worker->data);
        }
    }
}

}  // namespace arq::tests
