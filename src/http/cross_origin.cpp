// SPDX-License-Identifier: MIT
#include "http/cross_origin.h"

#include <algorithm>
#include <string>

#include "arq/util/error.h"

namespace arq::http {
namespace {

bool is_allowed(const Request& request, const config::Config& config) {
    const auto origin = request.header("origin");
    const std::vector<std::string>& allowed = config.access.allowed_origins;
    return origin && std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

void check_origin(const Request& request, const config::Config& config) {
    // The browser's own word. Comparing Origin with Host would refuse pages behind a proxy that renames us.
    const bool is_cross_site = request.header("sec-fetch-site") == "cross-site";
    if (is_cross_site && changes_something(request.method) && !is_allowed(request, config))
        throw Error{
            ErrorCode::kForbidden,
            "pages of other sites may not call here: the operator can name them in `access.allowed_origins`"};
}

bool is_preflight(const Request& request, const config::Config& config) {
    return request.method == "OPTIONS" && request.header("access-control-request-method") &&
           is_allowed(request, config);
}

Response answer_preflight(std::string_view methods) {
    Response response{.status = 204};
    response.add_header("Access-Control-Allow-Methods", std::string{methods});
    response.add_header("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, X-ARQ-Visitor");
    response.add_header("Access-Control-Max-Age", "600");
    return response;
}

void add_origin_headers(Response& response, const Request& request, const config::Config& config) {
    if (config.access.allowed_origins.empty()) return;
    response.add_header("Vary", "Origin");
    if (!is_allowed(request, config)) return;
    response.add_header("Access-Control-Allow-Origin", std::string{*request.header("origin")});
    response.add_header("Access-Control-Expose-Headers", "Idempotent-Replay, Retry-After, X-Request-Id");
}

}  // namespace arq::http
