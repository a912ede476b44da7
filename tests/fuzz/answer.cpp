// SPDX-License-Identifier: MIT
//
// Input: the bytes of a worker's answer, as records; or, where they are none, the head and body within them.
#include <fastcgi.h>

#include <optional>
#include <system_error>

#include "arq/util/error.h"
#include "fcgi/records.h"
#include "fcgi/response_head.h"
#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

bool operator==(const http::Response& a, const http::Response& b) {
    return a.status == b.status && a.headers == b.headers && a.body == b.body;
}

std::optional<http::Response> read(std::string_view bytes, std::size_t step) {
    fcgi::AnswerReader reader;
    try {
        for (std::size_t at = 0; at < bytes.size(); at += step)
            if (reader.feed(bytes.substr(at, step))) return reader.response();
    } catch (const std::system_error& error) {
        require(error.code() == std::errc::protocol_error, "an error of another kind");
    }
    return std::nullopt;
}

std::string record(unsigned type, std::string_view content) {
    std::string bytes(FCGI_HEADER_LEN, '\0');
    bytes[0] = FCGI_VERSION_1;
    bytes[1] = static_cast<char>(type);
    bytes[4] = static_cast<char>(content.size() >> 8 & 0xff);
    bytes[5] = static_cast<char>(content.size() & 0xff);
    return bytes.append(content);
}

std::string answer_of(std::string_view content) {
    return record(FCGI_STDOUT, content.substr(0, FCGI_MAX_LENGTH)) +
           record(FCGI_END_REQUEST, std::string(sizeof(FCGI_EndRequestBody), '\0'));
}

}  // namespace

void check_answer(std::string_view input) {
    const auto whole = read(input, input.size());
    const auto in_pieces = read(input, 3);
    require(whole.has_value() == in_pieces.has_value(), "the pieces in which an answer comes decide on it");
    require(!whole || *whole == *in_pieces, "another answer where it comes in pieces");

    auto response = read(answer_of(input), 1000);
    if (!response) return;
    std::string head;
    try {
        head = fcgi::format_head(*response);
    } catch (const Error&) {
        return;  // a head that may not leave us
    }
    const auto again = read(answer_of(head + response->body), 1000);
    if (head.size() + response->body.size() > FCGI_MAX_LENGTH) return;
    require(again.has_value(), "the head that we write can't be read");
    // Content-Length is added where it was missing.
    if (again->headers.size() > response->headers.size()) response->headers.push_back(again->headers.back());
    require(*again == *response, "the head that we write says something else");
}

}  // namespace arq::fuzz
