// SPDX-License-Identifier: MIT
#include "http/routes.h"

#include <algorithm>
#include <charconv>

#include "arq/util/error.h"

namespace arq::http {
namespace {

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
    for (const std::string& segment : segments) {
        if (!pattern.starts_with('/')) return false;
        pattern.remove_prefix(1);
        const std::string_view expected = pattern.substr(0, pattern.find('/'));
        if (expected.starts_with('{') ? segment.empty() : expected != segment) return false;
        pattern.remove_prefix(expected.size());
    }
    return pattern.empty();
}

}  // namespace

std::string RouteTable::methods_of(const Target& target) const {
    std::string methods;
    for (const Route& route : routes) {
        if (!matches(route.path, target.segments)) continue;
        if (!methods.empty()) methods += ", ";
        methods += route.method;
        if (route.method == "GET") methods += ", HEAD";
    }
    return methods;
}

const Route& RouteTable::find(std::string_view method, const Target& target) const {
    // HEAD works wherever GET does.
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Route& route : routes)
        if (route.method == wanted && matches(route.path, target.segments)) return route;
    const std::string methods = methods_of(target);
    if (methods.empty())
        throw Error{ErrorCode::kNotFound, "there is nothing at this path: docs/api.md lists what there is"};
    throw Error{ErrorCode::kMethodNotAllowed, "this path knows only: " + methods};
}

Response refuse_in_legacy(Context&) {
    throw Error{ErrorCode::kNotInLegacy,
                "the standby answers at the moment, and it only knows messages and sessions: ask again when "
                "`/health` no longer says `legacy`"};
}

std::string format_timing(std::string_view step, std::chrono::duration<double, std::milli> time) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, time.count(), std::chars_format::fixed, 3).ptr;
    return std::string{step} + ";dur=" + std::string{text, end};
}

Response make_json(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.add_header("Content-Type", "application/json");
    return response;
}

}  // namespace arq::http
