// SPDX-License-Identifier: MIT
//
// How much of a user is kept, and what of it may go first.
#include <algorithm>

#include "store/recall_index.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

std::string list_ids(const std::vector<model::Message>& messages) {
    std::string json = "[";
    for (const model::Message& message : messages)
        json.append(json.size() > 1 ? "," : "").append(std::to_string(message.id));
    return json += ']';
}

}  // namespace

UserFile::Usage UserFile::measure_usage() {
    Connection& connection = impl_->connection;
    Usage usage;
    {
        Query count{connection, "SELECT coalesce(sum(message_count), 0) FROM sessions"};
        count.next();
        usage.messages = count.integer(0);
    }
    Query bytes{connection, R"sql(
        SELECT (page_count - freelist_count) * page_size
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size)sql"};
    bytes.next();
    usage.bytes = bytes.integer(0);
    return usage;
}

std::vector<model::Message> UserFile::list_oldest_messages(util::Id before, int turns) {
    std::vector<model::Message> messages;
    const auto take = [&](Query& query) {
        while (query.next())
            messages.push_back({.id = query.integer(0),
                                .session_id = query.integer(1),
                                .role = static_cast<model::Role>(query.integer(2)),
                                .client_id = query.text(3),
                                .text = query.text(4),
                                .created_at = to_time(query.integer(5))});
    };
    {
        // Replies come right behind what they answer.
        Query query{impl_->connection, R"sql(
            SELECT m.id, m.session_id, m.role, m.client_id, m.text, m.created_at
            FROM (SELECT id, pair_id FROM messages
                  WHERE id < :before AND (role = 0 OR pair_id IS NULL) AND id NOT IN (SELECT message_id FROM leases)
                    AND id NOT IN (SELECT source_message_id FROM memories WHERE source_message_id IS NOT NULL
                                   UNION SELECT message_id FROM memory_history WHERE message_id IS NOT NULL)
                  ORDER BY id LIMIT :turns) oldest
                 JOIN messages m ON m.id = oldest.id OR m.id = oldest.pair_id
            WHERE m.id < :before ORDER BY m.id)sql"};
        query.bind(":before", before).bind(":turns", static_cast<std::int64_t>(turns));
        take(query);
    }
    if (!messages.empty()) return messages;
    // Nothing is left but what taught memories, which stay without it.
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.session_id, m.role, m.client_id, m.text, m.created_at
        FROM (SELECT id, pair_id FROM messages
              WHERE id < :before AND (role = 0 OR pair_id IS NULL) AND id NOT IN (SELECT message_id FROM leases)
              ORDER BY id LIMIT :turns) oldest
             JOIN messages m ON m.id = oldest.id OR m.id = oldest.pair_id
        WHERE m.id < :before ORDER BY m.id)sql"};
    query.bind(":before", before).bind(":turns", static_cast<std::int64_t>(turns));
    take(query);
    return messages;
}

void UserFile::drop_messages(const std::vector<model::Message>& messages) {
    Connection& connection = impl_->connection;
    if (messages.empty()) return;
    count_replies(connection, 1);  // what they used stays counted
    impl_->uncounted = 0;
    const std::string ids = list_ids(messages);
    for (const model::Message& message : messages) {
        {
            // It goes out of the index by itself: the schema's step 6.
            Query query{connection, "DELETE FROM messages WHERE id = :id RETURNING 1"};
            query.bind(":id", message.id);
            if (!query.next()) continue;
            query.next();
        }
        {
            Query query{connection,
                        "DELETE FROM message_topics WHERE session_id = :session_id AND message_id = :id"};
            query.bind(":session_id", message.session_id).bind(":id", message.id);
            query.execute();
        }
        Query query{connection,
                    "UPDATE sessions SET message_count = message_count - 1 WHERE id = :session_id"};
        query.bind(":session_id", message.session_id);
        query.execute();
    }
    for (const char* sql : {"UPDATE memories SET source_message_id = NULL WHERE source_message_id IN (SELECT "
                            "value FROM json_each(:ids))",
                            "UPDATE memory_history SET message_id = NULL WHERE message_id IN (SELECT value "
                            "FROM json_each(:ids))"}) {
        Query query{connection, sql};
        query.bind(":ids", ids);
        query.execute();
    }
    impl_->waiting.reset();
}

bool UserFile::drop_oldest_summary() {
    // A session that was talked in since, or remembers something for itself alone, stays.
    Query query{impl_->connection, R"sql(
        DELETE FROM sessions WHERE id = (
            SELECT s.id FROM sessions s
            WHERE s.message_count <= 0 AND NOT EXISTS (SELECT 1 FROM memories m WHERE m.session_id = s.id)
            ORDER BY s.updated_at, s.id LIMIT 1)
        RETURNING id)sql"};
    const bool is_gone = query.next();
    if (is_gone) query.next();
    return is_gone;
}

std::optional<model::Summary> UserFile::find_summary(util::Id session_id) {
    Query query{impl_->connection, R"sql(
        SELECT text, first_message_id, last_message_id, turns, updated_at FROM summaries
        WHERE session_id = :session_id)sql"};
    query.bind(":session_id", session_id);
    if (!query.next()) return std::nullopt;
    return model::Summary{.session_id = session_id,
                          .text = query.text(0),
                          .first_message = query.integer(1),
                          .last_message = query.integer(2),
                          .turns = static_cast<int>(query.integer(3)),
                          .updated_at = to_time(query.integer(4))};
}

void UserFile::put_summary(const model::Summary& summary) {
    Query query{impl_->connection, R"sql(
        INSERT INTO summaries (session_id, text, first_message_id, last_message_id, turns, updated_at)
        VALUES (:session_id, :text, :first_message_id, :last_message_id, :turns, :now)
        ON CONFLICT (session_id) DO UPDATE
        SET text = excluded.text, first_message_id = excluded.first_message_id,
            last_message_id = excluded.last_message_id, turns = excluded.turns, updated_at = excluded.updated_at)sql"};
    query.bind(":session_id", summary.session_id).bind(":text", summary.text);
    query.bind(":first_message_id", summary.first_message).bind(":last_message_id", summary.last_message);
    query.bind(":turns", static_cast<std::int64_t>(summary.turns));
    query.bind(":now", to_column(impl_->clock.now()));
    query.execute();
}

}  // namespace arq::store
