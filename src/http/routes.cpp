// SPDX-License-Identifier: MIT
#include "http/routes.h"

#include <algorithm>

#include "arq/util/error.h"

namespace arq::http {
namespace {

constexpr Route kRoutes[] = {
    {"POST", "/api/visitor", Access::kUser, false, "", post_visitor},
    {"POST", "/api/message", Access::kUser, true, "", post_message},
    {"GET", "/api/sessions", Access::kUser, false, "limit after", get_sessions},
    {"GET", "/api/sessions/{id}", Access::kUser, false, "", get_session},
    {"GET", "/api/sessions/{id}/messages", Access::kUser, false, "limit after", get_session_messages},
    {"GET", "/health", Access::kAnybody, false, "", get_health},
    {"GET", "/health/live", Access::kAnybody, false, "", get_health_live},
    {"GET", "/health/ready", Access::kAnybody, false, "", get_health_ready},
};

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
    for (const std::string& segment : segments) {
        if (!pattern.starts_with('/')) return false;
        pattern.remove_prefix(1);
        const std::string_view expected = pattern.substr(0, pattern.find('/'));
        if (expected == "{id}" ? segment.empty() : expected != segment) return false;
        pattern.remove_prefix(expected.size());
    }
    return pattern.empty();
}

}  // namespace

const Route& find_route(std::string_view method, const Target& target, std::string& allowed) {
    // HEAD works wherever GET does.
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Route& route : kRoutes) {
        if (!matches(route.path, target.segments)) continue;
        if (route.method == wanted) return route;
        if (!allowed.empty()) allowed += ", ";
        allowed += route.method;
        if (route.method == "GET") allowed += ", HEAD";
    }
    if (allowed.empty())
        throw Error{ErrorCode::kNotFound, "there is nothing at this path: docs/api.md lists what there is"};
    throw Error{ErrorCode::kMethodNotAllowed, "this path knows only: " + allowed};
}

Response make_json(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.add_header("Content-Type", "application/json");
    return response;
}

}  // namespace arq::http
