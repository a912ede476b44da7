// SPDX-License-Identifier: MIT
//
// Asks a worker directly, as the web server does: one request over its Unix socket. For arqctl's probes and
// for tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "arq/http/message.h"
#include "arq/util/file.h"

namespace arq::fcgi {

// Sends `request` to the socket at `socket_path` (of any length) and returns the whole answer. Method,
// target, headers, body, request_id, remote_address and secure are passed on. Throws std::system_error:
// ECONNREFUSED and ENOENT where nobody listens, ETIMEDOUT when `timeout` has gone by in all, ECONNRESET when
// the worker left before the end of its answer, EPROTO for what is no FastCGI answer.
http::Response fetch(const std::string& socket_path, const http::Request& request,
                     std::chrono::milliseconds timeout);

// The same without waiting, for who asks several at once: a request that has been sent and whose answer is
// still to come. Errors as above, and EAGAIN where the socket's queue is full.
class PendingAnswer {
public:
    // A request without a body.
    PendingAnswer(const std::string& socket_path, const http::Request& request);
    ~PendingAnswer();
    PendingAnswer(PendingAnswer&& other) noexcept;

    int fd() const { return socket_.get(); }  // becomes readable when there is something to take
    // Takes what has come. True once that is the whole answer.
    bool take();
    http::Response response() const;  // after take() said true

private:
    std::string path_;
    util::UniqueFd socket_;
    std::unique_ptr<class AnswerReader> reader_;
};

}  // namespace arq::fcgi
