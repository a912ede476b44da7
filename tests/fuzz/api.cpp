// SPDX-License-Identifier: MIT
//
// Whole requests through the whole of a worker but its sockets: on real files, with a clock that stands
// still.
#include <memory>

#include "fcgi/response_head.h"
#include "fuzz/checks.h"
#include "support/api_fixture.h"

namespace arq::fuzz {
namespace {

// Everything is new after an input that may have stored something: an input alone decides what happens.
class Worker {
public:
    http::Response send(const http::Request& request) {
        if (!fixture_) start();
        http::Response response = fixture_->api.handle(request);
        require_contract(response);
        if (response.status < 400 && request.method != "GET") stored_ = true;
        return response;
    }
    const std::string& visitor() {
        if (!fixture_) start();
        return visitor_;
    }
    const std::string& key() {
        if (!fixture_) start();
        return key_;
    }
    std::size_t count_files() const { return fixture_->count_files(); }
    void finish_input() {
        if (stored_) fixture_.reset();
        stored_ = false;
    }

private:
    void start() {
        fixture_ = std::make_unique<tests::ApiFixture>();
        visitor_ = fixture_->new_visitor();
        key_ = fixture_->new_key(store::KeyRole::kServer);
    }

    // What docs/api.md promises of every answer.
    static void require_contract(const http::Response& response) {
        require(response.status != 500, "not foreseen: " + response.body);
        fcgi::format_head(response);  // throws where a header would break out of its line
        if (response.body.empty()) return;
        require(is_utf8(response.body), "an answer that is no UTF-8");
        const json::Document document{response.body};
        if (response.status < 400) return;
        json::Object root = document.root();
        json::Object error = root.optional_object("error").value();
        for (const char* name : {"message", "type", "code"}) error.required_string(name);
        error.optional_string("param");
        error.optional_string("request_id");
        error.reject_unknown();
        root.reject_unknown();
    }

    std::unique_ptr<tests::ApiFixture> fixture_;
    std::string visitor_;
    std::string key_;
    bool stored_ = false;
};

// Leaves the next input a worker that nothing is stored in, also where a check throws.
class Input {
public:
    explicit Input(Worker& worker) : worker_(worker) {}
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input() { worker_.finish_input(); }

private:
    Worker& worker_;
};

// What can't be guessed is written as one byte: \1 the visitor's value, \2 the key.
std::string fill_in(std::string_view text, Worker& worker) {
    std::string filled;
    for (const char c : text) {
        if (c == '\1')
            filled += worker.visitor();
        else if (c == '\2')
            filled += worker.key();
        else
            filled += c;
    }
    return filled;
}

Worker& shared_worker() {
    static Worker worker;
    return worker;
}

http::Request message(std::string_view body, Worker& worker) {
    http::Request request{.method = "POST", .target = "/api/message", .body = std::string{body}};
    request.headers = {{"content-type", "application/json"},
                       {"content-length", std::to_string(body.size())},
                       {"x-arq-visitor", worker.visitor()}};
    request.request_id = "request-1";
    return request;
}

}  // namespace

// Input: method, target and headers, a line each ("name: value"), an empty line, the body.
void check_api(std::string_view input) {
    Worker& worker = shared_worker();
    const Input scope{worker};
    http::Request request{.request_id = "request-1"};
    const std::size_t end = input.find("\n\n");
    if (end != std::string_view::npos) request.body = fill_in(input.substr(end + 2), worker);
    const std::vector<std::string_view> lines = split(input.substr(0, end), '\n');
    request.method = lines[0];
    if (lines.size() > 1) request.target = lines[1];
    for (std::size_t at = 2; at < lines.size(); ++at) {
        const std::size_t colon = lines[at].find(": ");
        if (colon == std::string_view::npos) continue;
        request.headers.insert_or_assign(std::string{lines[at].substr(0, colon)},
                                         fill_in(lines[at].substr(colon + 2), worker));
    }
    worker.send(request);
    http::Api::queue_name(request);
}

void check_message(std::string_view input) {
    Worker& worker = shared_worker();
    const Input scope{worker};
    const http::Request request = message(input, worker);
    const http::Response first = worker.send(request);
    if (first.status != 200) {
        require(first.status == 400 || first.status == 404 || first.status == 413,
                "another status: " + std::to_string(first.status));
        require(worker.count_files() == 0, "something of a rejected message is stored");
        return;
    }
    // Once more: the same answer, and nothing done twice.
    const http::Response again = worker.send(request);
    require(again.status == 200 && tests::header_of(again, "Idempotent-Replay").has_value(), "done twice");
    require(tests::ApiFixture::text_of(first, "reply.id") == tests::ApiFixture::text_of(again, "reply.id"),
            "another reply");
    require(
        tests::ApiFixture::text_of(first, "reply.text") == tests::ApiFixture::text_of(again, "reply.text"),
        "another text");
    http::Request list{.method = "GET", .target = "/api/sessions", .request_id = "request-2"};
    list.headers = {{"x-arq-visitor", worker.visitor()}};
    require(worker.send(list).body.find("\"message_count\":2") != std::string::npos, "not stored once");
}

// Input: the values of Cookie, Authorization, X-ARQ-Visitor and X-ARQ-User, a line each; an empty line is
// a header that wasn't sent.
void check_credentials(std::string_view input) {
    Worker& worker = shared_worker();
    const Input scope{worker};
    http::Request request{.method = "GET", .target = "/api/sessions", .request_id = "request-1"};
    const std::vector<std::string_view> lines = split(input, '\n');
    const std::vector<std::string> names{"cookie", "authorization", "x-arq-visitor", "x-arq-user"};
    for (std::size_t at = 0; at < names.size() && at < lines.size(); ++at)
        if (!lines[at].empty()) request.headers[names[at]] = fill_in(lines[at], worker);

    const http::Response response = worker.send(request);
    const auto has = [&](const std::string& name, const std::string& secret) {
        const auto value = request.header(name);
        return value && value->find(secret) != std::string_view::npos;
    };
    if (response.status == 200)
        require(has("cookie", worker.visitor()) || has("x-arq-visitor", worker.visitor()) ||
                    (has("authorization", worker.key()) && request.header("x-arq-user")),
                "let in without a credential");
    if (request.header("authorization") && !has("authorization", worker.key()))
        require(response.status == 401, "a bad key beside a good cookie was let in");
    require(response.status == 200 || response.status == 400 || response.status == 401, "another status");
}

}  // namespace arq::fuzz
