// SPDX-License-Identifier: MIT
#include "store/recall_index.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

model::Memory read_memory(const Query& row) {
    model::Memory memory{.id = row.integer(0), .text = row.text(1), .subject = row.text(3)};
    memory.kind = static_cast<model::MemoryKind>(row.integer(2));
    memory.session_id = row.optional_integer(4);
    memory.source_message = row.optional_integer(5);
    memory.created_at = to_time(row.integer(6));
    memory.updated_at = to_time(row.integer(7));
    memory.version = static_cast<int>(row.integer(8));
    return memory;
}

}  // namespace

model::Memory UserFile::add_memory(model::Memory memory) {
    const util::Timestamp now = impl_->clock.now();
    memory.created_at = now;
    memory.updated_at = now;
    memory.version = 1;
    {
        Query query{impl_->connection, R"sql(
            INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version)
            VALUES (max(:id, (SELECT coalesce(max(id), 0) + 1 FROM memories)),
                    :session_id, :kind, nullif(:subject, ''), :text, :source_message_id, :now, :now, 1)
            RETURNING id)sql"};
        query.bind(":id", util::make_id(impl_->clock)).bind(":session_id", memory.session_id);
        query.bind(":kind", static_cast<std::int64_t>(memory.kind)).bind(":subject", memory.subject);
        query.bind(":text", memory.text).bind(":source_message_id", memory.source_message);
        query.bind(":now", to_column(now));
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

model::Memory UserFile::change_memory(const model::Memory& memory, std::string_view text,
                                      util::Id message_id) {
    model::Memory changed = memory;
    changed.text = text;
    changed.source_message = message_id;
    changed.updated_at = impl_->clock.now();
    changed.version = memory.version + 1;
    {
        Query query{impl_->connection, R"sql(
            INSERT INTO memory_history (memory_id, version, text, changed_at, message_id)
            SELECT id, version, text, updated_at, source_message_id FROM memories WHERE id = :id)sql"};
        query.bind(":id", memory.id);
        query.execute();
    }
    {
        Query query{impl_->connection, R"sql(
            UPDATE memories SET text = :text, source_message_id = :source_message_id, updated_at = :now,
                                version = :version
            WHERE id = :id)sql"};
        query.bind(":text", text).bind(":source_message_id", message_id);
        query.bind(":now", to_column(changed.updated_at)).bind(":id", memory.id);
        query.bind(":version", static_cast<std::int64_t>(changed.version));
        query.execute();
    }
    return changed;
}

std::optional<model::Memory> UserFile::find_memory(util::Id id) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
        FROM memories WHERE id = :id)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    return read_memory(query);
}

std::optional<model::Memory> UserFile::find_memory_by_subject(std::string_view subject, const Scope& scope) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
        FROM memories WHERE subject = :subject AND session_id IS :isolated_session)sql"};
    query.bind(":subject", subject).bind(":isolated_session", scope.isolated_session);
    if (!query.next()) return std::nullopt;
    return read_memory(query);
}

std::optional<model::Memory> UserFile::find_memory_by_text(std::string_view text, const Scope& scope) {
    Query query{impl_->connection, R"sql(
        SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
        FROM memories WHERE text = :text AND session_id IS :isolated_session)sql"};
    query.bind(":text", text).bind(":isolated_session", scope.isolated_session);
    if (!query.next()) return std::nullopt;
    return read_memory(query);
}

}  // namespace arq::store
