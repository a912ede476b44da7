// SPDX-License-Identifier: MIT
//
// All of a user's rows out of a file and into another, in pieces of bounded size.
#include <algorithm>
#include <chrono>

#include "arq/util/error.h"
#include "store/recall_index.h"
#include "store/reply_details.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

[[noreturn]] void raise_invalid(const char* member, const std::string& what) {
    throw Error{ErrorCode::kInvalidValue, "`" + std::string{member} + "` " + what, member};
}

bool is_there(Connection& connection, util::Id id, const char* sql) {
    Query query{connection, sql};
    query.bind(":id", id);
    return query.next();
}

// Ids grow with time, and the next one is larger than all before: one from a far future would use them up.
void require_id(util::Id id, util::Clock& clock) {
    constexpr int kRandomBits = 18;
    constexpr std::chrono::milliseconds kDay = std::chrono::hours{24};
    if (id <= 0 || id > util::make_id(clock) + (kDay.count() << kRandomBits))
        raise_invalid("id", "is no id that was made by now");
}

struct SessionKind {
    bool isolated = false;
};

SessionKind require_session(Connection& connection, util::Id id) {
    Query query{connection, "SELECT isolated FROM sessions WHERE id = :id"};
    query.bind(":id", id);
    if (!query.next()) raise_invalid("session_id", "names a session that is not there: its line comes first");
    return {.isolated = query.integer(0) != 0};
}

void insert_reference(Connection& connection, util::Id reply, int position, int relation, util::Id memory,
                      int version, std::optional<double> score) {
    Query query{connection, R"sql(
        INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score)
        SELECT :reply_id, :position, :relation, id, :version, :score FROM memories WHERE id = :memory_id)sql"};
    query.bind(":reply_id", reply).bind(":position", static_cast<std::int64_t>(position));
    query.bind(":relation", static_cast<std::int64_t>(relation)).bind(":memory_id", memory);
    query.bind(":version", static_cast<std::int64_t>(version));
    if (score)
        query.bind(":score", *score);
    else
        query.bind_null(":score");
    query.execute();
}

}  // namespace

std::vector<model::Session> UserFile::read_sessions(util::Id after, int limit) {
    Query query{impl_->connection, R"sql(
        SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions
        WHERE id > :after ORDER BY id LIMIT :limit)sql"};
    query.bind(":after", after).bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<model::Session> sessions;
    while (query.next())
        sessions.push_back({.id = query.integer(0),
                            .title = query.text(1),
                            .isolated = query.integer(2) != 0,
                            .created_at = to_time(query.integer(3)),
                            .updated_at = to_time(query.integer(4)),
                            .message_count = static_cast<int>(query.integer(5))});
    return sessions;
}

std::vector<model::Memory> UserFile::read_memories(util::Id after, int limit) {
    std::vector<model::Memory> memories;
    {
        Query query{impl_->connection, "SELECT id FROM memories WHERE id > :after ORDER BY id LIMIT :limit"};
        query.bind(":after", after).bind(":limit", static_cast<std::int64_t>(limit));
        while (query.next())
            if (auto memory = find_memory(query.integer(0))) memories.push_back(*std::move(memory));
    }
    add_recent_uses(memories);
    return memories;
}

