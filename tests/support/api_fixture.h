// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "arq/http/api.h"
#include "arq/http/api_key.h"
#include "arq/json/reader.h"
#include "arq/responder/embedded.h"
#include "arq/util/file.h"
#include "support/store_fixture.h"

namespace arq::tests {

inline std::optional<std::string> header_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return std::nullopt;
}

// The whole of a worker but its sockets: requests in, responses out.
struct ApiFixture : StoreFixture {
    using StoreFixture::StoreFixture;

    http::Response send(http::Request request) {
        request.request_id = "request-" + std::to_string(++requests);
        // As every front end sends it.
        if (!request.body.empty())
            request.headers.emplace("content-length", std::to_string(request.body.size()));
        monitor::UnderWay under_way{worker, clock.now()};
        http::Response response = api.handle(request);
        api.record(request, response, std::move(under_way));
        return response;
    }
    http::Response get(std::string target, const std::string& visitor = {}) {
        return send(with_visitor({.method = "GET", .target = std::move(target)}, visitor));
    }
    http::Response post(std::string target, std::string body, const std::string& visitor = {}) {
        http::Request request{.method = "POST", .target = std::move(target), .body = std::move(body)};
        request.headers["content-type"] = "application/json";
        return send(with_visitor(std::move(request), visitor));
    }
    http::Response say(const std::string& text, const std::string& visitor) {
        return post("/api/message", "{\"message\": \"" + text + "\"}", visitor);
    }
    static http::Request with_visitor(http::Request request, const std::string& visitor) {
        if (!visitor.empty()) request.headers["x-arq-visitor"] = visitor;
        return request;
    }

    std::string new_visitor() {
        http::Request request{.method = "POST", .target = "/api/visitor"};
        request.headers["x-arq-visitor"] = "new";
        return text_of(send(request), "visitor");
    }
    std::string new_key(store::KeyRole role) {
        const http::NewApiKey made = http::make_api_key(role, "test", secrets.names, clock);
        host.add_key(made.record);
        return made.key;
    }

    util::Key random_key() {
        util::Key key{};
        clock.random_fill(key);
        return key;
    }
    config::Secrets write_secrets(config::Secrets written) const {
        util::write_file_atomically(folder.file("secrets.json"), config::format_secrets(written), 0600);
        return written;
    }

    // A text in the JSON of a response, by its path ("reply.text").
    static std::string text_of(const http::Response& response, std::string_view path) {
        const json::Document document{response.body};
        json::Object object = document.root();
        for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
            object = object.optional_object(path.substr(0, dot)).value();
            path.remove_prefix(dot + 1);
        }
        return object.optional_string(path).value_or("");
    }
    static std::string code_of(const http::Response& response) { return text_of(response, "error.code"); }

    // How many user files there are: what a refused request must not change.
    std::size_t count_files() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
            count += entry.path().extension() == ".sqlite3" ? 1 : 0;
        return count;
    }

    int requests = 0;
    config::Config config = config::parse_config("{}");
    config::Secrets secrets = write_secrets({.names = random_key(), .visitor_keys = {random_key()}});
    config::LiveSecrets live_secrets{folder.file("secrets.json"), clock};
    store::Host host{folder.file("host.sqlite3"), 1000};
    responder::EmbeddedResponder responder;
    assistant::Assistant assistant{files, responder, clock, {}};
    monitor::PoolMap pool{clock};
    monitor::WorkerSlot worker = pool.claim("1", model::Variant::kProduction);
    monitor::RequestLog request_log{folder.file("requests.log"), clock};
    http::Api api{{.config = config,
                   .secrets = live_secrets,
                   .files = files,
                   .host = host,
                   .assistant = assistant,
                   .clock = clock,
                   .version = "test",
                   .data_folder = users_folder(),
                   .pool = pool,
                   .request_log = &request_log,
                   .worker = "1",
                   .serving_file = folder.file("variant")}};
};

}  // namespace arq::tests
