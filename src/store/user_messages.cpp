// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "arq/util/error.h"
#include "store/recall_index.h"
#include "store/reply_details.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

// Numbers on disk: never change, only add.
enum class Relation { kUsed = 0, kAdded = 1, kChanged = 2 };

// Ids grow with the order in which things were said, also when the clock was set back.
// A session's id is smaller than those of its messages, so that a list may begin there.
util::Id next_message_id(Connection& connection, util::Clock& clock, util::Id session_id) {
    Query query{connection, "SELECT coalesce(max(id), 0) + 1 FROM messages"};
    query.next();
    return std::max({util::make_id(clock), query.integer(0), session_id + 1});
}

void count_message(Connection& connection, const model::Message& message) {
    Query query{connection, R"sql(
        UPDATE sessions SET updated_at = max(updated_at, :now), message_count = message_count + 1,
                            last_message_id = :message_id
        WHERE id = :id)sql"};
    query.bind(":now", to_column(message.created_at)).bind(":message_id", message.id);
    query.bind(":id", message.session_id);
    query.execute();
}

void insert_reply_memory(Connection& connection, util::Id reply_id, int position, Relation relation,
                         util::Id memory_id, int version, std::optional<double> score) {
    Query query{connection, R"sql(
        INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score)
        VALUES (:reply_id, :position, :relation, :memory_id, :version, :score))sql"};
    query.bind(":reply_id", reply_id).bind(":position", static_cast<std::int64_t>(position));
    query.bind(":relation", static_cast<std::int64_t>(relation)).bind(":memory_id", memory_id);
    query.bind(":version", static_cast<std::int64_t>(version));
    if (score)
        query.bind(":score", *score);
    else
        query.bind_null(":score");
    query.execute();
}

}  // namespace

// The texts as they were when the reply was given, whatever the memories say now.
model::MemoryUse read_memory_use(Connection& connection, util::Id reply_id) {
    Query query{connection, R"sql(
        SELECT r.relation, r.memory_id, r.version, r.score, m.kind,
               CASE WHEN r.version = m.version THEN m.text ELSE h.text END,
               before.text
        FROM reply_memories r
        JOIN memories m ON m.id = r.memory_id
        LEFT JOIN memory_history h ON h.memory_id = r.memory_id AND h.version = r.version
        LEFT JOIN memory_history before ON before.memory_id = r.memory_id AND before.version = r.version - 1
        WHERE r.reply_id = :reply_id ORDER BY r.position)sql"};
    query.bind(":reply_id", reply_id);
    model::MemoryUse use;
    while (query.next()) {
        const util::Id id = query.integer(1);
        const int version = static_cast<int>(query.integer(2));
        const auto kind = static_cast<model::MemoryKind>(query.integer(4));
        switch (static_cast<Relation>(query.integer(0))) {
            case Relation::kUsed:
                use.used.push_back(
                    {.id = id, .text = query.text(5), .score = query.real(3), .version = version});
                break;
            case Relation::kAdded:
                use.added.push_back({.id = id, .text = query.text(5), .kind = kind, .version = version});
                break;
            case Relation::kChanged:
                use.changed.push_back({.id = id,
                                       .text = query.text(5),
                                       .previous = query.text(6),
                                       .kind = kind,
                                       .version = version});
                break;
        }
    }
    return use;
}

model::Message UserFile::append_message(util::Id session_id, std::string_view client_id,
                                        std::string_view text) {
    model::Message message{.id = next_message_id(impl_->connection, impl_->clock, session_id),
                           .session_id = session_id,
                           .role = model::Role::kUser,
                           .client_id = std::string{client_id},
                           .text = std::string{text},
                           .created_at = impl_->clock.now()};
    Query query{impl_->connection, R"sql(
        INSERT INTO messages (id, session_id, role, text, created_at, client_id)
        VALUES (:id, :session_id, 0, :text, :created_at, :client_id))sql"};
    query.bind(":id", message.id).bind(":session_id", session_id).bind(":text", text);
    query.bind(":created_at", to_column(message.created_at)).bind(":client_id", client_id);
    query.execute();
    count_message(impl_->connection, message);
    return message;
}