std::vector<MessageRecord> UserFile::read_messages(util::Id after, int limit) {
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.session_id, m.role, m.client_id, m.text, m.created_at, m.pair_id, m.finish, m.responder,
               m.variant, m.hidden, m.details, s.isolated
        FROM messages m JOIN sessions s ON s.id = m.session_id
        WHERE m.id > :after ORDER BY m.id LIMIT :limit)sql"};
    query.bind(":after", after).bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<MessageRecord> records;
    while (query.next()) {
        MessageRecord record;
        record.message = {.id = query.integer(0),
                          .session_id = query.integer(1),
                          .role = static_cast<model::Role>(query.integer(2)),
                          .client_id = query.text(3),
                          .text = query.text(4),
                          .created_at = to_time(query.integer(5))};
        record.is_hidden = query.integer(10) != 0;
        record.is_isolated = query.integer(12) != 0;
        if (record.message.role == model::Role::kAssistant) {
            record.answers = query.optional_integer(6);
            record.finish = static_cast<model::Finish>(query.integer(7));
            record.responder = query.text(8);
            record.variant = static_cast<model::Variant>(query.integer(9));
            ReplyDetails details = parse_details(query.view(11));
            record.topics = std::move(details.topics);
            record.context = details.context;
            record.memory = read_memory_use(impl_->connection, record.message.id);
            record.memory.forgotten = std::move(details.forgotten);
        }
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<model::Summary> UserFile::read_summaries(util::Id after, int limit) {
    Query query{impl_->connection, R"sql(
        SELECT session_id, text, first_message_id, last_message_id, turns, updated_at FROM summaries
        WHERE session_id > :after ORDER BY session_id LIMIT :limit)sql"};
    query.bind(":after", after).bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<model::Summary> summaries;
    while (query.next())
        summaries.push_back({.session_id = query.integer(0),
                             .text = query.text(1),
                             .first_message = query.integer(2),
                             .last_message = query.integer(3),
                             .turns = static_cast<int>(query.integer(4)),
                             .updated_at = to_time(query.integer(5))});
    return summaries;
}

void UserFile::begin_import() {
    // From here on replies that are behind what was counted are only those that come in, which say
    // themselves what they used.
    count_replies(impl_->connection, 1);
    impl_->has_imported = false;
    impl_->imported_memory = 0;
}

bool UserFile::import_session(const model::Session& session) {
    if (is_there(impl_->connection, session.id, "SELECT 1 FROM sessions WHERE id = :id")) return false;
    require_id(session.id, impl_->clock);
    Query query{impl_->connection, R"sql(
        INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id)
        VALUES (:id, :title, :isolated, :created_at, :updated_at, 0, 0))sql"};
    query.bind(":id", session.id).bind(":title", session.title);
    query.bind(":isolated", static_cast<std::int64_t>(session.isolated));
    query.bind(":created_at", to_column(session.created_at))
        .bind(":updated_at", to_column(session.updated_at));
    query.execute();
    impl_->has_imported = true;
    return true;
}

bool UserFile::import_memory(const model::Memory& memory) {
    if (is_there(impl_->connection, memory.id, "SELECT 1 FROM memories WHERE id = :id")) return false;
    require_id(memory.id, impl_->clock);
    if (memory.session_id && !require_session(impl_->connection, *memory.session_id).isolated)
        raise_invalid("session_id", "names a session that is not isolated: leave it out");
    if (find_memory_by_text(memory.text, {.isolated_session = memory.session_id})) return false;
    {
        Query query{impl_->connection, R"sql(
            INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version,
                                  value, valid_from, valid_to, grain, uses)
            VALUES (:id, :session_id, :kind, nullif(:subject, ''), :text, :source_message_id, :created_at, :updated_at,
                    :version, nullif(:value, ''), :valid_from, :valid_to, :grain, :uses))sql"};
        query.bind(":id", memory.id).bind(":session_id", memory.session_id);
        query.bind(":kind", static_cast<std::int64_t>(memory.kind)).bind(":subject", memory.subject);
        query.bind(":source_message_id", memory.source_message);
        query.bind(":created_at", to_column(memory.created_at))
            .bind(":updated_at", to_column(memory.updated_at));
        query.bind(":version", static_cast<std::int64_t>(memory.version));
        query.bind(":uses", static_cast<std::int64_t>(memory.uses));
        bind_content(query, memory);
        query.execute();
    }
    impl_->has_imported = true;
    impl_->imported_memory = memory.id;
    return true;
}

bool UserFile::import_history(util::Id memory_id, const model::MemoryVersion& version) {
    if (impl_->imported_memory != memory_id) return false;
    Query query{impl_->connection, R"sql(
        INSERT OR IGNORE INTO memory_history (memory_id, version, text, changed_at, message_id, value, valid_from,
                                              valid_to, grain)
        VALUES (:id, :version, :text, :changed_at, :message_id, nullif(:value, ''), :valid_from, :valid_to, :grain)
        RETURNING 1)sql"};
    query.bind(":id", memory_id).bind(":version", static_cast<std::int64_t>(version.version));
    query.bind(":changed_at", to_column(version.changed_at)).bind(":message_id", version.message);
    bind_content(query, {.text = version.text,
                         .value = version.value,
                         .valid_from = version.valid_from,
                         .valid_to = version.valid_to,
                         .grain = version.grain});
    const bool is_new = query.next();
    if (is_new) query.next();
    return is_new;
}

