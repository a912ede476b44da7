// SPDX-License-Identifier: MIT
#include "http/errors.h"

#include <algorithm>
#include <iterator>

#include "arq/json/writer.h"

namespace arq::http {
namespace {

constexpr std::string_view kRequest = "invalid_request_error";
constexpr std::string_view kAuthentication = "authentication_error";
constexpr std::string_view kPermission = "permission_error";
constexpr std::string_view kStorage = "storage_error";
constexpr std::string_view kServer = "server_error";

// docs/api.md shows the same table.
constexpr ErrorShape kShapes[] = {
    {ErrorCode::kInvalidJson, "invalid_json", 400, kRequest, 0},
    {ErrorCode::kInvalidValue, "invalid_value", 400, kRequest, 0},
    {ErrorCode::kMissingField, "missing_field", 400, kRequest, 0},
    {ErrorCode::kUnknownField, "unknown_field", 400, kRequest, 0},
    {ErrorCode::kDuplicateField, "duplicate_field", 400, kRequest, 0},
    {ErrorCode::kBodyIncomplete, "body_incomplete", 400, kRequest, 0},
    {ErrorCode::kConflictingValues, "conflicting_values", 400, kRequest, 0},
    {ErrorCode::kUserRequired, "user_required", 400, kRequest, 0},
    {ErrorCode::kCredentialsRequired, "credentials_required", 401, kAuthentication, 0},
    {ErrorCode::kInvalidKey, "invalid_key", 401, kAuthentication, 0},
    {ErrorCode::kInvalidVisitor, "invalid_visitor", 401, kAuthentication, 0},
    {ErrorCode::kForbidden, "forbidden", 403, kPermission, 0},
    {ErrorCode::kNotFound, "not_found", 404, kRequest, 0},
    {ErrorCode::kSessionNotFound, "session_not_found", 404, kRequest, 0},
    {ErrorCode::kMemoryNotFound, "memory_not_found", 404, kRequest, 0},
    {ErrorCode::kTopicNotFound, "topic_not_found", 404, kRequest, 0},
    {ErrorCode::kMethodNotAllowed, "method_not_allowed", 405, kRequest, 0},
    {ErrorCode::kMessageIdReused, "message_id_reused", 409, kRequest, 0},
    {ErrorCode::kMemoryFull, "memory_full", 409, kRequest, 0},
    {ErrorCode::kLengthRequired, "length_required", 411, kRequest, 0},
    {ErrorCode::kBodyTooLarge, "body_too_large", 413, kRequest, 0},
    {ErrorCode::kMessageTooLong, "message_too_long", 413, kRequest, 0},
    {ErrorCode::kUnsupportedMediaType, "unsupported_media_type", 415, kRequest, 0},
    {ErrorCode::kRateLimited, "rate_limited", 429, "rate_limit_error", 1},
    {ErrorCode::kStorageFull, "storage_full", 507, kStorage, 0},
    {ErrorCode::kStorageBusy, "storage_busy", 503, kStorage, 1},
    {ErrorCode::kStorageDamaged, "storage_damaged", 503, kStorage, 0},
    {ErrorCode::kStorageReadOnly, "storage_read_only", 503, kStorage, 0},
    {ErrorCode::kStorageNewer, "storage_newer", 503, kStorage, 0},
    {ErrorCode::kNoWorker, "no_worker", 503, kServer, 2},
    {ErrorCode::kNotInLegacy, "not_in_legacy", 503, kServer, 30},
    {ErrorCode::kConfiguration, "internal", 500, kServer, 0},
    {ErrorCode::kInternal, "internal", 500, kServer, 0},
};

}  // namespace

const ErrorShape& error_shape(ErrorCode code) {
    const auto* found = std::find_if(std::begin(kShapes), std::end(kShapes),
                                     [&](const ErrorShape& shape) { return shape.code == code; });
    return found == std::end(kShapes) ? std::end(kShapes)[-1] : *found;
}

Response make_error(const Error& error, std::string_view request_id) {
    const ErrorShape& shape = error_shape(error.code());
    json::Writer json;
    json.begin_object().key("error").begin_object();
    json.key("message").value(error.what());
    json.key("type").value(shape.type);
    json.key("code").value(shape.name);
    json.key("param");
    if (error.param().empty())
        json.null();
    else
        json.value(error.param());
    json.key("request_id").value(request_id);
    json.end_object().end_object();

    Response response{.status = shape.status, .body = json.take()};
    response.add_header("Content-Type", "application/json");
    if (shape.status == 401) response.add_header("WWW-Authenticate", "Bearer");
    if (shape.retry_after_s > 0) response.add_header("Retry-After", std::to_string(shape.retry_after_s));
    return response;
}

}  // namespace arq::http
