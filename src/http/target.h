// SPDX-License-Identifier: MIT
//
// A request's target, taken apart: the path's segments and the query's parameters, percent-decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arq::http {

// "/api/sessions/42?limit=5" -> {"api", "sessions", "42"}, {{"limit", "5"}}. Nothing where it is no
// path, a percent sign is followed by no two hexadecimal digits, or what results is not UTF-8 or holds
// U+0000.
struct Target {
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> parameters;
};

std::optional<Target> parse_target(std::string_view target);

}  // namespace arq::http