bool UserFile::import_message(const MessageRecord& record) {
    Connection& connection = impl_->connection;
    const model::Message& message = record.message;
    if (is_there(connection, message.id, "SELECT 1 FROM messages WHERE id = :id")) return false;
    require_id(message.id, impl_->clock);
    require_session(connection, message.session_id);
    if (message.id <= message.session_id) raise_invalid("id", "must be larger than that of its session");
    const bool is_reply = message.role == model::Role::kAssistant;
    if (is_reply && record.answers) {
        // Another one answers it already, or it is itself one that was there under another id.
        Query query{connection, R"sql(
            SELECT 1 FROM messages WHERE id = :id AND role = 0 AND pair_id IS NULL AND session_id = :session_id)sql"};
        query.bind(":id", *record.answers).bind(":session_id", message.session_id);
        if (!query.next()) return false;
    }
    if (!is_reply && find_message(message.client_id)) return false;
    {
        Query query{connection, R"sql(
            INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant,
                                  hidden, details)
            VALUES (:id, :session_id, :role, :text, :created_at, :pair_id, nullif(:client_id, ''),
                    CASE :role WHEN 1 THEN :finish END, CASE :role WHEN 1 THEN :responder END,
                    CASE :role WHEN 1 THEN :variant END, :hidden, nullif(:details, '')))sql"};
        query.bind(":id", message.id).bind(":session_id", message.session_id).bind(":text", message.text);
        query.bind(":role", static_cast<std::int64_t>(message.role));
        query.bind(":created_at", to_column(message.created_at)).bind(":pair_id", record.answers);
        query.bind(":client_id", is_reply ? std::string_view{} : std::string_view{message.client_id});
        query.bind(":finish", static_cast<std::int64_t>(record.finish)).bind(":responder", record.responder);
        query.bind(":variant", static_cast<std::int64_t>(record.variant));
        query.bind(":hidden", static_cast<std::int64_t>(record.is_hidden));
        query.bind(":details", format_details({.topics = record.topics,
                                               .context = record.context,
                                               .forgotten = record.memory.forgotten}));
        query.execute();
    }
    impl_->has_imported = true;
    if (!is_reply) return true;
    if (record.answers) {
        Query query{connection, "UPDATE messages SET pair_id = :reply_id WHERE id = :id"};
        query.bind(":reply_id", message.id).bind(":id", *record.answers);
        query.execute();
    }
    int position = 0;
    for (const auto& used : record.memory.used)
        insert_reference(connection, message.id, position++, 0, used.id, used.version, used.score);
    for (const auto& added : record.memory.added)
        insert_reference(connection, message.id, position++, 1, added.id, added.version, {});
    for (const auto& changed : record.memory.changed)
        insert_reference(connection, message.id, position++, 2, changed.id, changed.version, {});
    return true;
}

bool UserFile::import_summary(const model::Summary& summary) {
    if (find_summary(summary.session_id)) return false;
    require_session(impl_->connection, summary.session_id);
    put_summary(summary);
    impl_->has_imported = true;
    return true;
}

void UserFile::finish_import() {
    Connection& connection = impl_->connection;
    if (!impl_->has_imported) return;
    Query{connection, R"sql(
        UPDATE sessions SET message_count = said.messages, last_message_id = said.last
        FROM (SELECT session_id, count(*) AS messages, max(id) AS last FROM messages GROUP BY session_id) said
        WHERE said.session_id = sessions.id)sql"}
        .execute();
    // What came in may be older than what was counted and indexed.
    Query{connection, "UPDATE state SET value = 0 WHERE name = 'counted_through'"}.execute();
    count_replies(connection, 1, false);
    impl_->recent.clear();
    drop_index(connection);
    rebuild_indexes(connection, impl_->options.index_batch_messages);
    impl_->waiting.reset();
    impl_->uncounted.reset();
}

}  // namespace arq::store
