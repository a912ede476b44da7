// SPDX-License-Identifier: MIT
#include "arq/store/user_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"
#include "store/failure.h"
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

// What another worker does to the same file takes no longer than a few of these.
constexpr int kConversionTries = 20;
constexpr util::Milliseconds kConversionPause{10};

void use_rollback_journal(Connection& connection, util::Clock& clock) {
    // Before anything that reads: that would open the log, and with it the memory that is not shared here.
    for (int tries = 0; connection.is_marked_wal() && tries < kConversionTries; ++tries) {
        if (tries > 0) clock.sleep_for(kConversionPause);
        // In exclusive mode SQLite keeps the log's index in memory of its own instead of sharing it.
        connection.set_pragma("locking_mode", "EXCLUSIVE");
        connection.leave_wal_mode();
        connection.set_pragma("locking_mode", "NORMAL");
    }
    // A worker from before store.journal was changed has the file open. Until it ends, both use the log.
    if (connection.is_marked_wal())
        util::log_info(
            "a user's file keeps its write-ahead log until it is next opened: it is in use elsewhere");
    // EXTRA: the journal's name is gone for good, its folder synced, before a commit is acknowledged. With
    // FULL it could come back after a power cut and take the commit with it.
    connection.set_pragma("synchronous", "EXTRA");
}

}  // namespace

struct UserFile::Transaction::State {
    explicit State(Impl& of) : impl(of), transaction(of.connection) {}
    ~State() {
        if (!is_committed) {
            impl.recent.clear();
            impl.waiting.reset();
            impl.uncounted.reset();
        }
        impl.erased.clear();
        impl.has_erased = false;
    }
    Impl& impl;
    ImmediateTransaction transaction;
    bool is_committed = false;
};

UserFile::Transaction::Transaction(UserFile& file) : state_(std::make_unique<State>(*file.impl_)) {}
UserFile::Transaction::~Transaction() = default;
void UserFile::Transaction::commit() {
    state_->impl.finish_erasing();
    state_->transaction.commit();
    state_->is_committed = true;
    if (state_->impl.has_erased) state_->impl.is_scrub_wanted = true;
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

UserFile::UserFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    // Before SQLite looks at it: it would delete the log of an empty file.
    if (impl_->connection.file_bytes() == 0) impl_->connection.raise(SQLITE_CORRUPT, "open");
}

void UserFile::prepare() {
    Connection& connection = impl_->connection;
    if (impl_->options.journal == Journal::kRollback) use_rollback_journal(connection, impl_->clock);
    // A user's file is put in place as a whole: one without a schema was emptied by somebody, and to begin
    // anew in it would hide that.
    if (connection.pragma("user_version") == 0) connection.raise(SQLITE_CORRUPT, "PRAGMA user_version");
    if (impl_->options.journal == Journal::kWriteAheadLog) {
        // A file is made in WAL mode, but an erasing that was cut off leaves it without. With FULL each
        // commit is one sync.
        connection.set_pragma("journal_mode", "WAL");
        connection.set_pragma("synchronous", "FULL");
    }
    connection.set_pragma("foreign_keys", "ON");
    connection.set_pragma("secure_delete", "FAST");
    connection.set_pragma("temp_store", "MEMORY");  // no word of a user's in a temporary file elsewhere
    connection.set_pragma("cache_size", -static_cast<std::int64_t>(impl_->options.page_cache_kib));
    migrate(connection, user_migrations());
    if (impl_->is_scrub_due()) scrub_late();
}

UserFile::~UserFile() {
    if (!impl_->leaves_log) return;
    struct stat log {};
    const bool is_long = ::stat((impl_->path + "-wal").c_str(), &log) == 0 &&
                         log.st_size / kLogBytesPerPage >= impl_->options.wal_checkpoint_pages;
    // What failed is left as it is, and so is its log, however long.
    impl_->connection.keep_log_on_close(!is_long || impl_->connection.has_failed());
}

bool UserFile::is_to_be_reopened() const {
    return impl_->connection.has_failed() || impl_->left_unscrubbed;
}

void UserFile::sync_log() {
    const util::UniqueFd log{::open((impl_->path + "-wal").c_str(), O_RDONLY | O_CLOEXEC)};
    if (log) {
        if (::fdatasync(log.get()) != 0) throw storage_error(errno);
        return;
    }
    if (errno != ENOENT) throw storage_error(errno);
    // With a rollback journal a commit is the unlinking of it, and what it is about was synced before.
    try {
        util::sync_folder(impl_->path.substr(0, impl_->path.rfind('/')));
    } catch (const std::system_error& error) {
        throw storage_error(error.code().value());
    }
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
