// SPDX-License-Identifier: MIT
#include "arq/http/api.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <optional>
#include <set>

#include "arq/util/error.h"
#include "arq/util/log.h"
#include "http/cross_origin.h"
#include "http/errors.h"
#include "http/routes.h"

namespace arq::http {
namespace {

bool is_json(std::string_view content_type) {
    constexpr std::string_view kJson = "application/json";
    std::string type{content_type.substr(0, content_type.find(';'))};
    while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type == kJson;
}

void check_body(const Request& request, const Route& route, const config::Config& config) {
    if (!request.body.empty() && !request.header("content-length"))
        throw Error{ErrorCode::kLengthRequired,
                    "the body comes without `Content-Length`: send its length in bytes"};
    if (request.body_too_large)
        throw Error{
            ErrorCode::kBodyTooLarge,
            "the body is longer than " + std::to_string(config.limits.body_bytes) + " bytes: send less"};
    if (route.has_body && !is_json(request.header("content-type").value_or(std::string_view{})))
        throw Error{ErrorCode::kUnsupportedMediaType,
                    "the body must come with `Content-Type: application/json`"};
    if (request.length_invalid)
        throw Error{ErrorCode::kInvalidValue,
                    "`Content-Length` must be the body's length in bytes, as a whole number",
                    "Content-Length"};
    if (request.body_incomplete)
        throw Error{ErrorCode::kBodyIncomplete, "the body ended before its `Content-Length`: send it again"};
}

// Which parameters a path knows stands with its route; what they may hold its handler tells.
void check_parameters(const Target& target, const Route& route) {
    std::set<std::string_view> seen;
    for (const auto& [name, value] : target.parameters) {
        const std::string known = " " + std::string{route.parameters} + " ";
        if (name.empty() || name.find(' ') != std::string::npos ||
            known.find(" " + name + " ") == std::string::npos)
            throw Error{ErrorCode::kUnknownField,
                        route.parameters.empty()
                            ? "this path takes no parameters"
                            : "this path knows only the parameters: " + std::string{route.parameters},
                        name};
        if (!seen.insert(name).second)
            throw Error{ErrorCode::kDuplicateField, "`" + name + "` stands twice: send it once", name};
    }
}

Response answer(const Api::Parts& parts, const Request& request, const std::optional<Target>& target) {
    if (!target) throw Error{ErrorCode::kNotFound, "this is not a path: percent-encode what needs it"};
    if (is_preflight(request, parts.config) && !parts.routes.methods_of(*target).empty())
        return answer_preflight(parts.routes.methods_of(*target));
    const Route& route = parts.routes.find(request.method, *target);
    check_origin(request, parts.config);
    if (request.over_limit && !route.answers_repetitions)
        throw Error{ErrorCode::kRateLimited,
                    "too many requests from this address: wait as long as `Retry-After` says"};
    Identity identity{parts.config, parts.secrets, parts.host, parts.clock};
    Context context{.parts = parts,
                    .identity = identity,
                    .request = request,
                    .target = *target,
                    .caller = identity.authenticate(request, route.access)};
    check_body(request, route, parts.config);
    check_parameters(*target, route);
    return route.handle(context);
}

void add_common_headers(Response& response, const Request& request) {
    response.add_header("X-Request-Id", request.request_id);
    response.add_header("Cache-Control", "no-store");
    response.add_header("X-Content-Type-Options", "nosniff");
}

}  // namespace

Response Api::handle(const Request& request) const {
    const std::optional<Target> target = parse_target(request.target);
    Response response;
    try {
        response = answer(parts_, request, target);
    } catch (const Error& error) {
        if (error_shape(error.code()).status == 500) {
            util::log_error("request " + request.request_id + ": " + error.what());
            response =
                make_error({ErrorCode::kInternal, "something went wrong here: the operator's log says what"},
                           request.request_id);
        } else {
            response = make_error(error, request.request_id);
        }
    } catch (const std::exception& error) {
        util::log_error("request " + request.request_id + ": " + error.what());
        response =
            make_error({ErrorCode::kInternal, "something went wrong here: the operator's log says what"},
                       request.request_id);
    }
    if (response.status == 405) response.add_header("Allow", parts_.routes.methods_of(*target));
    add_origin_headers(response, request, parts_.config);
    add_common_headers(response, request);
    return response;
}

std::string Api::queue_name(const Request& request) {
    std::string name;
    for (const char* header : {"authorization", "x-arq-user", "x-arq-visitor", "cookie"})
        if (const auto value = request.header(header)) name.append(*value).append("\n");
    return name;
}

Response Api::refuse_busy(const Request& request) const {
    return refuse(request, {ErrorCode::kStorageBusy,
                            "too much is asked for this user at once: send the request again in a moment"});
}

Response Api::refuse_failed(const Request& request) const {
    return refuse(request,
                  {ErrorCode::kNoWorker,
                   "two workers failed at this request, so no other tries it now: send it again after "
                   "`Retry-After` seconds, and tell the operator its id if that doesn't help"});
}

Response Api::refuse(const Request& request, const Error& error) const {
    Response response = make_error(error, request.request_id);
    add_origin_headers(response, request, parts_.config);
    add_common_headers(response, request);
    return response;
}

}  // namespace arq::http
