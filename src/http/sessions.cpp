// SPDX-License-Identifier: MIT
//
// /api/sessions, /api/sessions/{id}, /api/sessions/{id}/messages and /api/user.
#include <charconv>

#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/routes.h"

namespace arq::http {
namespace {

struct Page {
    int limit = 0;
    std::size_t limit_bytes = 0;
    std::optional<util::Id> after;
};

Page read_page(const Context& context) {
    const config::Config& config = context.parts.config;
    Page page{.limit = static_cast<int>(config.limits.page_items_default),
              .limit_bytes = static_cast<std::size_t>(config.limits.page_bytes)};
    for (const auto& [name, value] : context.target.parameters) {
        if (name == "limit") {
            const char* const end = value.data() + value.size();
            const auto [stop, error] = std::from_chars(value.data(), end, page.limit);
            if (error != std::errc{} || stop != end || page.limit < 1 ||
                page.limit > config.limits.page_items)
                throw Error{
                    ErrorCode::kInvalidValue,
                    "`limit` must be a whole number from 1 to " + std::to_string(config.limits.page_items),
                    "limit"};
        } else if (name == "after") {
            page.after = util::parse_id(value);
            if (!page.after)
                throw Error{ErrorCode::kInvalidValue,
                            "`after` must be the id of the last item of the page before", "after"};
        }
    }
    return page;
}

// A list is asked for one item more than it shows: so it is known whether there is more. It ends early
// where it grows too long, lest a client that reads slowly holds up the worker that writes it.
template <typename T>
std::string write_list(std::string_view name, const std::vector<T>& items, const Page& page,
                       void (*write)(json::Writer&, const T&)) {
    json::Writer json;
    json.begin_object().key(name).begin_array();
    std::size_t shown = 0;
    while (shown < items.size() && shown < static_cast<std::size_t>(page.limit) &&
           (shown == 0 || json.size_bytes() < page.limit_bytes))
        write(json, items[shown++]);
    json.end_array().key("next_after");
    if (shown < items.size())
        json.value(util::format_id(items[shown - 1].id));
    else
        json.null();
    json.end_object();
    return json.take();
}

void write_session(json::Writer& json, const model::Session& session) {
    json.begin_object();
    json.key("id").value(util::format_id(session.id)).key("title").value(session.title);
    json.key("isolated").value(session.isolated);
    json.key("created_at").value(util::format_rfc3339(session.created_at));
    json.key("updated_at").value(util::format_rfc3339(session.updated_at));
    json.key("message_count").value(session.message_count);
    json.end_object();
}

void write_message(json::Writer& json, const model::Message& message) {
    json.begin_object();
    json.key("id").value(util::format_id(message.id)).key("message_id");
    // A reply whose message was lost when the file was repaired answers none.
    if (message.client_id.empty())
        json.null();
    else
        json.value(message.client_id);
    json.key("role").value(message.role == model::Role::kUser ? "user" : "assistant");
    json.key("text").value(message.text).key("created_at").value(util::format_rfc3339(message.created_at));
    json.end_object();
}

[[noreturn]] void raise_no_session() {
    throw Error{ErrorCode::kSessionNotFound,
                "there is no such session: `GET /api/sessions` lists those there are"};
}

std::optional<store::UserFiles::Lease> open_file(const Context& context) {
    Identity::require_identity(context.caller);
    return context.parts.files.open(context.identity.user_of(context.caller, context.request));
}

model::Session require_session(const std::optional<store::UserFiles::Lease>& file, const std::string& text) {
    const auto id = util::parse_id(text);
    if (!file || !id) raise_no_session();
    auto session = (*file)->find_session(*id);
    if (!session) raise_no_session();
    return *std::move(session);
}

Response finish(const Context& context, std::string body) {
    Response response = make_json(200, std::move(body));
    context.identity.add_cookie(response, context.caller, context.request);
    return response;
}

}  // namespace

Response get_sessions(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    std::vector<model::Session> sessions;
    if (file)
        sessions = (*file)->list_sessions(page.after, page.limit + 1);
    else if (page.after)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last session of the page before",
                    "after"};
    return finish(context, write_list("sessions", sessions, page, write_session));
}

Response get_session(Context& context) {
    const auto file = open_file(context);
    const model::Session session = require_session(file, context.segment(2));
    json::Writer json;
    write_session(json, session);
    return finish(context, json.take());
}

Response patch_session(Context& context) {
    const auto file = open_file(context);
    const config::Config::Limits& limits = context.parts.config.limits;
    const json::Document document{context.request.body,
                                  {.depth = static_cast<std::size_t>(limits.json_depth)}};
    json::Object body = document.root();
    const std::string sent = body.required_string("title");
    body.reject_unknown();
    const std::string_view title = util::trim(sent);
    if (title.empty() || title.size() > static_cast<std::size_t>(limits.title_bytes) ||
        util::has_control_characters(title))
        throw Error{ErrorCode::kInvalidValue,
                    "`title` must be 1 to " + std::to_string(limits.title_bytes) + " bytes on one line",
                    "title"};

    model::Session session = require_session(file, context.segment(2));
    (*file)->rename_session(session.id, title);
    session.title = title;
    json::Writer json;
    write_session(json, session);
    return finish(context, json.take());
}

Response delete_session(Context& context) {
    const auto file = open_file(context);
    const model::Session session = require_session(file, context.segment(2));
    {
        store::UserFile::Transaction transaction{**file};
        require_session(file, context.segment(2));  // another process may have deleted it meanwhile
        (*file)->delete_session(session.id);
        transaction.commit();
    }
    (*file)->scrub();
    Response response{.status = 204};
    context.identity.add_cookie(response, context.caller, context.request);
    return response;
}

// All of it: sessions, memories, the file. Deleting twice is no error: what was asked for holds.
Response delete_user(Context& context) {
    Identity::require_identity(context.caller);
    context.parts.files.remove(context.identity.user_of(context.caller, context.request));
    Response response{.status = 204};
    Identity::expire_cookie(response, context.caller);
    return response;
}

Response get_session_messages(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    const model::Session session = require_session(file, context.segment(2));
    return finish(context, write_list("messages", (*file)->list_messages(session, page.after, page.limit + 1),
                                      page, write_message));
}

}  // namespace arq::http
