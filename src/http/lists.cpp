// SPDX-License-Identifier: MIT
#include "http/lists.h"

#include <charconv>

#include "arq/util/error.h"

namespace arq::http {

std::optional<util::Id> Page::after_id() const {
    if (!after) return std::nullopt;
    const auto id = util::parse_id(*after);
    if (!id)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last item of the page before",
                    "after"};
    return id;
}

Page read_page(const Context& context) {
    const config::Config& config = context.parts.config;
    Page page{.limit = static_cast<int>(config.limits.page_items_default),
              .limit_bytes = static_cast<std::size_t>(config.limits.page_bytes),
              .after = parameter(context, "after")};
    if (const auto value = parameter(context, "limit")) {
        const char* const end = value->data() + value->size();
        const auto [stop, error] = std::from_chars(value->data(), end, page.limit);
        if (error != std::errc{} || stop != end || page.limit < 1 || page.limit > config.limits.page_items)
            throw Error{
                ErrorCode::kInvalidValue,
                "`limit` must be a whole number from 1 to " + std::to_string(config.limits.page_items),
                "limit"};
    }
    return page;
}

std::optional<std::string> parameter(const Context& context, std::string_view name) {
    for (const auto& [known, value] : context.target.parameters)
        if (known == name) return value;
    return std::nullopt;
}

std::optional<store::UserFiles::Lease> open_file(const Context& context) {
    Identity::require_identity(context.caller);
    return context.parts.files.open(context.identity.user_of(context.caller, context.request));
}

model::Session require_session(const std::optional<store::UserFiles::Lease>& file, const std::string& id,
                               const std::string& param) {
    const auto parsed = util::parse_id(id);
    std::optional<model::Session> session;
    if (file && parsed) session = (*file)->find_session(*parsed);
    if (!session)
        throw Error{ErrorCode::kSessionNotFound,
                    "there is no such session: `GET /api/sessions` lists those there are", param};
    return *std::move(session);
}

std::optional<model::Session> read_session(const std::optional<store::UserFiles::Lease>& file,
                                           const std::optional<std::string>& id) {
    if (!id) return std::nullopt;
    return require_session(file, *id, "session_id");
}

store::Scope scope_of(const std::optional<model::Session>& session) {
    store::Scope scope;
    if (session && session->isolated) scope.isolated_session = session->id;
    return scope;
}

void write_time(json::Writer& json, std::string_view name, std::optional<util::Timestamp> time) {
    json.key(name);
    if (time)
        json.value(util::format_rfc3339(*time));
    else
        json.null();
}

void write_id(json::Writer& json, std::string_view name, std::optional<util::Id> id) {
    json.key(name);
    if (id)
        json.value(util::format_id(*id));
    else
        json.null();
}

void write_text(json::Writer& json, std::string_view name, std::string_view text) {
    json.key(name);
    if (text.empty())
        json.null();
    else
        json.value(text);
}

void write_message_members(json::Writer& json, const model::Message& message) {
    json.key("id").value(util::format_id(message.id));
    // A reply whose message was lost when the file was repaired answers none.
    write_text(json, "message_id", message.client_id);
    json.key("role").value(message.role == model::Role::kUser ? "user" : "assistant");
    json.key("text").value(message.text);
    write_time(json, "created_at", message.created_at);
}

Response answer_json(const Context& context, int status, std::string body) {
    Response response = make_json(status, std::move(body));
    context.identity.add_cookie(response, context.caller, context.request);
    return response;
}

Response answer_nothing(const Context& context) {
    Response response{.status = 204};
    context.identity.add_cookie(response, context.caller, context.request);
    return response;
}

}  // namespace arq::http
