// SPDX-License-Identifier: MIT
//
// What messages are about, and how often memories were used. Both are told by replies, and put into rows for
// many replies at once, because each row that a commit touches costs a page; what is behind counted_through
// is read from the replies themselves.
#include <algorithm>

#include "arq/util/error.h"
#include "store/reply_details.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

constexpr std::size_t kMostTopics = 3;  // of a message, in the list of topics

std::int64_t counted_through(Connection& connection) {
    Query query{connection, "SELECT value FROM state WHERE name = 'counted_through'"};
    return query.next() ? query.integer(0) : 0;
}

void append_json(std::string& json, std::string_view text) {
    json += '"';
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') json += '\\';
        json += letter;
    }
    json += '"';
}

// [[name, message, category], …] of the messages that are not in message_topics yet.
std::string list_uncounted(Connection& connection, std::optional<util::Id> session) {
    Query query{connection, R"sql(
        SELECT r.pair_id, r.details FROM messages r JOIN sessions s ON s.id = r.session_id
        WHERE r.id > :from AND r.details IS NOT NULL AND r.pair_id IS NOT NULL AND r.hidden = 0
          AND CASE WHEN :session IS NULL THEN s.isolated = 0 ELSE s.id = :session END)sql"};
    query.bind(":from", counted_through(connection)).bind(":session", session);
    std::string json = "[";
    while (query.next()) {
        ReplyDetails details = parse_details(query.view(1));
        if (details.topics.size() > kMostTopics) details.topics.resize(kMostTopics);
        for (const model::Topic& topic : details.topics) {
            json += json.size() > 1 ? ",[" : "[";
            append_json(json, topic.name);
            json.append(",").append(std::to_string(query.integer(0))).append(",");
            append_json(json, topic.category);
            json += ']';
        }
    }
    return json += ']';
}

[[noreturn]] void raise_no_such_item(const char* what) {
    throw Error{ErrorCode::kInvalidValue, std::string{"`after` must be the "} + what + " of the page before",
                "after"};
}

}  // namespace

std::int64_t count_replies(Connection& connection, std::int64_t least, bool uses) {
    const std::int64_t from = counted_through(connection);
    std::int64_t through = from;
    {
        Query count{connection, "SELECT count(*), max(id) FROM messages WHERE id > :from AND role = 1"};
        count.bind(":from", from);
        count.next();
        if (count.integer(0) < std::max<std::int64_t>(least, 1)) return count.integer(0);
        through = count.integer(1);
    }
    {
        Query rows{connection, R"sql(
            SELECT session_id, pair_id, details FROM messages
            WHERE id > :from AND details IS NOT NULL AND pair_id IS NOT NULL AND hidden = 0)sql"};
        rows.bind(":from", from);
        while (rows.next()) {
            const ReplyDetails details = parse_details(rows.view(2));
            for (std::size_t at = 0; at < std::min(details.topics.size(), kMostTopics); ++at) {
                Query insert{connection, R"sql(
                    INSERT OR IGNORE INTO message_topics (session_id, name, message_id, category)
                    VALUES (:session_id, :name, :message_id, nullif(:category, '')))sql"};
                insert.bind(":session_id", rows.integer(0)).bind(":message_id", rows.integer(1));
                insert.bind(":name", details.topics[at].name).bind(":category", details.topics[at].category);
                insert.execute();
            }
        }
    }
    if (uses) {
        Query update{connection, R"sql(
            UPDATE memories SET uses = uses + used.times
            FROM (SELECT memory_id, count(*) AS times FROM reply_memories
                  WHERE reply_id > :from AND relation = 0 GROUP BY memory_id) used
            WHERE memories.id = used.memory_id)sql"};
        update.bind(":from", from);
        update.execute();
    }
    Query update{connection,
                 "INSERT OR REPLACE INTO state (name, value) VALUES ('counted_through', :through)"};
    update.bind(":through", through);
    update.execute();
    return 0;
}

