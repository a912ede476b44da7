// SPDX-License-Identifier: MIT
//
// Full-text search over what was said. Index rows are written for many messages at once, because each
// commit that touches the index costs more than twice the bytes of the messages themselves; those that
// wait for it are read row by row.
#include "arq/util/text.h"
#include "store/full_text.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

// Columns: role, text, id, session_id, client_id, created_at.
model::Message read_user_message(const Query& row) {
    return {.id = row.integer(2),
            .session_id = row.integer(3),
            .role = model::Role::kUser,
            .client_id = row.text(4),
            .text = row.text(1),
            .created_at = to_time(row.integer(5))};
}

void search_index(Connection& connection, const util::StemSet& wanted, const Scope& scope, int limit,
                  UserFile::Found& found) {
    Query query{connection, R"sql(
        SELECT m.role, m.text, m.id, m.session_id, m.client_id, m.created_at
        FROM message_index JOIN messages m ON m.id = message_index.rowid
                           JOIN sessions s ON s.id = m.session_id
        WHERE message_index MATCH :match AND m.role = 0
          AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
        ORDER BY rank LIMIT :limit)sql"};
    query.bind(":match", match_any(wanted.stems())).bind(":isolated_session", scope.isolated_session);
    query.bind(":limit", static_cast<std::int64_t>(limit));
    while (query.next()) found.messages.push_back(read_user_message(query));
    for (std::size_t at = 0; at < found.with_stem.size(); ++at) {
        Query count{connection, "SELECT doc FROM message_terms WHERE term = :stem"};
        count.bind(":stem", wanted.stems()[at]);
        if (count.next()) found.with_stem[at] = count.integer(0);
    }
}

}  // namespace

std::int64_t UserFile::Impl::indexed_through() {
    Query query{connection, "SELECT value FROM state WHERE name = 'indexed_through'"};
    query.next();
    return query.integer(0);
}

void UserFile::Impl::index_messages(int least) {
    const std::int64_t from = indexed_through();
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

UserFile::Found UserFile::search_messages(const util::StemSet& wanted, const Scope& scope, int limit) {
    Found found{.messages = {}, .with_stem = std::vector<std::int64_t>(wanted.stems().size()), .in_all = 0};
    if (wanted.empty()) return found;
    const std::int64_t indexed_through = impl_->indexed_through();
    // Most users never say so much that an index is made: then nothing of it is even looked at.
    if (indexed_through > 0) search_index(impl_->connection, wanted, scope, limit, found);
    Query tail{impl_->connection, R"sql(
        SELECT m.role, m.text, m.id, m.session_id, m.client_id, m.created_at
        FROM messages m JOIN sessions s ON s.id = m.session_id
        WHERE m.id > :indexed_through
          AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
        ORDER BY m.id)sql"};
    tail.bind(":indexed_through", indexed_through).bind(":isolated_session", scope.isolated_session);
    while (tail.next()) {
        const std::uint64_t here = wanted.find_in(tail.view(1));
        if (here == 0) continue;
        for (std::size_t at = 0; at < found.with_stem.size(); ++at)
            found.with_stem[at] += static_cast<std::int64_t>(here >> at & 1U);
        if (tail.integer(0) == 0) found.messages.push_back(read_user_message(tail));
    }
    Query count{impl_->connection, "SELECT coalesce(sum(message_count), 0) FROM sessions"};
    count.next();
    found.in_all = count.integer(0);
    return found;
}

}  // namespace arq::store
