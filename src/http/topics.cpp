// SPDX-License-Identifier: MIT
//
// /api/topics and /api/topics/{name}/messages.
#include "arq/util/error.h"
#include "http/lists.h"

namespace arq::http {
namespace {

std::optional<util::Id> session_of(const Context& context,
                                   const std::optional<store::UserFiles::Lease>& file) {
    const auto session = read_session(file, parameter(context, "session_id"));
    if (!session) return std::nullopt;
    return session->id;
}

}  // namespace

Response get_topics(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    const auto session = session_of(context, file);
    std::vector<model::TopicCount> topics;
    if (file)
        topics = (*file)->list_topics(session, page.after, page.limit + 1);
    else if (page.after)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the name of the last topic of the page before",
                    "after"};
    const auto write = [](json::Writer& json, const model::TopicCount& topic) {
        json.begin_object().key("name").value(topic.name);
        write_text(json, "category", topic.category);
        json.key("count").value(topic.count);
        write_time(json, "last_at", topic.last_at);
        json.end_object();
    };
    return answer_json(
        context, 200,
        write_list("topics", topics, page, write, [](const model::TopicCount& topic) { return topic.name; }));
}

Response get_topic_messages(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    const auto session = session_of(context, file);
    const auto after = page.after_id();
    std::vector<model::Message> messages;
    if (file) messages = (*file)->list_topic_messages(context.segment(2), session, after, page.limit + 1);
    if (messages.empty() && !after)
        throw Error{ErrorCode::kTopicNotFound,
                    "no message has this topic: `GET /api/topics` lists those there are"};
    const auto write = [](json::Writer& json, const model::Message& message) {
        json.begin_object();
        write_message_members(json, message);
        write_id(json, "session_id", message.session_id);
        json.end_object();
    };
    return answer_json(context, 200,
                       write_list("messages", messages, page, write,
                                  [](const model::Message& m) { return util::format_id(m.id); }));
}

}  // namespace arq::http
