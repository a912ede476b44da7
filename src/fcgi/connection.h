// SPDX-License-Identifier: MIT
//
// One accepted connection with the one request on it: what libfcgi does, and nothing else, in values.
#pragma once

#include <fcgiapp.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/http/message.h"
#include "arq/util/file.h"
#include "fcgi/parameters.h"

namespace arq::fcgi {

// Once a process before the first connection; again is harmless. Leaves the process's signal handlers as they
// were, but SIGPIPE ignored. Throws std::system_error.
void initialise_library();

class Connection {
public:
    // Reads the request's parameters. None where the peer left, was silent for `io_timeout`, or spoke no
    // FastCGI.
    static std::unique_ptr<Connection> open(util::UniqueFd socket, std::chrono::milliseconds io_timeout);

    // Closes. Without an answer before it the peer sees a connection cut off.
    ~Connection();

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Views into the connection.
    std::vector<Parameter> parameters() const;

    struct BodyLimits {
        std::size_t bytes = 0;       // of a body in memory
        std::size_t long_bytes = 0;  // of one in a file; less than `bytes`: none is taken
        std::string folder;          // where that file is made
    };
    // Reads the body to its end, whatever its size: unread bytes would turn the close into a reset. Fills in
    // request.body (empty if too large), long_body, body_too_large and body_incomplete.
    void read_body(std::optional<std::uint64_t> announced_bytes, const BodyLimits& limits,
                   http::Request& request);

    // All of the answer, and its end. False where the peer did not take it. `more`: see http::Response.
    bool answer(std::string_view head, std::string_view body,
                const std::function<bool(std::string& piece)>& more);

private:
    Connection() = default;

    FCGX_Request request_{};  // its streams point back at it, so a Connection never moves
};

}  // namespace arq::fcgi
