// SPDX-License-Identifier: MIT
#include "arq/util/text.h"
#include "store/full_text.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

// So many memories are read through faster than the full-text index is opened.
constexpr std::int64_t kMostReadThrough = 64;

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

void index_memory(Connection& connection, util::Id id, std::string_view text) {
    Query query{connection, "INSERT INTO memory_index (rowid, stems) VALUES (:id, :stems)"};
    query.bind(":id", id).bind(":stems", join_stems(util::stems(text)));
    query.execute();
}

// A contentless index has to be told what it held.
void unindex_memory(Connection& connection, util::Id id, std::string_view text) {
    Query query{connection, R"sql(
        INSERT INTO memory_index (memory_index, rowid, stems) VALUES ('delete', :id, :stems))sql"};
    query.bind(":id", id).bind(":stems", join_stems(util::stems(text)));
    query.execute();
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
    index_memory(impl_->connection, memory.id, memory.text);
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
    unindex_memory(impl_->connection, memory.id, memory.text);
    index_memory(impl_->connection, memory.id, text);
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

std::vector<model::Hit> UserFile::search_memories(const util::StemSet& wanted, const Scope& scope,
                                                  int limit) {
    if (wanted.empty()) return {};
    std::vector<model::Hit> hits;
    const auto take = [&](const Query& row) {
        if (const std::uint64_t stems = wanted.find_in(row.view(1)); stems != 0)
            hits.push_back({.id = row.integer(0), .stems = stems});
    };
    {
        Query query{impl_->connection, R"sql(
            SELECT id, text FROM memories WHERE session_id IS :isolated_session
            ORDER BY id LIMIT :most + 1)sql"};
        query.bind(":isolated_session", scope.isolated_session).bind(":most", kMostReadThrough);
        int rows = 0;
        for (; query.next(); ++rows) take(query);
        if (rows <= kMostReadThrough) return hits;
    }
    hits.clear();
    Query query{impl_->connection, R"sql(
        SELECT m.id, m.text FROM memory_index JOIN memories m ON m.id = memory_index.rowid
        WHERE memory_index MATCH :match AND m.session_id IS :isolated_session
        ORDER BY rank LIMIT :limit)sql"};
    query.bind(":match", match_any(wanted.stems())).bind(":isolated_session", scope.isolated_session);
    query.bind(":limit", static_cast<std::int64_t>(limit));
    while (query.next()) take(query);
    return hits;
}

}  // namespace arq::store
