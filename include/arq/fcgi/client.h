// SPDX-License-Identifier: MIT
//
// Asks a worker directly, as the web server does: one request over its Unix socket. For arqctl's probes and
// for tests.
#pragma once

#include <chrono>
#include <string>

#include "arq/http/message.h"

namespace arq::fcgi {

// Sends `request` to the socket at `socket_path` (of any length) and returns the whole answer. Method,
// target, headers, body, request_id, remote_address and secure are passed on. Throws std::system_error:
// ECONNREFUSED and ENOENT where nobody listens, ETIMEDOUT when `timeout` has gone by in all, ECONNRESET when
// the worker left before the end of its answer, EPROTO for what is no FastCGI answer.
http::Response fetch(const std::string& socket_path, const http::Request& request,
                     std::chrono::milliseconds timeout);

}  // namespace arq::fcgi
