// SPDX-License-Identifier: MIT
//
// The web server's side of FastCGI: a request as records, an answer from records. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "arq/http/message.h"

namespace arq::fcgi {

// The records of one whole request. `announced_bytes` is the Content-Length, by default the body's size;
// `keep_connection` asks the worker not to close.
std::string encode_request(const http::Request& request, std::optional<std::size_t> announced_bytes = {},
                           bool keep_connection = false);

// Takes an answer's bytes as they come. Throws std::system_error EPROTO for what is no FastCGI answer.
class AnswerReader {
public:
    // True once the end of the request was read; what follows it is ignored.
    bool feed(std::string_view bytes);

    // The answer, after feed() said true.
    http::Response response() const;

private:
    void take_record(unsigned type, std::string_view content);

    std::string pending_;  // the beginning of a record that is not whole yet
    std::string output_;
    bool ended_ = false;
};

}  // namespace arq::fcgi
