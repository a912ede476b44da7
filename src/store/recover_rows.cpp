// SPDX-License-Identifier: MIT
#include "store/recover_rows.h"

#include <algorithm>
#include <iterator>

#include "arq/util/text.h"
#include "store/recall_index.h"
#include "store/salvage.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

// Of a row that comes twice the later state stays.
constexpr RecoveredTable kTables[] = {
    {"sessions", true, "ktiiiii", 7, R"sql(
        INSERT OR IGNORE INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at,
                                       message_count = excluded.message_count
            WHERE excluded.message_count > message_count)sql",
     "SELECT 1 FROM sessions WHERE id = ?1"},
    {"messages", true, "kiitiITITIiT", 10, R"sql(
        INSERT OR IGNORE INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder,
                                        variant, hidden, details)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 WHERE ?3 IN (0, 1) AND (?3 = 0) = (?7 IS NOT NULL)
        ON CONFLICT (id) DO UPDATE SET pair_id = coalesce(pair_id, excluded.pair_id),
                                       hidden = max(hidden, excluded.hidden))sql",
     "SELECT 1 FROM messages WHERE id = ?1"},
    {"memories", true, "kIiTtIiiiTIIIi", 9, R"sql(
        INSERT OR IGNORE INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at,
                                        version, value, valid_from, valid_to, grain, uses)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        ON CONFLICT (id) DO UPDATE SET text = excluded.text, source_message_id = excluded.source_message_id,
                                       kind = excluded.kind, updated_at = excluded.updated_at,
                                       version = excluded.version, value = excluded.value,
                                       valid_from = excluded.valid_from, valid_to = excluded.valid_to,
                                       grain = excluded.grain, uses = excluded.uses
            WHERE excluded.version > version)sql",
     "SELECT 1 FROM memories WHERE id = ?1"},
    {"memory_history", false, "iitiITIII", 5, R"sql(
        INSERT OR IGNORE INTO memory_history (memory_id, version, text, changed_at, message_id, value, valid_from,
                                              valid_to, grain)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
     nullptr},
    {"summaries", true, "ktiiii", 6, R"sql(
        INSERT OR IGNORE INTO summaries (session_id, text, first_message_id, last_message_id, turns, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (session_id) DO UPDATE SET text = excluded.text, last_message_id = excluded.last_message_id,
                                               turns = excluded.turns, updated_at = excluded.updated_at
            WHERE excluded.turns > turns)sql",
     "SELECT 1 FROM summaries WHERE session_id = ?1"},
    {"reply_memories", false, "iiiiiR", 6, R"sql(
        INSERT OR IGNORE INTO reply_memories (reply_id, position, relation, memory_id, version, score)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
     nullptr},
};

bool fits(const Value& value, char column) {
    if (std::holds_alternative<Null>(value)) return column == 'k' || (column >= 'A' && column <= 'Z');
    if (const auto* text = std::get_if<std::string>(&value))
        return (column == 't' || column == 'T') && util::is_valid_utf8(*text);
    if (std::holds_alternative<std::int64_t>(value)) return column == 'i' || column == 'I' || column == 'R';
    return std::holds_alternative<double>(value) && column == 'R';
}

bool fits(const Record& record, const RecoveredTable& table) {
    return std::equal(record.columns.begin(), record.columns.end(), table.columns.begin(),
                      table.columns.end(),
                      [](const Value& value, char column) { return fits(value, column); });
}

void bind(Query& query, int position, const Record& record, char column) {
    const std::string name = "?" + std::to_string(position);
    const Value& value = record.columns[static_cast<std::size_t>(position - 1)];
    if (column == 'k')
        query.bind(name.c_str(), record.rowid);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
        query.bind(name.c_str(), *number);
    else if (const auto* real = std::get_if<double>(&value))
        query.bind(name.c_str(), *real);
    else if (const auto* text = std::get_if<std::string>(&value))
        query.bind(name.c_str(), std::string_view{*text});
    else
        query.bind_null(name.c_str());
}

std::int64_t count(Connection& connection, const char* sql) {
    Query query{connection, sql};
    return query.next() ? query.integer(0) : 0;
}

// Whether a row of that id is there, this one or an older state of it.
bool is_there(Connection& connection, const RecoveredTable& table, std::int64_t id) {
    Query query{connection, table.find};
    query.bind("?1", id);
    return query.next();
}

// With what columns hold that were added later.
void lengthen(Record& record, const RecoveredTable& table) {
    for (const char column : table.columns.substr(record.columns.size())) {
        if (column == 'i')
            record.columns.emplace_back(std::int64_t{0});
        else
            record.columns.emplace_back(Null{});
    }
}

// A row of recall_blocks, which is made anew: as long as the first rows of memory_history, whose third is a
// text.
bool is_block(const Record& record) {
    constexpr std::size_t kColumns = 5;
    return !record.has_rowid && record.columns.size() == kColumns &&
           std::holds_alternative<std::int64_t>(record.columns[2]);
}

