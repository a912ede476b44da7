// SPDX-License-Identifier: MIT
#include "store/recall_index.h"

#include <array>
#include <cstdio>
#include <limits>
#include <map>
#include <span>
#include <vector>

namespace arq::store {
namespace {

// As many blocks as a search looks into in any case are in no directory: most users never have one.
constexpr std::int64_t kListAt = 12;
constexpr std::int64_t kListAtOnce = 8;
constexpr std::int64_t kMostAtOnce = 1024;

const char* state_name(BlockKind kind) {
    return kind == BlockKind::kExchanges ? "recall_through" : "recall_memories_through";
}

void set_indexed_through(Connection& connection, BlockKind kind, std::int64_t through) {
    Query update{connection, "UPDATE state SET value = :through WHERE name = :name"};
    update.bind(":through", through).bind(":name", state_name(kind));
    update.execute();
}

void put_block(Connection& connection, BlockKind kind, std::int64_t scope,
               std::span<const IndexedExchange> exchanges) {
    Query insert{connection, R"sql(
        INSERT OR REPLACE INTO recall_blocks (kind, scope, first_id, last_id, content)
        VALUES (:kind, :scope, :first_id, :last_id, :content))sql"};
    insert.bind(":kind", static_cast<std::int64_t>(kind)).bind(":scope", scope);
    insert.bind(":first_id", exchanges.front().id).bind(":last_id", exchanges.back().id);
    insert.bind_blob(":content", encode_block(exchanges));
    insert.execute();
}

// The scope's last block, to be filled up; nothing where it is full.
std::vector<IndexedExchange> take_last_block(Connection& connection, BlockKind kind, std::int64_t scope) {
    util::Id first = 0;
    util::Id last = 0;
    std::string content;
    {
        Query query{connection, R"sql(
            SELECT first_id, last_id, content FROM recall_blocks WHERE kind = :kind AND scope = :scope
            ORDER BY first_id DESC LIMIT 1)sql"};
        query.bind(":kind", static_cast<std::int64_t>(kind)).bind(":scope", scope);
        if (!query.next()) return {};
        first = query.integer(0);
        last = query.integer(1);
        content = query.text(2);
    }
    if (kind == BlockKind::kExchanges && first <= listed_through(connection, scope)) return {};
    if (content.empty()) content = renew_block(connection, kind, scope, first, last);
    if (content.empty()) return {};
    std::vector<IndexedExchange> exchanges = decode_block(content);
    // The place of a block is its first id: what is taken out of its front moves it.
    if (exchanges.size() >= kMostInBlock || exchanges.front().id != first) return {};
    return exchanges;
}

void fill_blocks(Connection& connection, BlockKind kind, std::int64_t scope,
                 const std::vector<IndexedExchange>& added) {
    std::vector<IndexedExchange> all = take_last_block(connection, kind, scope);
    all.insert(all.end(), added.begin(), added.end());
    for (std::span<const IndexedExchange> rest{all}; !rest.empty();) {
        const std::size_t fit = fit_block(rest);
        put_block(connection, kind, scope, rest.first(fit));
        rest = rest.subspan(fit);
    }
}

std::string list_stems(std::int64_t scope, std::string_view block) {
    std::string list;
    for (const std::uint32_t stem : stems_of_block(block)) {
        if (!list.empty()) list += ' ';
        list += directory_term(scope, stem);
    }
    return list;
}

// Puts the oldest blocks of the scope that are in no directory into it, where there are many.
void list_blocks(Connection& connection, std::int64_t scope) {
    util::Id listed = listed_through(connection, scope);
    for (;;) {
        std::vector<util::Id> blocks;
        {
            Query query{connection, R"sql(
                SELECT first_id FROM recall_blocks WHERE kind = 0 AND scope = :scope AND first_id > :listed
                ORDER BY first_id LIMIT :most)sql"};
            query.bind(":scope", scope).bind(":listed", listed).bind(":most", kListAt);
            while (query.next()) blocks.push_back(query.integer(0));
        }
        if (static_cast<std::int64_t>(blocks.size()) < kListAt) return;
        blocks.resize(kListAtOnce);
        for (const util::Id block : blocks) {
            Query content{connection, R"sql(
                SELECT content FROM recall_blocks WHERE kind = 0 AND scope = :scope AND first_id = :block)sql"};
            content.bind(":scope", scope).bind(":block", block);
            if (!content.next() || content.view(0).empty()) continue;
            Query insert{connection, "INSERT INTO recall_directory (rowid, stems) VALUES (:block, :stems)"};
            insert.bind(":block", block).bind(":stems", list_stems(scope, content.view(0)));
            insert.execute();
        }
        listed = blocks.back();
        Query mark{connection, R"sql(
            INSERT OR REPLACE INTO recall_blocks (kind, scope, first_id, last_id, content)
            VALUES (2, :scope, 0, :listed, x''))sql"};
        mark.bind(":scope", scope).bind(":listed", listed);
        mark.execute();
    }
}

constexpr const char* kExchangesBetween = R"sql(
    SELECT m.id, m.session_id, s.isolated, m.text, r.text
    FROM messages m JOIN sessions s ON s.id = m.session_id LEFT JOIN messages r ON r.id = m.pair_id
    WHERE m.id >= :first AND m.id <= :last AND m.role = 0 AND m.hidden = 0
    ORDER BY m.id LIMIT :most)sql";
constexpr const char* kMemoriesBetween = R"sql(
    SELECT id, 0, session_id IS NOT NULL, text, NULL, coalesce(session_id, 0) FROM memories
    WHERE id >= :first AND id <= :last ORDER BY id LIMIT :most)sql";

}  // namespace

