// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/util/error.h"
#include "store/recall_index.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

model::Memory read_memory(const Query& row) {
    model::Memory memory{
        .id = row.integer(0), .text = row.text(1), .subject = row.text(3), .value = row.text(4)};
    memory.kind = static_cast<model::MemoryKind>(row.integer(2));
    memory.session_id = row.optional_integer(5);
    memory.source_message = row.optional_integer(6);
    memory.created_at = to_time(row.integer(7));
    memory.updated_at = to_time(row.integer(8));
    memory.version = static_cast<int>(row.integer(9));
    memory.valid_from = to_time(row.optional_integer(10));
    memory.valid_to = to_time(row.optional_integer(11));
    if (const auto grain = row.optional_integer(12)) memory.grain = static_cast<model::Grain>(*grain);
    memory.uses = static_cast<int>(row.integer(13));
    return memory;
}

}  // namespace

void bind_content(Query& query, const model::Memory& memory) {
    query.bind(":text", memory.text).bind(":value", memory.value);
    query.bind(":valid_from", to_column(memory.valid_from)).bind(":valid_to", to_column(memory.valid_to));
    if (memory.grain)
        query.bind(":grain", static_cast<std::int64_t>(*memory.grain));
    else
        query.bind_null(":grain");
}

model::Memory UserFile::add_memory(model::Memory memory) {
    const util::Timestamp now = impl_->clock.now();
    memory.created_at = now;
    memory.updated_at = now;
    memory.version = 1;
    memory.uses = 0;
    {
        Query query{impl_->connection, R"sql(
            INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version,
                                  value, valid_from, valid_to, grain)
            VALUES (max(:id, (SELECT coalesce(max(id), 0) + 1 FROM memories)),
                    :session_id, :kind, nullif(:subject, ''), :text, :source_message_id, :now, :now, 1,
                    nullif(:value, ''), :valid_from, :valid_to, :grain)
            RETURNING id)sql"};
        query.bind(":id", util::make_id(impl_->clock)).bind(":session_id", memory.session_id);
        query.bind(":kind", static_cast<std::int64_t>(memory.kind)).bind(":subject", memory.subject);
        query.bind(":source_message_id", memory.source_message).bind(":now", to_column(now));
        bind_content(query, memory);
        query.next();
        memory.id = query.integer(0);
        query.next();
    }
    index_memories(impl_->connection, kMostMemoriesReadThrough);
    return memory;
}

model::MemoryUse UserFile::find_taught_by(util::Id message_id) {
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.text, m.kind, m.version, before.text
        FROM memories m LEFT JOIN memory_history before ON before.memory_id = m.id AND before.version = m.version - 1
        WHERE m.source_message_id = :message_id ORDER BY m.id)sql"};
    query.bind(":message_id", message_id);
    model::MemoryUse use;
    while (query.next()) {
        const auto kind = static_cast<model::MemoryKind>(query.integer(2));
        const int version = static_cast<int>(query.integer(3));
        if (version == 1)
            use.added.push_back(
                {.id = query.integer(0), .text = query.text(1), .kind = kind, .version = version});
        else
            use.changed.push_back({.id = query.integer(0),
                                   .text = query.text(1),
                                   .previous = query.text(4),
                                   .kind = kind,
                                   .version = version});
    }
    return use;
}

model::Memory UserFile::change_memory(model::Memory changed, std::optional<util::Id> message_id) {
    changed.source_message = message_id;
    changed.updated_at = impl_->clock.now();
    std::string before;
    {
        Query query{impl_->connection, R"sql(
            INSERT INTO memory_history (memory_id, version, text, changed_at, message_id, value, valid_from, valid_to,
                                        grain)
            SELECT id, version, text, updated_at, source_message_id, value, valid_from, valid_to, grain
            FROM memories WHERE id = :id RETURNING version, text)sql"};
        query.bind(":id", changed.id);
        if (!query.next()) throw Error{ErrorCode::kInternal, "a memory that is not there can't be changed"};
        changed.version = static_cast<int>(query.integer(0)) + 1;
        before = query.text(1);
        query.next();
    }
    {
        Query query{impl_->connection, R"sql(
            UPDATE memories SET text = :text, kind = :kind, source_message_id = :source_message_id, updated_at = :now,
                                version = :version, value = nullif(:value, ''), valid_from = :valid_from,
                                valid_to = :valid_to, grain = :grain
            WHERE id = :id)sql"};
        query.bind(":id", changed.id).bind(":kind", static_cast<std::int64_t>(changed.kind));
        query.bind(":source_message_id", message_id).bind(":now", to_column(changed.updated_at));
        query.bind(":version", static_cast<std::int64_t>(changed.version));
        bind_content(query, changed);
        query.execute();
    }
    return changed;
}

