// SPDX-License-Identifier: MIT
#include "arq/store/user_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/migrations.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

constexpr off_t kLogBytesPerPage = 1024 + 24;

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
    : UserFile(std::make_unique<Impl>(path, options, clock)) {
    impl_->connection.set_busy_timeout(options.busy_timeout_ms);
    impl_->connection.set_pragma("wal_autocheckpoint", options.wal_checkpoint_pages);
    prepare();
}

std::unique_ptr<UserFile> UserFile::open_alone(const std::string& path, const UserFileOptions& options,
                                               util::Clock& clock) {
    std::unique_ptr<UserFile> file{new UserFile{std::make_unique<Impl>(path, options, clock)}};
    if (!file->impl_->connection.lock_alone()) return nullptr;
    // A log that was opened anew doesn't know how much of it was folded in before, so each commit would do
    // it all again: instead the closing looks how long it has grown.
    file->impl_->connection.set_pragma("wal_autocheckpoint", 0);
    file->impl_->leaves_log = true;
    file->prepare();
    return file;
}

UserFile::UserFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

void UserFile::prepare() {
    Connection& connection = impl_->connection;
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
    connection.set_pragma("cache_size", -static_cast<std::int64_t>(impl_->options.page_cache_kib));
    migrate(connection, user_migrations());
    if (impl_->is_scrub_due()) scrub();
}

UserFile::~UserFile() {
    if (!impl_->leaves_log) return;
    struct stat log {};
    const bool is_long = ::stat((impl_->path + "-wal").c_str(), &log) == 0 &&
                         log.st_size / kLogBytesPerPage >= impl_->options.wal_checkpoint_pages;
    impl_->connection.keep_log_on_close(!is_long);
}

void UserFile::sync_log() {
    const util::UniqueFd log{::open((impl_->path + "-wal").c_str(), O_RDONLY | O_CLOEXEC)};
    // No log: all of it was folded into the file, which SQLite syncs as it does so.
    if (log && ::fdatasync(log.get()) != 0) impl_->connection.raise(SQLITE_IOERR_FSYNC, "sync the log");
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
