// SPDX-License-Identifier: MIT
//
// Full-text search over what was said. Index rows are written for many messages at once, because each
// commit that touches the index costs more than twice the bytes of the messages themselves; those that
// wait for it are read row by row.
#include <algorithm>

#include "arq/util/text.h"
#include "store/full_text.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

void count_in_index(Connection& connection, const util::StemSet& wanted, UserFile::Found& found) {
    // In one statement, for each opening of the list of terms costs as much as what it is asked for.
    Query count{connection, R"sql(
        SELECT wanted.key, found.doc
        FROM json_each(:terms) wanted JOIN message_terms found ON found.term = wanted.value)sql"};
    count.bind(":terms", list_terms(wanted.stems()));
    while (count.next()) found.with_stem.at(static_cast<std::size_t>(count.integer(0))) = count.integer(1);
}

// Newest first, so that it may end early however many there are.
void search_index(Connection& connection, const util::StemSet& wanted, const std::string& match,
                  const Scope& scope, int limit, UserFile::Found& found) {
    Query query{connection, R"sql(
        SELECT m.id, m.text
        FROM message_index JOIN messages m ON m.id = message_index.rowid
                           JOIN sessions s ON s.id = m.session_id
        WHERE message_index MATCH :match AND m.role = 0 AND m.hidden = 0
          AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
        ORDER BY message_index.rowid DESC LIMIT :limit)sql"};
    query.bind(":match", match).bind(":isolated_session", scope.isolated_session);
    query.bind(":limit", static_cast<std::int64_t>(limit));
    while (query.next())
        found.hits.push_back({.id = query.integer(0), .stems = wanted.find_in(query.view(1))});
}

// What holds the two rarest of the chosen stems together is found however old it is, up to half the limit;
// the other half is for what holds any of them.
void search_index(Connection& connection, const util::StemSet& wanted, std::uint64_t chosen,
                  const Scope& scope, int limit, UserFile::Found& found) {
    std::vector<std::size_t> order;
    for (std::size_t at = 0; at < wanted.stems().size(); ++at)
        if ((chosen >> at & 1U) != 0 && found.with_stem[at] > 0) order.push_back(at);
    if (order.empty()) return;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return found.with_stem[a] < found.with_stem[b]; });
    std::vector<std::string> stems;
    stems.reserve(order.size());
    for (const std::size_t at : order) stems.push_back(wanted.stems()[at]);
    const std::size_t before = found.hits.size();
    if (stems.size() > 1)
        search_index(connection, wanted, match_all({stems[0], stems[1]}), scope, (limit + 1) / 2, found);
    const auto together = static_cast<int>(found.hits.size() - before);
    search_index(connection, wanted, match_any(stems), scope, limit - together, found);
    const auto first = found.hits.begin() + static_cast<std::ptrdiff_t>(before);
    std::sort(first, found.hits.end(), [](const model::Hit& a, const model::Hit& b) { return a.id < b.id; });
    found.hits.erase(std::unique(first, found.hits.end(),
                                 [](const model::Hit& a, const model::Hit& b) { return a.id == b.id; }),
                     found.hits.end());
}

}  // namespace

std::int64_t indexed_through(Connection& connection) {
    Query query{connection, "SELECT value FROM state WHERE name = 'indexed_through'"};
    query.next();
    return query.integer(0);
}

std::int64_t index_messages(Connection& connection, std::int64_t least) {
    const std::int64_t from = indexed_through(connection);
    {
        Query count{connection, "SELECT count(*) FROM messages WHERE id > :from"};
        count.bind(":from", from);
        count.next();
        if (count.integer(0) < least) return count.integer(0);
    }
    std::int64_t through = from;
    {
        Query rows{connection, "SELECT id, text, hidden FROM messages WHERE id > :from ORDER BY id"};
        rows.bind(":from", from);
        while (rows.next()) {
            through = rows.integer(0);
            if (rows.integer(2) != 0) continue;
            Query insert{connection, "INSERT INTO message_index (rowid, stems) VALUES (:id, :stems)"};
            insert.bind(":id", through).bind(":stems", join_stems(util::stems(rows.text(1))));
            insert.execute();
        }
    }
    Query update{connection, "UPDATE state SET value = :through WHERE name = 'indexed_through'"};
    update.bind(":through", through);
    update.execute();
    return 0;
}

void UserFile::Impl::index_when_due(int said) {
    if (waiting) *waiting += said;
    if (waiting.value_or(options.index_batch_messages) < options.index_batch_messages) return;
    waiting = index_messages(connection, options.index_batch_messages);
}

UserFile::Found UserFile::search_messages(const util::StemSet& wanted, const Scope& scope, int limit,
                                          const std::function<std::uint64_t(const Found&)>& choose) {
    Found found{.hits = {}, .with_stem = std::vector<std::int64_t>(wanted.stems().size()), .in_all = 0};
    if (wanted.empty()) return found;
    const std::int64_t through = indexed_through(impl_->connection);
    // Most users never say so much that an index is made: then nothing of it is even looked at.
    if (through > 0) count_in_index(impl_->connection, wanted, found);
    std::int64_t rows = 0;
    const auto take = [&](util::Id id, std::uint64_t stems) {
        ++rows;
        if (stems == 0) return;
        found.hits.push_back({.id = id, .stems = stems});
        for (std::size_t at = 0; at < found.with_stem.size(); ++at)
            found.with_stem[at] += static_cast<std::int64_t>(stems >> at & 1U);
    };
    {
        Query version{impl_->connection, "PRAGMA data_version"};
        version.next();
        impl_->recent.keep_only(version.integer(0), through);
    }
    const util::Id remembered = impl_->recent.first_id();
    if (remembered > through + 1) {
        Query tail{impl_->connection, R"sql(
            SELECT m.id, m.text
            FROM messages m JOIN sessions s ON s.id = m.session_id
            WHERE m.id > :indexed_through AND m.id < :remembered AND m.role = 0 AND m.hidden = 0
              AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END)sql"};
        tail.bind(":indexed_through", through).bind(":remembered", remembered);
        tail.bind(":isolated_session", scope.isolated_session);
        while (tail.next()) take(tail.integer(0), wanted.find_in(tail.view(1)));
    }
    impl_->recent.find(wanted, scope.isolated_session, take);
    // Of the tail the replies, as many again, were not read.
    Query count{impl_->connection, "SELECT coalesce(sum(message_count), 0) FROM sessions"};
    count.next();
    found.in_all = std::max(count.integer(0) - rows, rows);
    if (through > 0) search_index(impl_->connection, wanted, choose(found), scope, limit, found);
    return found;
}

}  // namespace arq::store
