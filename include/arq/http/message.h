// SPDX-License-Identifier: MIT
//
// A request and its response as values, free of the protocol that carried them.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arq/util/file.h"

namespace arq::http {

struct Request {
    std::string method;
    std::string target;  // as the client sent it: path and query, percent-encoded
    // Names in lower case with '-' ("x-arq-user"). A header that was sent more
    // than once is joined by ", " (cookies by "; "), so none can hide behind another.
    std::map<std::string, std::string, std::less<>> headers;
    std::string body;  // at most limits.body_bytes, whatever was sent
    // Where more was sent and the path takes it (Api::long_body_limit): a file without a name that holds it
    // all, read from its beginning; `body` is then empty.
    std::shared_ptr<const util::UniqueFd> long_body;
    bool long_body_lost = false;   // there was no room for that file
    bool body_too_large = false;   // more was sent or announced than `body` may hold
    bool body_incomplete = false;  // fewer bytes came than Content-Length said
    bool length_invalid = false;   // Content-Length was no number
    std::string request_id;        // nginx's $request_id; made by fcgi where the front end gives none
    std::string remote_address;    // of the peer of the front end
    bool secure = false;           // came over TLS
    bool over_limit = false;       // the front end counted more requests of this client than it may send
    unsigned failed_tries = 0;     // workers that it was handed to before, and that gave no answer
    std::chrono::steady_clock::time_point accepted_at{};  // its connection; the epoch: nobody noted it

    std::optional<std::string_view> header(std::string_view lower_case_name) const {
        const auto found = headers.find(lower_case_name);
        if (found == headers.end()) return std::nullopt;
        return std::string_view{found->second};
    }
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // Where it is set the body goes on, and its length isn't told before: each call appends a piece, of some
    // ten kilobytes, until one says false. What it throws ends the connection, so that the client sees that
    // the body is cut off.
    std::function<bool(std::string& piece)> more;

    // What the pool's numbers and the log of requests tell of it beside.
    std::size_t route = 0;  // its number in the Api, from 1; 0: of no route
    std::string responder;  // who answered the message; empty where none was asked
    std::string timing;     // what its steps took, as Server-Timing has it; empty: nobody measured them

    void add_header(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
    }
};

}  // namespace arq::http
