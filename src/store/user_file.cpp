// SPDX-License-Identifier: MIT
#include "arq/store/user_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/failure.h"
#include "store/migrations.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

model::Session read_session(const Query& row) {
    return {.id = row.integer(0),
            .title = row.text(1),
            .isolated = row.integer(2) != 0,
            .created_at = to_time(row.integer(3)),
            .updated_at = to_time(row.integer(4)),
            .message_count = static_cast<int>(row.integer(5))};
}

}  // namespace

struct UserFile::Transaction::State {
    explicit State(Connection& connection) : transaction(connection) {}
    ImmediateTransaction transaction;
};

UserFile::Transaction::Transaction(UserFile& file)
    : state_(std::make_unique<State>(file.impl_->connection)) {}
UserFile::Transaction::~Transaction() = default;
void UserFile::Transaction::commit() {
    state_->transaction.commit();
}

UserFile::UserFile(const std::string& path, const UserFileOptions& options, util::Clock& clock)
    : impl_(std::make_unique<Impl>(path, options, clock)) {
    Connection& connection = impl_->connection;
    connection.set_busy_timeout(options.busy_timeout_ms);
    // A user's file is put in place as a whole: one without a schema was emptied by somebody, and to begin
    // anew in it would hide that.
    if (connection.pragma("user_version") == 0) connection.raise(SQLITE_CORRUPT, "PRAGMA user_version");
    // A file is made in WAL mode, but an erasing that was cut off leaves it without. With FULL each commit
    // is one sync.
    connection.set_pragma("journal_mode", "WAL");
    connection.set_pragma("synchronous", "FULL");
    connection.set_pragma("foreign_keys", "ON");
    connection.set_pragma("secure_delete", "FAST");
    connection.set_pragma("temp_store", "MEMORY");  // no word of a user's in a temporary file elsewhere
    connection.set_pragma("cache_size", -static_cast<std::int64_t>(options.page_cache_kib));
    connection.set_pragma("wal_autocheckpoint", options.wal_checkpoint_pages);
    migrate(connection, user_migrations());
    if (impl_->is_scrub_due()) scrub_late();
}

UserFile::~UserFile() = default;

bool UserFile::is_to_be_reopened() const {
    return impl_->connection.has_failed() || impl_->left_unscrubbed;
}

void UserFile::sync_log() {
    const util::UniqueFd log{::open((impl_->path + "-wal").c_str(), O_RDONLY | O_CLOEXEC)};
    // No log: all of it was folded into the file, which SQLite syncs as it does so.
    if (!log && errno == ENOENT) return;
    if (!log || ::fdatasync(log.get()) != 0) throw storage_error(errno);
}

model::Session UserFile::create_session(std::string_view title, bool isolated) {
    const util::Timestamp now = impl_->clock.now();
    model::Session session{.id = util::make_id(impl_->clock),
                           .title = std::string{title},
                           .isolated = isolated,
                           .created_at = now,
                           .updated_at = now,
                           .message_count = 0};
    Query query{impl_->connection, R"sql(
        INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id)
        VALUES (max(:id, (SELECT coalesce(max(id), 0) + 1 FROM sessions)), :title, :isolated, :now, :now, 0, 0)
        RETURNING id)sql"};
    query.bind(":id", session.id)
        .bind(":title", title)
        .bind(":isolated", static_cast<std::int64_t>(isolated));
    query.bind(":now", to_column(now));
    query.next();
    session.id = query.integer(0);
    query.next();
    return session;
}

std::optional<model::Session> UserFile::find_session(util::Id id) {
    Query query{impl_->connection, R"sql(
        SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions WHERE id = :id)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    return read_session(query);
}

std::optional<model::Session> UserFile::latest_session() {
    Query query{impl_->connection, R"sql(
        SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions
        WHERE isolated = 0 ORDER BY updated_at DESC, id DESC LIMIT 1)sql"};
    if (!query.next()) return std::nullopt;
    return read_session(query);
}

void UserFile::rename_session(util::Id id, std::string_view title) {
    Query query{impl_->connection, "UPDATE sessions SET title = :title WHERE id = :id"};
    query.bind(":title", title).bind(":id", id);
    query.execute();
}

std::vector<model::Session> UserFile::list_sessions(std::optional<util::Id> after, int limit) {
    if (after && !find_session(*after))
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last session of the page before",
                    "after"};
    Query query{impl_->connection, R"sql(
        SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions
        WHERE :after IS NULL OR (updated_at, id) < (SELECT updated_at, id FROM sessions WHERE id = :after)
        ORDER BY updated_at DESC, id DESC LIMIT :limit)sql"};
    query.bind(":after", after).bind(":limit", static_cast<std::int64_t>(limit));
    std::vector<model::Session> sessions;
    while (query.next()) sessions.push_back(read_session(query));
    return sessions;
}

}  // namespace arq::store
