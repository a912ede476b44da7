// SPDX-License-Identifier: MIT
#include "arq/http/api.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <optional>
#include <set>

#include "arq/json/writer.h"
#include "arq/util/error.h"
#include "arq/util/log.h"
#include "http/cross_origin.h"
#include "http/errors.h"
#include "http/routes.h"

namespace arq::http {
namespace {

bool is_type(std::string_view content_type, std::string_view wanted) {
    std::string type{content_type.substr(0, content_type.find(';'))};
    while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type == wanted;
}

void check_body(const Request& request, const Route& route, const config::Config& config) {
    if (!request.body.empty() && !request.header("content-length"))
        throw Error{ErrorCode::kLengthRequired,
                    "the body comes without `Content-Length`: send its length in bytes"};
    const bool is_long = route.body == Body::kLines;
    if (request.body_too_large)
        throw Error{ErrorCode::kBodyTooLarge,
                    "the body is longer than " +
                        std::to_string(is_long ? config.limits.import_bytes : config.limits.body_bytes) +
                        " bytes: send less"};
    if (request.long_body_lost)
        throw Error{ErrorCode::kStorageFull,
                    "there is no room to take this body in: the operator has to make some"};
    if (route.body != Body::kNone) {
        const std::string_view type = is_long ? "application/x-ndjson" : "application/json";
        if (!is_type(request.header("content-type").value_or(std::string_view{}), type))
            throw Error{ErrorCode::kUnsupportedMediaType,
                        "the body must come with `Content-Type: " + std::string{type} + "`"};
    }
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

// Sets `number` to the route's, as Response has it, as soon as it is known.
Response answer(const Api::Parts& parts, PoolView& pool_view, const Request& request,
                const std::optional<Target>& target, std::size_t& number) {
    if (!target) throw Error{ErrorCode::kNotFound, "this is not a path: percent-encode what needs it"};
    if (is_preflight(request, parts.config) && !parts.routes.methods_of(*target).empty())
        return answer_preflight(parts.routes.methods_of(*target));
    const Route& route = parts.routes.find(request.method, *target);
    number = static_cast<std::size_t>(&route - parts.routes.routes.data()) + 1;
    check_origin(request, parts.config);
    if (request.over_limit && !route.answers_repetitions)
        throw Error{ErrorCode::kRateLimited,
                    "too many requests from this address: wait as long as `Retry-After` says"};
    Identity identity{parts.config, parts.secrets, parts.host, parts.clock};
    Context context{.parts = parts,
                    .identity = identity,
                    .request = request,
                    .target = *target,
                    .pool_view = pool_view,
                    .caller = identity.authenticate(request, route.access)};
    check_body(request, route, parts.config);
    check_parameters(*target, route);
    return route.handle(context);
}

// From acceptance, or from where the request was handed in by whoever noted none.
std::chrono::nanoseconds time_since_acceptance(const Request& request, util::Clock& clock,
                                               std::chrono::steady_clock::time_point handed_in) {
    const bool is_noted = request.accepted_at != std::chrono::steady_clock::time_point{};
    return clock.steady_now() - (is_noted ? request.accepted_at : handed_in);
}

constexpr std::string_view kProbedPath = "/health/live";

void add_common_headers(Response& response, const Request& request) {
    response.add_header("X-Request-Id", request.request_id);
    response.add_header("Cache-Control", "no-store");
    response.add_header("X-Content-Type-Options", "nosniff");
}

}  // namespace

Api::Api(Parts parts) : parts_(std::move(parts)), pool_view_(std::make_unique<PoolView>(parts_)) {
    route_numbers_.push_back(0);
    for (const Route& route : parts_.routes.routes)
        route_numbers_.push_back(parts_.pool.route(route.method, route.path, route.counted));
}

Api::~Api() = default;

Response Api::handle(const Request& request) const {
    const auto handed_in = parts_.clock.steady_now();
    std::size_t route = 0;
    const std::optional<Target> target = parse_target(request.target);
    Response response;
    try {
        response = answer(parts_, *pool_view_, request, target, route);
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
    response.route = route;
    const std::string total = format_timing("total", time_since_acceptance(request, parts_.clock, handed_in));
    response.add_header("Server-Timing", response.timing.empty() ? total : total + ", " + response.timing);
    if (response.status == 405) response.add_header("Allow", parts_.routes.methods_of(*target));
    add_origin_headers(response, request, parts_.config);
    add_common_headers(response, request);
    return response;
}

void Api::record(const Request& request, const Response& response, monitor::UnderWay under_way) const {
    const auto now = parts_.clock.now();
    const auto time = time_since_acceptance(request, parts_.clock, parts_.clock.steady_now());
    under_way.record({.route = route_numbers_.at(response.route),
                      .responder = response.responder.empty() ? 0 : parts_.pool.responder(response.responder),
                      .status = response.status,
                      .time = std::chrono::duration_cast<std::chrono::microseconds>(time)},
                     now);
    const Route* const route = response.route == 0 ? nullptr : &parts_.routes.routes[response.route - 1];
    const bool is_probe = route != nullptr && route->path == kProbedPath &&
                          request.header("user-agent").value_or("") == kProbeUserAgent;
    if (parts_.request_log == nullptr || is_probe) return;
    json::Writer line;
    line.begin_object().key("time").value(util::format_rfc3339(now)).key("id").value(request.request_id);
    line.key("method").value(route == nullptr ? std::string_view{} : route->method);
    line.key("route").value(route == nullptr ? std::string_view{"other"} : route->path);
    line.key("status").value(response.status);
    line.key("ms").value(std::chrono::duration<double, std::milli>{time}.count(), 3);
    line.key("bytes").value(request.method == "HEAD" ? std::int64_t{0}
                                                     : static_cast<std::int64_t>(response.body.size()));
    line.key("variant").value(model::variant_name(parts_.variant)).key("worker").value(parts_.worker);
    line.key("responder");
    if (response.responder.empty())
        line.null();
    else
        line.value(response.responder);
    line.end_object();
    parts_.request_log->append(line.take());
}

std::size_t Api::long_body_limit(const Request& request, const config::Config& config) {
    const std::string_view path = std::string_view{request.target}.substr(0, request.target.find('?'));
    return path == kImportPath ? static_cast<std::size_t>(config.limits.import_bytes) : 0;
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