std::int64_t indexed_through(Connection& connection, BlockKind kind) {
    Query query{connection, "SELECT value FROM state WHERE name = :name"};
    query.bind(":name", state_name(kind));
    return query.next() ? query.integer(0) : 0;
}

std::string directory_term(std::int64_t scope, std::uint32_t stem) {
    std::array<char, 32> term{};
    const int size = scope == 0 ? std::snprintf(term.data(), term.size(), "x%06x", stem)
                                : std::snprintf(term.data(), term.size(), "s%llxx%06x",
                                                static_cast<unsigned long long>(scope), stem);
    return {term.data(), static_cast<std::size_t>(size)};
}

util::Id listed_through(Connection& connection, std::int64_t scope) {
    Query query{connection, "SELECT last_id FROM recall_blocks WHERE kind = 2 AND scope = :scope"};
    query.bind(":scope", scope);
    return query.next() ? query.integer(0) : 0;
}

std::int64_t index_messages(Connection& connection, std::int64_t least, const RecentStems* recent) {
    const std::int64_t from = indexed_through(connection, BlockKind::kExchanges);
    std::int64_t waiting = 0;
    {
        Query count{connection, R"sql(
            SELECT count(*) FROM (SELECT 1 FROM messages WHERE id > :from AND role = 0 LIMIT :most))sql"};
        count.bind(":from", from).bind(":most", least / 2 + 2 * kMostAtOnce);
        count.next();
        waiting = count.integer(0);
        if (2 * waiting < least || waiting == 0) return 2 * waiting;
    }
    std::map<std::int64_t, std::vector<IndexedExchange>> scopes;
    std::int64_t through = from;
    {
        Query rows{connection, kExchangesBetween};
        rows.bind(":first", from + 1).bind(":last", std::numeric_limits<std::int64_t>::max());
        rows.bind(":most", kMostAtOnce);
        for (; rows.next(); --waiting) {
            through = rows.integer(0);
            const std::int64_t session = rows.integer(1);
            const IndexedExchange* const known = recent == nullptr ? nullptr : recent->find(through);
            scopes[rows.integer(2) != 0 ? session : 0].push_back(
                known != nullptr ? *known
                                 : IndexedExchange{.id = through,
                                                   .session = session,
                                                   .said = index_text(rows.view(3)),
                                                   .answered = index_text(rows.view(4))});
        }
    }
    if (through == from) return 0;  // all that waits is hidden
    for (const auto& [scope, exchanges] : scopes) {
        fill_blocks(connection, BlockKind::kExchanges, scope, exchanges);
        list_blocks(connection, scope);
    }
    set_indexed_through(connection, BlockKind::kExchanges, through);
    return 2 * std::max<std::int64_t>(waiting, 0);
}

void index_memories(Connection& connection, std::int64_t least) {
    std::int64_t through = indexed_through(connection, BlockKind::kMemories);
    std::map<std::int64_t, std::vector<IndexedExchange>> scopes;
    {
        Query count{connection,
                    "SELECT count(*) FROM (SELECT 1 FROM memories WHERE id > :from LIMIT :least)"};
        count.bind(":from", through).bind(":least", least);
        count.next();
        if (count.integer(0) < least) return;
    }
    {
        Query rows{connection, kMemoriesBetween};
        rows.bind(":first", through + 1).bind(":last", std::numeric_limits<std::int64_t>::max());
        rows.bind(":most", std::int64_t{-1});
        while (rows.next()) {
            through = rows.integer(0);
            scopes[rows.integer(5)].push_back({.id = through, .said = index_text(rows.view(3))});
        }
    }
    for (const auto& [scope, memories] : scopes)
        fill_blocks(connection, BlockKind::kMemories, scope, memories);
    set_indexed_through(connection, BlockKind::kMemories, through);
}