void UserFile::Impl::count_when_due() {
    // A reply is one of two messages: so its rows and those of the index are due together.
    const int batch = std::max(1, options.index_batch_messages / 2);
    if (uncounted) ++*uncounted;
    if (uncounted.value_or(batch) < batch) return;
    uncounted = count_replies(connection, batch);
}

void UserFile::add_recent_uses(std::vector<model::Memory>& memories) {
    Query query{impl_->connection, R"sql(
        SELECT memory_id, count(*) FROM reply_memories WHERE reply_id > :from AND relation = 0 GROUP BY memory_id)sql"};
    query.bind(":from", counted_through(impl_->connection));
    while (query.next())
        for (model::Memory& memory : memories)
            if (memory.id == query.integer(0)) memory.uses += static_cast<int>(query.integer(1));
}

std::vector<model::TopicCount> UserFile::list_topics(std::optional<util::Id> session,
                                                     const std::optional<std::string>& after, int limit) {
    // The page begins with `after` itself, so that it shows whether there is such a topic.
    Query query{impl_->connection, R"sql(
        WITH told AS (SELECT t.name, t.message_id, t.category
                      FROM message_topics t JOIN sessions s ON s.id = t.session_id
                      WHERE CASE WHEN :session IS NULL THEN s.isolated = 0 ELSE s.id = :session END
                      UNION ALL
                      SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
                      FROM json_each(:uncounted)),
             counted AS (SELECT name, category, count(*) AS count, max(message_id) AS last FROM told GROUP BY name)
        SELECT name, category, count, (SELECT created_at FROM messages WHERE id = last) FROM counted
        WHERE :after IS NULL OR (count, last, name) <= (SELECT count, last, name FROM counted WHERE name = :after)
        ORDER BY count DESC, last DESC, name DESC LIMIT :limit)sql"};
    query.bind(":session", session).bind(":uncounted", list_uncounted(impl_->connection, session));
    query.bind(":limit", static_cast<std::int64_t>(limit) + (after ? 1 : 0));
    if (after)
        query.bind(":after", *after);
    else
        query.bind_null(":after");
    if (after && (!query.next() || query.text(0) != *after)) raise_no_such_item("name of the last topic");
    std::vector<model::TopicCount> topics;
    while (query.next())
        topics.push_back({.name = query.text(0),
                          .category = query.text(1),
                          .count = query.integer(2),
                          .last_at = to_time(query.integer(3))});
    return topics;
}

std::vector<model::Message> UserFile::list_topic_messages(std::string_view name,
                                                          std::optional<util::Id> session,
                                                          std::optional<util::Id> after, int limit) {
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.session_id, m.client_id, m.text, m.created_at
        FROM (SELECT t.message_id FROM sessions s CROSS JOIN message_topics t ON t.session_id = s.id AND t.name = :name
              WHERE CASE WHEN :session IS NULL THEN s.isolated = 0 ELSE s.id = :session END
              UNION ALL
              SELECT json_extract(value, '$[1]') FROM json_each(:uncounted)
              WHERE json_extract(value, '$[0]') = :name) told
             CROSS JOIN messages m ON m.id = told.message_id
        WHERE m.hidden = 0 AND m.id >= :after ORDER BY m.id LIMIT :limit)sql"};
    query.bind(":name", name).bind(":session", session).bind(":after", after.value_or(0));
    query.bind(":uncounted", list_uncounted(impl_->connection, session));
    query.bind(":limit", static_cast<std::int64_t>(limit) + (after ? 1 : 0));
    if (after && (!query.next() || query.integer(0) != *after)) raise_no_such_item("id of the last message");
    std::vector<model::Message> messages;
    while (query.next())
        messages.push_back({.id = query.integer(0),
                            .session_id = query.integer(1),
                            .role = model::Role::kUser,
                            .client_id = query.text(2),
                            .text = query.text(3),
                            .created_at = to_time(query.integer(4))});
    return messages;
}

}  // namespace arq::store
