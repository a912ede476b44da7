// SPDX-License-Identifier: MIT
//
// /api/sessions, /api/sessions/{id}, /api/sessions/{id}/messages and /api/user.
#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/lists.h"

namespace arq::http {
namespace {

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
    write_message_members(json, message);
    json.end_object();
}

template <typename T>
std::string id_of(const T& item) {
    return util::format_id(item.id);
}

}  // namespace

Response get_sessions(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    std::vector<model::Session> sessions;
    if (file)
        sessions = (*file)->list_sessions(page.after_id(), page.limit + 1);
    else if (page.after)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last session of the page before",
                    "after"};
    return answer_json(context, 200,
                       write_list("sessions", sessions, page, write_session, id_of<model::Session>));
}

Response get_session(Context& context) {
    const auto file = open_file(context);
    const model::Session session = require_session(file, context.segment(2));
    json::Writer json;
    write_session(json, session);
    return answer_json(context, 200, json.take());
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
    return answer_json(context, 200, json.take());
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
    return answer_nothing(context);
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
    return answer_json(
        context, 200,
        write_list("messages", (*file)->list_messages(session, page.after_id(), page.limit + 1), page,
                   write_message, id_of<model::Message>));
}

}  // namespace arq::http
