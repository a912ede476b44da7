// SPDX-License-Identifier: MIT
#include "fcgi/response_head.h"

#include <algorithm>
#include <string_view>

#include "arq/util/error.h"

namespace arq::fcgi {
namespace {

// Without a phrase nginx leaves out the space before it as well, which strict clients miss.
std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 507:
            return "Insufficient Storage";
        default:
            return "Other";
    }
}

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token_character);
}

bool breaks_line(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool equal_ignoring_case(std::string_view a, std::string_view lower_case) {
    return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(), [](char x, char y) {
        return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
    });
}

}  // namespace

bool is_bodiless(int status) {
    return status == 204 || status == 304 || (status >= 100 && status < 200);
}

std::string format_head(const http::Response& response) {
    if (response.status < 100 || response.status > 599) {
        throw Error(ErrorCode::kInternal,
                    "An answer has the status " + std::to_string(response.status) + ".");
    }
    std::string head = "Status: " + std::to_string(response.status) + " ";
    head.append(reason_phrase(response.status)).append("\r\n");
    bool has_length = is_bodiless(response.status);
    for (const auto& [name, value] : response.headers) {
        if (!is_token(name)) throw Error(ErrorCode::kInternal, "An answer's header has no valid name.");
        if (breaks_line(value)) {
            throw Error(ErrorCode::kInternal, "The answer's header " + name + " holds a line break.");
        }
        has_length = has_length || equal_ignoring_case(name, "content-length");
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!has_length && !response.more)
        head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    head += "\r\n";
    return head;
}

}  // namespace arq::fcgi
