// SPDX-License-Identifier: MIT
//
// One request and the one answer to it, on the heap: it may be answered now or later, by the thread that
// accepted it or by another, while that thread serves others. One thread at a time may use it.
#pragma once

#include <memory>

#include "arq/http/message.h"

namespace arq::fcgi {

class Connection;
class InFlight;

class Exchange {
public:
    Exchange(std::unique_ptr<Connection> connection, http::Request request,
             std::shared_ptr<InFlight> in_flight);

    // Unanswered: logs the request's id and drops the connection without a word. For the web server that is
    // a worker that died: it tries the next slot (safe, because of the message id), then answers 502.
    ~Exchange();

    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Valid as long as the exchange.
    const http::Request& request() const { return request_; }

    // Writes the whole answer and ends the exchange; at most once. Content-Length is added where it is
    // missing; an answer to HEAD, 204 and 304 goes without its body. False: the peer is gone or did not
    // read for Options::io_timeout, so it may not have the answer. Blocks no longer than that per write,
    // and not at all for an answer that fits into the socket's buffer (about 200 kB).
    // Throws Error kInternal, before anything is written, where a header can't be sent as it is (a line
    // break in its value); the exchange is then still to be answered.
    bool respond(const http::Response& response);

private:
    void end();

    std::unique_ptr<Connection> connection_;  // none once answered
    http::Request request_;
    std::shared_ptr<InFlight>
        in_flight_;  // shared: an exchange may outlive a server whose draining timed out
};

}  // namespace arq::fcgi
