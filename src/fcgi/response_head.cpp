// SPDX-License-Identifier: MIT
#include "fcgi/response_head.h"

#include <algorithm>
#include <string_view>

#include "arq/util/error.h"

namespace arq::fcgi {
namespace {

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
    std::string head = "Status: " + std::to_string(response.status) + "\r\n";
    bool has_length = is_bodiless(response.status);
    for (const auto& [name, value] : response.headers) {
        if (!is_token(name)) throw Error(ErrorCode::kInternal, "An answer's header has no valid name.");
        if (breaks_line(value)) {
            throw Error(ErrorCode::kInternal, "The answer's header " + name + " holds a line break.");
        }
        has_length = has_length || equal_ignoring_case(name, "content-length");
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!has_length) head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    head += "\r\n";
    return head;
}

}  // namespace arq::fcgi
