// SPDX-License-Identifier: MIT
#include "fcgi/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>

#include "arq/util/hash.h"
#include "arq/util/ids.h"

namespace arq::fcgi {
namespace {

constexpr std::string_view kHeaderPrefix = "HTTP_";

// Not std::tolower: that one asks the locale.
char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string header_name(std::string_view parameter_name) {
    std::string name;
    name.reserve(parameter_name.size());
    for (const char c : parameter_name) name += c == '_' ? '-' : to_lower(c);
    return name;
}

void add_header(http::Request& request, std::string name, std::string_view value) {
    const auto [place, is_new] = request.headers.try_emplace(std::move(name), value);
    if (is_new) return;
    place->second += place->first == "cookie" ? "; " : ", ";
    place->second += value;
}

bool is_on(std::string_view value) {
    return value.size() == 2 && to_lower(value[0]) == 'o' && to_lower(value[1]) == 'n';
}

// nginx's $upstream_status: "502, 504".
unsigned count_tries(std::string_view statuses) {
    if (statuses.empty()) return 0;
    return 1 + static_cast<unsigned>(std::count(statuses.begin(), statuses.end(), ','));
}

void read_content_length(std::string_view value, RequestHead& head) {
    const bool digits_only =
        !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits_only) {
        head.request.length_invalid = true;
        return;
    }
    std::uint64_t bytes = 0;
    const auto result = std::from_chars(value.data(), value.data() + value.size(), bytes);
    // A number that fits nowhere is well formed: too large, not invalid.
    head.body_bytes = result.ec == std::errc{} ? bytes : std::numeric_limits<std::uint64_t>::max();
}

std::string make_request_id(util::Clock& clock) {
    std::array<std::byte, 16> random{};
    clock.random_fill(random);
    return util::to_hex(random);
}

}  // namespace

RequestHead read_parameters(std::span<const Parameter> parameters, util::Clock& clock) {
    RequestHead head;
    http::Request& request = head.request;
    std::string_view content_type;
    std::string_view content_length;

    for (const auto& [name, value] : parameters) {
        if (name.starts_with(kHeaderPrefix) && name.size() > kHeaderPrefix.size()) {
            add_header(request, header_name(name.substr(kHeaderPrefix.size())), value);
        } else if (name == "REQUEST_METHOD") {
            request.method = value;
        } else if (name == "REQUEST_URI") {
            request.target = value;
        } else if (name == "CONTENT_TYPE") {
            content_type = value;
        } else if (name == "CONTENT_LENGTH") {
            content_length = value;
        } else if (name == "REQUEST_ID") {
            request.request_id = value;
        } else if (name == "REMOTE_ADDR") {
            request.remote_address = value;
        } else if (name == "HTTPS") {
            request.secure = is_on(value);
        } else if (name == "LIMIT_STATUS") {
            request.over_limit = value.starts_with("REJECTED");
        } else if (name == "FAILED_TRIES") {
            request.failed_tries = count_tries(value);
        }
    }

    if (!content_type.empty()) request.headers.insert_or_assign("content-type", std::string(content_type));
    if (!content_length.empty()) {
        request.headers.insert_or_assign("content-length", std::string(content_length));
        read_content_length(content_length, head);
    }
    if (!util::is_client_id(request.request_id)) request.request_id = make_request_id(clock);
    return head;
}

}  // namespace arq::fcgi