void UserFile::append_reply(const model::Message& message, model::Reply& reply,
                            const model::MemoryUse& memory, const std::vector<model::Topic>& topics,
                            const model::ContextUse& context) {
    Connection& connection = impl_->connection;
    reply.id = next_message_id(connection, impl_->clock, message.session_id);
    const util::Timestamp now = impl_->clock.now();
    {
        Query query{connection, R"sql(
            INSERT INTO messages (id, session_id, role, text, created_at, pair_id, finish, responder, variant, hidden,
                                  details)
            SELECT :id, :session_id, 1, :text, :created_at, id, :finish, :responder, :variant, hidden,
                   nullif(:details, '')
            FROM messages WHERE id = :pair_id)sql"};
        query.bind(":details",
                   format_details({.topics = topics, .context = context, .forgotten = memory.forgotten}));
        query.bind(":id", reply.id).bind(":session_id", message.session_id).bind(":text", reply.text);
        query.bind(":created_at", to_column(now)).bind(":pair_id", message.id);
        query.bind(":finish", static_cast<std::int64_t>(reply.finish)).bind(":responder", reply.responder);
        query.bind(":variant", static_cast<std::int64_t>(reply.variant));
        query.execute();
    }
    {
        Query query{connection, "UPDATE messages SET pair_id = :reply_id WHERE id = :id"};
        query.bind(":reply_id", reply.id).bind(":id", message.id);
        query.execute();
    }
    count_message(
        connection,
        {.id = reply.id, .session_id = message.session_id, .client_id = {}, .text = {}, .created_at = now});

    int position = 0;
    for (const auto& used : memory.used)
        insert_reply_memory(connection, reply.id, position++, Relation::kUsed, used.id, used.version,
                            used.score);
    for (const auto& added : memory.added)
        insert_reply_memory(connection, reply.id, position++, Relation::kAdded, added.id, added.version, {});
    for (const auto& changed : memory.changed)
        insert_reply_memory(connection, reply.id, position++, Relation::kChanged, changed.id, changed.version,
                            {});
    if (message.id <= impl_->recent.last_id().value_or(message.id) &&
        message.id <= indexed_through(connection, BlockKind::kExchanges))
        index_late_answer(connection, message.id, message.session_id);
    impl_->index_when_due(2);
    impl_->count_when_due();
}

std::optional<model::Message> UserFile::find_message(std::string_view client_id) {
    Query query{impl_->connection, R"sql(
        SELECT id, session_id, text, created_at FROM messages WHERE client_id = :client_id)sql"};
    query.bind(":client_id", client_id);
    if (!query.next()) return std::nullopt;
    return model::Message{.id = query.integer(0),
                          .session_id = query.integer(1),
                          .role = model::Role::kUser,
                          .client_id = std::string{client_id},
                          .text = query.text(2),
                          .created_at = to_time(query.integer(3))};
}

std::optional<model::Message> UserFile::find_message(util::Id id) {
    Query query{impl_->connection, R"sql(
        SELECT session_id, client_id, text, created_at FROM messages WHERE id = :id AND role = 0)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    return model::Message{.id = id,
                          .session_id = query.integer(0),
                          .role = model::Role::kUser,
                          .client_id = query.text(1),
                          .text = query.text(2),
                          .created_at = to_time(query.integer(3))};
}

bool UserFile::take_lease(util::Id message_id, std::string_view owner, util::Timestamp expires_at) {
    Query query{impl_->connection, R"sql(
        INSERT INTO leases (message_id, owner, expires_at) VALUES (:message_id, :owner, :expires_at)
        ON CONFLICT (message_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
            WHERE owner = excluded.owner OR expires_at <= :now
        RETURNING 1)sql"};
    query.bind(":message_id", message_id).bind(":owner", owner).bind(":expires_at", to_column(expires_at));
    query.bind(":now", to_column(impl_->clock.now()));
    return query.next();
}

void UserFile::drop_lease(util::Id message_id) {
    Query query{impl_->connection, "DELETE FROM leases WHERE message_id = :message_id"};
    query.bind(":message_id", message_id);
    query.execute();
}

std::optional<UserFile::Answered> UserFile::find_answer(std::string_view client_id) {
    Query query{impl_->connection, R"sql(
        SELECT m.text, m.session_id, r.id, r.text, r.finish, r.responder, r.variant, r.details
        FROM messages m JOIN messages r ON r.id = m.pair_id
        WHERE m.client_id = :client_id)sql"};
    query.bind(":client_id", client_id);
    if (!query.next()) return std::nullopt;
    Answered answered{.text = query.text(0), .answer = {}};
    answered.answer.session_id = query.integer(1);
    answered.answer.message_id = client_id;
    answered.answer.reply = {.id = query.integer(2),
                             .text = query.text(3),
                             .finish = static_cast<model::Finish>(query.integer(4)),
                             .responder = query.text(5),
                             .variant = static_cast<model::Variant>(query.integer(6))};
    ReplyDetails details = parse_details(query.view(7));
    answered.answer.memory = read_memory_use(impl_->connection, answered.answer.reply.id);
    answered.answer.memory.forgotten = std::move(details.forgotten);
    answered.answer.topics = std::move(details.topics);
    answered.answer.context = details.context;
    return answered;
}

std::vector<model::Message> UserFile::list_messages(const model::Session& session,
                                                    std::optional<util::Id> after, int limit) {
    if (after) {
        Query query{impl_->connection, "SELECT 1 FROM messages WHERE id = :id AND session_id = :session_id"};
        query.bind(":id", *after).bind(":session_id", session.id);
        if (!query.next())
            throw Error{ErrorCode::kInvalidValue,
                        "`after` must be the id of the last message of the page before", "after"};
    }
    // All messages of a session lie between its own id and the last one's: no index is needed, and none
    // has to be written with every message.
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.session_id, m.role, coalesce(m.client_id, asked.client_id), m.text, m.created_at
        FROM messages m LEFT JOIN messages asked ON m.role = 1 AND asked.id = m.pair_id
        WHERE m.id > :after AND m.id <= (SELECT last_message_id FROM sessions WHERE id = :session_id)
          AND m.session_id = :session_id
        ORDER BY m.id LIMIT :limit)sql"};
    query.bind(":after", after.value_or(session.id)).bind(":session_id", session.id);
    query.bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<model::Message> messages;
    while (query.next())
        messages.push_back({.id = query.integer(0),
                            .session_id = query.integer(1),
                            .role = static_cast<model::Role>(query.integer(2)),
                            .client_id = query.text(3),
                            .text = query.text(4),
                            .created_at = to_time(query.integer(5))});
    return messages;
}

