// SPDX-License-Identifier: MIT
//
// Input: names and values in turn, each ended by U+0000.
#include "fcgi/parameters.h"

#include <fastcgi.h>

#include "arq/util/ids.h"
#include "fcgi/records.h"
#include "fuzz/checks.h"
#include "support/fake_clock.h"

namespace arq::fuzz {
namespace {

std::size_t take_length(std::string_view& bytes) {
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes.at(at)));
    };
    const bool is_long = byte(0) >= 0x80;
    const std::size_t length =
        is_long ? (byte(0) & 0x7f) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3) : byte(0);
    bytes.remove_prefix(is_long ? 4 : 1);
    return length;
}

// The parameters in the records of a request, as the FastCGI specification has them (3.4).
std::string parameter_bytes(std::string_view records) {
    std::string stream;
    while (!records.empty()) {
        const std::size_t content = static_cast<std::size_t>(static_cast<unsigned char>(records.at(4))) << 8 |
                                    static_cast<unsigned char>(records.at(5));
        if (records.at(1) == FCGI_PARAMS) stream += records.substr(FCGI_HEADER_LEN, content);
        records.remove_prefix(FCGI_HEADER_LEN + content);
    }
    return stream;
}

std::vector<fcgi::Parameter> decode(std::string_view stream) {
    std::vector<fcgi::Parameter> parameters;
    while (!stream.empty()) {
        const std::size_t name = take_length(stream);
        const std::size_t value = take_length(stream);
        require(name + value <= stream.size(), "a parameter is longer than its stream");
        parameters.emplace_back(stream.substr(0, name), stream.substr(name, value));
        stream.remove_prefix(name + value);
    }
    return parameters;
}

bool is_header_name(std::string_view name) {
    for (const char c : name)
        if (c == '_' || (c >= 'A' && c <= 'Z')) return false;
    return !name.empty();
}

}  // namespace

void check_parameters(std::string_view input) {
    const std::vector<std::string_view> texts = split(input, '\0');
    std::vector<fcgi::Parameter> parameters;
    for (std::size_t at = 0; at + 1 < texts.size(); at += 2)
        parameters.emplace_back(texts[at], texts[at + 1]);

    tests::FakeClock clock;
    const fcgi::RequestHead head = fcgi::read_parameters(parameters, clock);
    require(util::is_client_id(head.request.request_id), "the request's id is no id");
    require(!(head.request.length_invalid && head.body_bytes), "a length is both a number and none");
    for (const auto& [name, value] : head.request.headers)
        require(is_header_name(name), "a header's name is not in its one form: " + name);

    // What our own client makes of the request is the same request.
    const std::string stream = parameter_bytes(fcgi::encode_request(head.request, 0));
    http::Request again = fcgi::read_parameters(decode(stream), clock).request;
    http::Request expected = head.request;
    expected.headers.erase("content-length");
    again.headers.erase("content-length");
    require(again.method == expected.method && again.target == expected.target, "another method or target");
    require(again.request_id == expected.request_id, "another id");
    require(again.remote_address == expected.remote_address && again.secure == expected.secure,
            "another peer");
    require(again.headers == expected.headers, "other headers");
}

}  // namespace arq::fuzz
