// SPDX-License-Identifier: MIT
//
// Full-text search over what the user said. Index rows are written for several messages at once, which
// more than halves what a message costs in bytes; the few that wait for it are read row by row.
#include <algorithm>
#include <unordered_set>

#include "arq/util/text.h"
#include "store/full_text.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

model::Message read_user_message(const Query& row) {
    return {.id = row.integer(0),
            .session_id = row.integer(1),
            .role = model::Role::kUser,
            .client_id = row.text(2),
            .text = row.text(3),
            .created_at = to_time(row.integer(4))};
}

}  // namespace

std::int64_t indexed_through(Connection& connection) {
    Query query{connection, "SELECT value FROM state WHERE name = 'indexed_through'"};
    query.next();
    return query.integer(0);
}

void index_messages(Connection& connection, int least) {
    const std::int64_t from = indexed_through(connection);
    {
        Query count{connection, "SELECT count(*) FROM messages WHERE id > :from"};
        count.bind(":from", from);
        count.next();
        if (count.integer(0) < least) return;
    }
    std::int64_t through = from;
    {
        Query rows{connection, "SELECT id, text FROM messages WHERE id > :from ORDER BY id"};
        rows.bind(":from", from);
        while (rows.next()) {
            through = rows.integer(0);
            Query insert{connection, "INSERT INTO message_index (rowid, stems) VALUES (:id, :stems)"};
            insert.bind(":id", through).bind(":stems", join_stems(util::stems(rows.text(1))));
            insert.execute();
        }
    }
    Query update{connection, "UPDATE state SET value = :through WHERE name = 'indexed_through'"};
    update.bind(":through", through);
    update.execute();
}

std::vector<model::Message> UserFile::search_user_messages(const std::vector<std::string>& stems,
                                                           const Scope& scope, int limit) {
    const std::string match = match_any(stems);
    if (match.empty()) return {};
    std::vector<model::Message> found;
    {
        Query query{impl_->connection, R"sql(
            SELECT m.id, m.session_id, m.client_id, m.text, m.created_at
            FROM message_index JOIN messages m ON m.id = message_index.rowid
                               JOIN sessions s ON s.id = m.session_id
            WHERE message_index MATCH :match AND m.role = 0
              AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
            ORDER BY rank LIMIT :limit)sql"};
        query.bind(":match", match).bind(":isolated_session", scope.isolated_session);
        query.bind(":limit", static_cast<std::int64_t>(limit));
        while (query.next()) found.push_back(read_user_message(query));
    }
    const std::unordered_set<std::string> wanted{stems.begin(), stems.end()};
    Query tail{impl_->connection, R"sql(
        SELECT m.id, m.session_id, m.client_id, m.text, m.created_at
        FROM messages m JOIN sessions s ON s.id = m.session_id
        WHERE m.id > :indexed_through AND m.role = 0
          AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
        ORDER BY m.id)sql"};
    tail.bind(":indexed_through", indexed_through(impl_->connection))
        .bind(":isolated_session", scope.isolated_session);
    while (tail.next()) {
        const std::vector<std::string> own = util::stems(tail.text(3));
        if (std::any_of(own.begin(), own.end(),
                        [&](const std::string& stem) { return wanted.contains(stem); }))
            found.push_back(read_user_message(tail));
    }
    return found;
}

std::int64_t UserFile::count_messages_with(std::string_view stem) {
    Query query{impl_->connection, "SELECT doc FROM message_terms WHERE term = :stem"};
    query.bind(":stem", stem);
    return query.next() ? query.integer(0) : 0;
}

std::int64_t UserFile::count_messages() {
    Query query{impl_->connection, "SELECT coalesce(sum(message_count), 0) FROM sessions"};
    query.next();
    return query.integer(0);
}

}  // namespace arq::store