void put(Record record, Connection& into, Recovered& found) {
    if (is_block(record)) return;
    const auto* const table =
        std::find_if(std::begin(kTables), std::end(kTables), [&](const RecoveredTable& known) {
            return known.has_rowid == record.has_rowid && (known.columns.size() == record.columns.size() ||
                                                           known.columns_at_first == record.columns.size());
        });
    if (table == std::end(kTables)) return;  // of a table that is made anew
    lengthen(record, *table);
    // Numbers of these kinds begin with 1: a row of zeros is none.
    if (!fits(record, *table) || (table->has_rowid && record.rowid <= 0)) {
        ++found.rows_refused;
        return;
    }
    Query query{into, table->insert};
    for (int position = 1; position <= static_cast<int>(record.columns.size()); ++position)
        bind(query, position, record, table->columns[static_cast<std::size_t>(position - 1)]);
    query.execute();
    if (table->has_rowid && !is_there(into, *table, record.rowid)) ++found.rows_refused;
}

// A session whose row is lost has what its messages tell of it. Whether it was isolated can be told where it
// taught or used what all sessions share; else it counts as isolated, so that nothing of it gets elsewhere.
void rebuild_sessions(Connection& connection, Recovered& found) {
    Query{connection, R"sql(
        INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id)
        SELECT lost.session_id,
               coalesce((SELECT replace(substr(first.text, 1, 40), char(10), ' ') FROM messages first
                         WHERE first.session_id = lost.session_id AND first.role = 0 ORDER BY first.id LIMIT 1), '…'),
               NOT EXISTS (SELECT 1 FROM memories shared JOIN messages taught ON taught.id = shared.source_message_id
                           WHERE shared.session_id IS NULL AND taught.session_id = lost.session_id)
               AND NOT EXISTS (SELECT 1 FROM reply_memories r JOIN memories shared ON shared.id = r.memory_id
                                                              JOIN messages reply ON reply.id = r.reply_id
                               WHERE shared.session_id IS NULL AND reply.session_id = lost.session_id),
               min(lost.created_at), max(lost.created_at), 0, 0
        FROM (SELECT session_id, created_at FROM messages
              UNION ALL SELECT session_id, created_at FROM memories WHERE session_id IS NOT NULL) lost
        WHERE lost.session_id NOT IN (SELECT id FROM sessions) GROUP BY lost.session_id)sql"}
        .execute();
    found.sessions_rebuilt = count(connection, "SELECT changes()");
}

void count_messages(Connection& connection, Recovered& found) {
    found.messages_lost = count(connection, R"sql(
        SELECT coalesce(sum(max(0, message_count -
                                   (SELECT count(*) FROM messages WHERE session_id = sessions.id))), 0)
        FROM sessions)sql");
    Query{connection, R"sql(
        UPDATE sessions SET message_count = (SELECT count(*) FROM messages WHERE session_id = sessions.id),
                            last_message_id = (SELECT coalesce(max(id), 0) FROM messages
                                               WHERE session_id = sessions.id))sql"}
        .execute();
}

// What leads to rows that are lost. A message whose reply is lost counts as unanswered: whoever sends it
// again gets a reply.
void drop_dangling(Connection& connection) {
    Query{connection, R"sql(
        UPDATE messages SET pair_id = NULL WHERE pair_id NOT IN (SELECT id FROM messages))sql"}
        .execute();
    Query{connection, R"sql(
        UPDATE memories SET source_message_id = NULL
        WHERE source_message_id NOT IN (SELECT id FROM messages))sql"}
        .execute();
    Query{connection, "DELETE FROM memory_history WHERE memory_id NOT IN (SELECT id FROM memories)"}
        .execute();
    Query{connection, R"sql(
        UPDATE memory_history SET message_id = NULL WHERE message_id NOT IN (SELECT id FROM messages))sql"}
        .execute();
    Query{connection, "DELETE FROM summaries WHERE session_id NOT IN (SELECT id FROM sessions)"}.execute();
    // Also where the text is lost that the reply spoke of.
    Query{connection, R"sql(
        DELETE FROM reply_memories
        WHERE reply_id NOT IN (SELECT id FROM messages)
           OR NOT EXISTS (SELECT 1 FROM memories WHERE id = memory_id AND version = reply_memories.version
                          UNION ALL
                          SELECT 1 FROM memory_history h JOIN memories m ON m.id = h.memory_id
                          WHERE h.memory_id = reply_memories.memory_id AND h.version = reply_memories.version))sql"}
        .execute();
}

}  // namespace

std::span<const RecoveredTable> recovered_tables() {
    return kTables;
}

void recover_rows(const FileImage& image, Connection& into, Recovered& found) {
    ImmediateTransaction transaction{into};
    found.rows_unreadable = salvage(image, [&](const Record& record) { put(record, into, found); });
    rebuild_sessions(into, found);
    count_messages(into, found);
    drop_dangling(into);
    rebuild_indexes(into, 1);
    count_replies(into, 1, false);
    found.sessions = count(into, "SELECT count(*) FROM sessions");
    found.messages = count(into, "SELECT count(*) FROM messages");
    found.memories = count(into, "SELECT count(*) FROM memories");
    transaction.commit();
}

}  // namespace arq::store
