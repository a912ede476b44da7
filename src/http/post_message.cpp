// SPDX-License-Identifier: MIT
//
// POST /api/visitor and POST /api/message.
#include <algorithm>

#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "arq/util/calendar.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/routes.h"

namespace arq::http {
namespace {

constexpr std::string_view finish_name(model::Finish finish) {
    switch (finish) {
        case model::Finish::kLength:
            return "length";
        case model::Finish::kCut:
            return "cut";
        case model::Finish::kStopped:
            return "stopped";
        case model::Finish::kStop:
            break;
    }
    return "stop";
}

std::string read_text(json::Object& body, std::int64_t limit_bytes) {
    const std::string sent = body.required_string("message");
    const std::string_view text = util::trim(sent);
    if (text.empty())
        throw Error{ErrorCode::kInvalidValue, "`message` is empty: send at least one character", "message"};
    if (text.size() > static_cast<std::size_t>(limit_bytes))
        throw Error{ErrorCode::kMessageTooLong,
                    "`message` is longer than " + std::to_string(limit_bytes) +
                        " bytes: shorten it or send it in parts",
                    "message"};
    return std::string{text};
}

// The client's id for the message, from the body or the header; nginx's for the request where there is
// neither, so that a request that is handed to a second worker is not done twice.
std::string read_message_id(json::Object& body, const Request& request) {
    const auto in_body = body.optional_string("message_id");
    const auto in_header = request.header("idempotency-key");
    if (in_body && in_header && *in_body != *in_header)
        throw Error{ErrorCode::kConflictingValues,
                    "`message_id` and `Idempotency-Key` differ: send one, or both alike", "message_id"};
    std::string id = in_body ? *in_body : std::string{in_header.value_or(request.request_id)};
    if (!util::is_client_id(id))
        throw Error{ErrorCode::kInvalidValue, "`message_id` must be 1 to 64 of A-Z a-z 0-9 . _ -",
                    "message_id"};
    return id;
}

std::optional<util::Language> read_language(json::Object& body) {
    const auto locale = body.optional_string("locale");
    if (!locale) return std::nullopt;
    const bool is_tag =
        !locale->empty() && locale->size() <= 35 && std::all_of(locale->begin(), locale->end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
        });
    if (!is_tag)
        throw Error{ErrorCode::kInvalidValue, "`locale` must be a language tag such as `en` or `ru-RU`",
                    "locale"};
    const std::string_view language = std::string_view{*locale}.substr(0, locale->find('-'));
    if (language == "ru") return util::Language::kRussian;
    if (language == "en") return util::Language::kEnglish;
    return std::nullopt;
}

std::string read_time_zone(json::Object& body) {
    const auto zone = body.optional_string("time_zone");
    if (zone && !util::is_time_zone(*zone))
        throw Error{ErrorCode::kInvalidValue,
                    "`time_zone` must be a name of the IANA database such as `Europe/Moscow`", "time_zone"};
    return zone.value_or(std::string{});
}

std::optional<util::Id> read_session_id(json::Object& body) {
    const auto text = body.optional_string("session_id");
    if (!text) return std::nullopt;
    if (!util::is_client_id(*text))
        throw Error{ErrorCode::kInvalidValue,
                    "`session_id` must be the id of a session as `GET /api/sessions` gives it", "session_id"};
    // An id that is none of ours can be no session's.
    return util::parse_id(*text).value_or(0);
}

// Who speaks: a first message may come from nobody, and makes a visitor; one that names a session claims
// to be somebody.
store::UserKey read_user(Context& context, bool names_session) {
    if (!context.caller.key && !context.caller.visitor) {
        if (names_session) Identity::require_identity(context.caller);
        context.identity.become_visitor(context.caller, context.request);
    }
    return context.identity.user_of(context.caller, context.request);
}

assistant::TurnRequest read_turn(Context& context) {
    const config::Config& config = context.parts.config;
    const json::Document document{context.request.body,
                                  {.depth = static_cast<std::size_t>(config.limits.json_depth)}};
    json::Object body = document.root();
    const std::optional<util::Id> session_id = read_session_id(body);
    assistant::TurnRequest turn{.user = read_user(context, session_id.has_value()), .session_id = session_id};
    turn.repetition_only = context.request.over_limit;
    turn.text = read_text(body, config.limits.message_bytes);
    turn.message_id = read_message_id(body, context.request);
    turn.new_session = body.optional_bool("new_session").value_or(false);
    turn.isolated = body.optional_bool("isolated").value_or(false);
    turn.time_zone = read_time_zone(body);
    turn.language = read_language(body);
    const bool streams = body.optional_bool("stream").value_or(false);
    body.reject_unknown();

    if (streams)
        throw Error{ErrorCode::kInvalidValue, "this version answers in one piece: leave `stream` out",
                    "stream"};
    if (turn.new_session && turn.session_id)
        throw Error{ErrorCode::kConflictingValues, "`new_session` starts a session: leave `session_id` out",
                    "session_id"};
    if (turn.isolated && !turn.new_session)
        throw Error{ErrorCode::kConflictingValues, "`isolated` goes only with `new_session`", "isolated"};
    return turn;
}

void write_memory_use(json::Writer& json, const model::MemoryUse& memory) {
    json.key("memory").begin_object();
    json.key("used").begin_array();
    for (const auto& used : memory.used) {
        json.begin_object().key("id").value(util::format_id(used.id)).key("text").value(used.text);
        json.key("score").value(used.score, 4).end_object();
    }
    json.end_array().key("added").begin_array();
    for (const auto& added : memory.added) {
        json.begin_object().key("id").value(util::format_id(added.id)).key("text").value(added.text);
        json.key("kind").value(model::memory_kind_name(added.kind)).end_object();
    }
    json.end_array().key("changed").begin_array();
    for (const auto& changed : memory.changed) {
        json.begin_object().key("id").value(util::format_id(changed.id)).key("text").value(changed.text);
        json.key("previous").value(changed.previous);
        json.key("kind").value(model::memory_kind_name(changed.kind)).end_object();
    }
    json.end_array().key("forgotten").begin_array();
    for (const auto& forgotten : memory.forgotten) {
        json.begin_object().key("id").value(util::format_id(forgotten.id));
        json.key("kind").value(model::memory_kind_name(forgotten.kind)).end_object();
    }
    json.end_array().end_object();
}

void write_topics(json::Writer& json, const std::vector<model::Topic>& topics) {
    json.key("topics").begin_array();
    for (const model::Topic& topic : topics) {
        json.begin_object().key("name").value(topic.name).key("category");
        if (topic.category.empty())
            json.null();
        else
            json.value(topic.category);
        json.key("score").value(topic.score, 3).end_object();
    }
    json.end_array();
}

std::string write_answer(const assistant::TurnResult& result, const std::optional<std::string>& visitor) {
    const model::Answer& answer = result.answer;
    json::Writer json;
    json.begin_object();
    json.key("session_id").value(util::format_id(answer.session_id));
    json.key("message_id").value(answer.message_id);
    if (visitor) json.key("visitor").value(*visitor);
    json.key("reply").begin_object();
    json.key("id").value(util::format_id(answer.reply.id)).key("text").value(answer.reply.text);
    json.key("finish").value(finish_name(answer.reply.finish)).key("responder").value(answer.reply.responder);
    json.key("variant").value(model::variant_name(answer.reply.variant));
    json.key("citations").begin_array().end_array().end_object();
    write_memory_use(json, answer.memory);
    write_topics(json, answer.topics);
    const model::ContextUse& use = answer.context;
    json.key("context").begin_object();
    json.key("window_tokens").value(use.window_tokens).key("prompt_tokens").value(use.prompt_tokens);
    json.key("turns_kept")
        .value(use.turns_kept)
        .key("turns_summarised")
        .value(use.turns_summarised)
        .end_object();
    json.key("timing").begin_object();
    json.key("total_ms").value(result.timing.total.count(), 3);
    json.key("store_ms").value(result.timing.store.count(), 3);
    json.key("recall_ms").value(result.timing.recall.count(), 3);
    json.key("upstream_ms").value(0.0, 3).end_object();
    json.end_object();
    return json.take();
}

}  // namespace

