// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <cctype>

#include "arq/util/text.h"

namespace arq::http {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const int lower = std::tolower(static_cast<unsigned char>(c));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_blank) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && plus_is_blank) {
            decoded += ' ';
        } else if (text[at] == '%') {
            if (at + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[at + 1]);
            const int low = hex_digit(text[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            at += 2;
        } else {
            decoded += text[at];
        }
    }
    if (!util::is_valid_utf8(decoded) || decoded.find('\0') != std::string::npos) return std::nullopt;
    return decoded;
}

// The front of `rest` up to `separator`, which is taken off with it.
std::string_view take(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view front = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return front;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
    if (!target.starts_with('/')) return std::nullopt;
    std::string_view query = target;
    std::string_view path = take(query, '?');
    path.remove_prefix(1);

    Target parsed;
    for (bool more = true; more;) {
        more = path.find('/') != std::string_view::npos;
        auto segment = decode(take(path, '/'), false);
        if (!segment) return std::nullopt;
        parsed.segments.push_back(*std::move(segment));
    }
    while (!query.empty()) {
        std::string_view value = take(query, '&');
        if (value.empty()) continue;
        const auto name = decode(take(value, '='), true);
        auto decoded = decode(value, true);
        if (!name || !decoded) return std::nullopt;
        parsed.parameters.emplace_back(*name, *std::move(decoded));
    }
    return parsed;
}

}  // namespace arq::http