void index_late_answer(Connection& connection, util::Id message_id, util::Id session_id) {
    Query{connection, "UPDATE state SET value = value + 1 WHERE name = 'recall_removals'"}.execute();
    Query query{connection, R"sql(
        UPDATE recall_blocks SET content = x''
        WHERE kind = 0 AND (scope = :session_id OR
                            scope = 0 AND first_id = (SELECT max(first_id) FROM recall_blocks
                                                      WHERE kind = 0 AND scope = 0 AND first_id <= :id))
              AND first_id <= :id AND last_id >= :id)sql"};
    query.bind(":session_id", session_id).bind(":id", message_id);
    query.execute();
}

std::string renew_block(Connection& connection, BlockKind kind, std::int64_t scope, util::Id first_id,
                        util::Id last_id) {
    std::vector<IndexedExchange> exchanges;
    {
        Query rows{connection, kind == BlockKind::kExchanges ? kExchangesBetween : kMemoriesBetween};
        rows.bind(":first", first_id).bind(":last", last_id).bind(":most", std::int64_t{-1});
        while (rows.next()) {
            const std::int64_t row_scope = kind == BlockKind::kMemories ? rows.integer(5)
                                           : rows.integer(2) != 0       ? rows.integer(1)
                                                                        : 0;
            if (row_scope != scope || exchanges.size() == kMostInBlock) continue;
            exchanges.push_back({.id = rows.integer(0),
                                 .session = rows.integer(1),
                                 .said = index_text(rows.view(3)),
                                 .answered = index_text(rows.view(4))});
        }
    }
    std::string content = exchanges.empty() ? std::string{} : encode_block(exchanges);
    if (!connection.in_transaction()) return content;
    const auto place = [&](Query& query) {
        query.bind(":kind", static_cast<std::int64_t>(kind))
            .bind(":scope", scope)
            .bind(":first_id", first_id);
    };
    if (content.empty()) {
        Query remove{connection, R"sql(
            DELETE FROM recall_blocks WHERE kind = :kind AND scope = :scope AND first_id = :first_id)sql"};
        place(remove);
        remove.execute();
        return content;
    }
    Query write{connection, R"sql(
        UPDATE recall_blocks SET content = :content
        WHERE kind = :kind AND scope = :scope AND first_id = :first_id)sql"};
    place(write);
    write.bind_blob(":content", content);
    write.execute();
    return content;
}

namespace {

void renew_all_blocks(Connection& connection) {
    struct Place {
        BlockKind kind;
        std::int64_t scope, first_id, last_id;
    };
    std::vector<Place> places;
    {
        Query query{connection, R"sql(
            SELECT kind, scope, first_id, last_id FROM recall_blocks WHERE kind < 2 AND length(content) = 0)sql"};
        while (query.next())
            places.push_back({static_cast<BlockKind>(query.integer(0)), query.integer(1), query.integer(2),
                              query.integer(3)});
    }
    for (const Place& place : places)
        renew_block(connection, place.kind, place.scope, place.first_id, place.last_id);
}

// Taking single rows out of it needs what went in, which is gone.
void renew_directory(Connection& connection) {
    std::vector<std::int64_t> scopes;
    {
        Query query{connection, "SELECT scope FROM recall_blocks WHERE kind = 2"};
        while (query.next()) scopes.push_back(query.integer(0));
    }
    Query{connection, "INSERT INTO recall_directory (recall_directory) VALUES ('delete-all')"}.execute();
    Query{connection, "DELETE FROM recall_blocks WHERE kind = 2"}.execute();
    for (const std::int64_t scope : scopes) list_blocks(connection, scope);
}

}  // namespace

void drop_index(Connection& connection) {
    Query{connection, "DELETE FROM recall_blocks"}.execute();
    Query{connection, "INSERT INTO recall_directory (recall_directory) VALUES ('delete-all')"}.execute();
    set_indexed_through(connection, BlockKind::kExchanges, 0);
    set_indexed_through(connection, BlockKind::kMemories, 0);
    Query{connection, "UPDATE state SET value = value + 1 WHERE name = 'recall_removals'"}.execute();
}

void rebuild_indexes(Connection& connection, int least) {
    // Those of older builds, who make them anew when they need them.
    Query{connection, "INSERT INTO message_index (message_index) VALUES ('delete-all')"}.execute();
    Query{connection, "UPDATE state SET value = 0 WHERE name = 'indexed_through'"}.execute();
    Query{connection, "INSERT INTO memory_index (memory_index) VALUES ('delete-all')"}.execute();
    // Without a row to spare an older build could not take out what it believes to be there (migration 6).
    Query{connection,
          "INSERT INTO memory_index (rowid, stems) VALUES (1, replace(hex(zeroblob(32)), '00', 'x '))"}
        .execute();
    renew_all_blocks(connection);
    renew_directory(connection);
    while (index_messages(connection, least, nullptr) >= least && least > 0) {
    }
    index_memories(connection, kMostMemoriesReadThrough);
}

}  // namespace arq::store