model::Memory UserFile::close_memory(model::Memory memory, util::Timestamp at,
                                     std::optional<util::Id> message_id) {
    memory.valid_to = at;
    return change_memory(std::move(memory), message_id);
}

std::optional<model::Memory> UserFile::find_memory(util::Id id) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, value, session_id, source_message_id, created_at, updated_at, version,
               valid_from, valid_to, grain, uses
        FROM memories WHERE id = :id)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    return read_memory(query);
}

std::vector<model::Memory> UserFile::find_memories_by_subject(std::string_view subject, const Scope& scope) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, value, session_id, source_message_id, created_at, updated_at, version,
               valid_from, valid_to, grain, uses
        FROM memories WHERE subject = :subject AND session_id IS :isolated_session ORDER BY id)sql"};
    query.bind(":subject", subject).bind(":isolated_session", scope.isolated_session);
    std::vector<model::Memory> memories;
    while (query.next()) memories.push_back(read_memory(query));
    return memories;
}

std::optional<model::Memory> UserFile::find_memory_by_subject(std::string_view subject, const Scope& scope) {
    std::vector<model::Memory> memories = find_memories_by_subject(subject, scope);
    const auto holds = std::find_if(memories.rbegin(), memories.rend(),
                                    [](const model::Memory& memory) { return !memory.valid_to; });
    if (holds == memories.rend()) return std::nullopt;
    return std::move(*holds);
}

std::optional<model::Memory> UserFile::find_memory_by_text(std::string_view text, const Scope& scope) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, value, session_id, source_message_id, created_at, updated_at, version,
               valid_from, valid_to, grain, uses
        FROM memories WHERE text = :text AND session_id IS :isolated_session)sql"};
    query.bind(":text", text).bind(":isolated_session", scope.isolated_session);
    if (!query.next()) return std::nullopt;
    return read_memory(query);
}

std::vector<model::Memory> UserFile::list_memories(const Scope& scope, std::optional<model::MemoryKind> kind,
                                                   std::optional<util::Id> after, int limit) {
    if (after) {
        Query query{impl_->connection,
                    "SELECT 1 FROM memories WHERE id = :id AND session_id IS :isolated_session"};
        query.bind(":id", *after).bind(":isolated_session", scope.isolated_session);
        if (!query.next())
            throw Error{ErrorCode::kInvalidValue,
                        "`after` must be the id of the last memory of the page before", "after"};
    }
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, value, session_id, source_message_id, created_at, updated_at, version,
               valid_from, valid_to, grain, uses
        FROM memories
        WHERE session_id IS :isolated_session AND (:kind IS NULL OR kind = :kind) AND (:after IS NULL OR id < :after)
        ORDER BY id DESC LIMIT :limit)sql"};
    query.bind(":isolated_session", scope.isolated_session).bind(":after", after);
    query.bind(":limit", static_cast<std::int64_t>(limit));
    if (kind)
        query.bind(":kind", static_cast<std::int64_t>(*kind));
    else
        query.bind_null(":kind");
    std::vector<model::Memory> memories;
    while (query.next()) memories.push_back(read_memory(query));
    return memories;
}

std::int64_t UserFile::count_memories() {
    Query query{impl_->connection, "SELECT count(*) FROM memories"};
    query.next();
    return query.integer(0);
}

std::vector<model::MemoryVersion> UserFile::memory_history(util::Id id) {
    return read_history(id, 0, -1);
}

std::vector<model::MemoryVersion> UserFile::read_history(util::Id memory_id, int after_version, int limit) {
    Query query{impl_->connection, R"sql(
        SELECT h.text, h.changed_at, h.message_id, m.client_id, h.value, h.valid_from, h.valid_to, h.grain, h.version
        FROM memory_history h LEFT JOIN messages m ON m.id = h.message_id
        WHERE h.memory_id = :id AND h.version > :after ORDER BY h.version LIMIT :limit)sql"};
    query.bind(":id", memory_id).bind(":after", static_cast<std::int64_t>(after_version));
    query.bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<model::MemoryVersion> history;
    while (query.next()) {
        model::MemoryVersion version{.version = static_cast<int>(query.integer(8)),
                                     .text = query.text(0),
                                     .value = query.text(4),
                                     .changed_at = to_time(query.integer(1)),
                                     .message = query.optional_integer(2),
                                     .message_id = query.text(3)};
        version.valid_from = to_time(query.optional_integer(5));
        version.valid_to = to_time(query.optional_integer(6));
        if (const auto grain = query.optional_integer(7)) version.grain = static_cast<model::Grain>(*grain);
        history.push_back(std::move(version));
    }
    return history;
}

}  // namespace arq::store
