// SPDX-License-Identifier: MIT
#include "fcgi/records.h"

#include <fastcgi.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace arq::fcgi {
namespace {

constexpr unsigned kRequestId = 1;  // the only one on its connection
constexpr std::string_view kStatusHeader = "Status: ";

[[noreturn]] void fail(const char* what) {
    throw std::system_error(EPROTO, std::generic_category(), what);
}

void append_record(std::string& output, unsigned type, std::string_view content) {
    FCGI_Header header{};
    header.version = FCGI_VERSION_1;
    header.type = static_cast<unsigned char>(type);
    header.requestIdB0 = kRequestId;
    header.contentLengthB1 = static_cast<unsigned char>(content.size() >> 8);
    header.contentLengthB0 = static_cast<unsigned char>(content.size() & 0xff);
    output.append(reinterpret_cast<const char*>(&header), sizeof header).append(content);
}

// As many records as it takes, and the empty one that ends the stream.
void append_stream(std::string& output, unsigned type, std::string_view content) {
    while (!content.empty()) {
        const std::string_view piece = content.substr(0, FCGI_MAX_LENGTH);
        append_record(output, type, piece);
        content.remove_prefix(piece.size());
    }
    append_record(output, type, {});
}

void append_length(std::string& output, std::size_t length) {
    if (length < 0x80) {
        output += static_cast<char>(length);
        return;
    }
    output += static_cast<char>(0x80 | (length >> 24 & 0x7f));
    output += static_cast<char>(length >> 16 & 0xff);
    output += static_cast<char>(length >> 8 & 0xff);
    output += static_cast<char>(length & 0xff);
}

void append_parameter(std::string& output, std::string_view name, std::string_view value) {
    append_length(output, name.size());
    append_length(output, value.size());
    output.append(name).append(value);
}

std::string parameter_name(std::string_view header_name) {
    std::string name = "HTTP_";
    for (const char c : header_name) {
        name += c == '-' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return name;
}

std::string encode_parameters(const http::Request& request, std::size_t announced_bytes) {
    std::string output;
    append_parameter(output, "GATEWAY_INTERFACE", "CGI/1.1");
    append_parameter(output, "SERVER_PROTOCOL", "HTTP/1.1");
    append_parameter(output, "REQUEST_METHOD", request.method);
    append_parameter(output, "REQUEST_URI", request.target);
    const std::size_t query = request.target.find('?');
    append_parameter(output, "QUERY_STRING",
                     query == std::string::npos ? "" : std::string_view(request.target).substr(query + 1));
    append_parameter(output, "CONTENT_TYPE", request.header("content-type").value_or(""));
    // As nginx has it: empty where there is no body.
    append_parameter(output, "CONTENT_LENGTH", announced_bytes == 0 ? "" : std::to_string(announced_bytes));
    append_parameter(output, "REQUEST_ID", request.request_id);
    append_parameter(output, "REMOTE_ADDR", request.remote_address);
    if (request.secure) append_parameter(output, "HTTPS", "on");
    for (const auto& [name, value] : request.headers) {
        if (name != "content-length") append_parameter(output, parameter_name(name), value);
    }
    return output;
}

int parse_status(std::string_view text) {
    int status = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), status);
    if (result.ec != std::errc{} || status < 100 || status > 599) fail("the answer's status is no number");
    return status;
}

}  // namespace

std::string encode_request(const http::Request& request, std::optional<std::size_t> announced_bytes,
                           bool keep_connection) {
    FCGI_BeginRequestBody begin{};
    begin.roleB0 = FCGI_RESPONDER;
    begin.flags = keep_connection ? FCGI_KEEP_CONN : 0;
    std::string output;
    append_record(output, FCGI_BEGIN_REQUEST, {reinterpret_cast<const char*>(&begin), sizeof begin});
    append_stream(output, FCGI_PARAMS,
                  encode_parameters(request, announced_bytes.value_or(request.body.size())));
    append_stream(output, FCGI_STDIN, request.body);
    return output;
}

bool AnswerReader::feed(std::string_view bytes) {
    pending_.append(bytes);
    std::string_view rest = pending_;
    while (!ended_ && rest.size() >= FCGI_HEADER_LEN) {
        FCGI_Header header;
        std::memcpy(&header, rest.data(), sizeof header);
        if (header.version != FCGI_VERSION_1) fail("not FastCGI");
        const std::size_t content_bytes = header.contentLengthB1 * 256u + header.contentLengthB0;
        const std::size_t record_bytes = FCGI_HEADER_LEN + content_bytes + header.paddingLength;
        if (rest.size() < record_bytes) break;
        take_record(header.type, rest.substr(FCGI_HEADER_LEN, content_bytes));
        rest.remove_prefix(record_bytes);
    }
    pending_.erase(0, pending_.size() - rest.size());
    return ended_;
}

void AnswerReader::take_record(unsigned type, std::string_view content) {
    if (type == FCGI_STDOUT) {
        output_.append(content);
    } else if (type == FCGI_END_REQUEST) {
        FCGI_EndRequestBody body;
        if (content.size() != sizeof body) fail("the end of the answer has a wrong size");
        std::memcpy(&body, content.data(), sizeof body);
        if (body.protocolStatus != FCGI_REQUEST_COMPLETE) fail("the worker refused the request");
        ended_ = true;
    }
}

http::Response AnswerReader::response() const {
    const std::size_t end_of_head = output_.find("\r\n\r\n");
    if (end_of_head == std::string::npos) fail("the answer has no head");
    http::Response response;
    std::string_view head = std::string_view(output_).substr(0, end_of_head);
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), line.size() + 2));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) fail("a line of the answer's head is no header");
        if (line.starts_with(kStatusHeader)) {
            response.status = parse_status(line.substr(kStatusHeader.size()));
        } else {
            response.add_header(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
        }
    }
    response.body = output_.substr(end_of_head + 4);
    return response;
}

}  // namespace arq::fcgi