Response post_visitor(Context& context) {
    Caller& caller = context.caller;
    if (caller.key)
        throw Error{ErrorCode::kConflictingValues,
                    "a server key needs no visitor: name the user in `X-ARQ-User`", "Authorization"};
    // A browser that is known already stays who it is: a second visitor would lose it the first one's memory.
    if (!caller.visitor) context.identity.become_visitor(caller, context.request);
    if (caller.by_header) {
        json::Writer json;
        json.begin_object().key("visitor").value(context.identity.visitor_value(caller)).end_object();
        return make_json(200, json.take());
    }
    Response response{.status = 204};
    context.identity.add_cookie(response, caller, context.request);
    return response;
}

Response post_message(Context& context) {
    Caller& caller = context.caller;
    const assistant::TurnRequest turn = read_turn(context);
    const assistant::TurnResult result = context.parts.assistant.take_turn(turn);
    std::optional<std::string> visitor;
    if (caller.by_header && caller.visitor) visitor = context.identity.visitor_value(caller);
    Response response = make_json(200, write_answer(result, visitor));
    response.responder = result.answer.reply.responder;
    if (result.replayed)
        response.add_header("Idempotent-Replay", "true");
    else
        response.timing = format_timing("store", result.timing.store) + ", " +
                          format_timing("recall", result.timing.recall);
    context.identity.add_cookie(response, caller, context.request);
    return response;
}

}  // namespace arq::http