namespace {

// There is no index of a session's messages: of one that wasn't talked in for long, the rows of others would
// be read without end.
constexpr int kMostRowsOfSession = 4000;

}  // namespace

std::vector<UserFile::Turn> UserFile::latest_turns(util::Id session_id, std::optional<util::Id> before,
                                                   int limit, std::size_t limit_bytes) {
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.client_id, m.text, m.created_at, r.id, r.text, r.created_at,
               m.session_id = :session_id AND m.role = 0 AND m.hidden = 0
        FROM messages m
        LEFT JOIN messages r ON m.session_id = :session_id AND m.role = 0 AND r.id = m.pair_id AND r.hidden = 0
        WHERE m.id > :session_id AND m.id < :before
          AND m.id <= (SELECT last_message_id FROM sessions WHERE id = :session_id)
        ORDER BY m.id DESC)sql"};
    query.bind(":session_id", session_id);
    query.bind(":before", before.value_or(std::numeric_limits<util::Id>::max()));
    std::vector<Turn> turns;
    std::size_t bytes = 0;
    for (int rows = 0; rows < kMostRowsOfSession && static_cast<int>(turns.size()) < limit && query.next();
         ++rows) {
        if (query.integer(7) == 0) continue;
        Turn turn{.message = {.id = query.integer(0),
                              .session_id = session_id,
                              .role = model::Role::kUser,
                              .client_id = query.text(1),
                              .text = query.text(2),
                              .created_at = to_time(query.integer(3))}};
        if (!query.is_null(4))
            turn.reply = {.id = query.integer(4),
                          .session_id = session_id,
                          .role = model::Role::kAssistant,
                          .client_id = turn.message.client_id,
                          .text = query.text(5),
                          .created_at = to_time(query.integer(6))};
        bytes += turn.message.text.size() + (turn.reply ? turn.reply->text.size() : 0);
        if (bytes > limit_bytes) break;
        turns.push_back(std::move(turn));
    }
    std::reverse(turns.begin(), turns.end());
    return turns;
}

std::vector<model::Message> UserFile::messages_between(util::Id session_id, util::Id after, util::Id before,
                                                       int limit) {
    Query query{impl_->connection, R"sql(
        SELECT id, role, text, created_at, session_id = :session_id AND hidden = 0 FROM messages
        WHERE id > max(:after, :session_id) AND id < :before ORDER BY id)sql"};
    query.bind(":session_id", session_id).bind(":after", after).bind(":before", before);
    std::vector<model::Message> messages;
    for (int rows = 0; rows < kMostRowsOfSession && static_cast<int>(messages.size()) < limit && query.next();
         ++rows)
        if (query.integer(4) != 0)
            messages.push_back({.id = query.integer(0),
                                .session_id = session_id,
                                .role = static_cast<model::Role>(query.integer(1)),
                                .text = query.text(2),
                                .created_at = to_time(query.integer(3))});
    return messages;
}

}  // namespace arq::store
