// SPDX-License-Identifier: MIT
#include "arq/store/repair.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/failure.h"
#include "store/file_image.h"
#include "store/file_locks.h"
#include "store/kept_copies.h"
#include "store/migrations.h"
#include "store/recover_rows.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

constexpr std::string_view kExtension = ".sqlite3";

// A user's file as this process has it open, marked so that nobody unlinks it meanwhile.
struct OpenFile {
    OpenFile(const std::string& folder, const UserKey& user, int busy_timeout_ms)
        : lock(std::make_unique<FolderLock>(folder, FolderLock::Mode::kShared)),
          path(existing_path(folder, user)),
          mark(folder, user),
          connection(path, Connection::Mode::kExisting) {
        lock.reset();
        connection.set_busy_timeout(busy_timeout_ms);
    }

    static std::string existing_path(const std::string& folder, const UserKey& user) {
        std::string path = user_file_path(folder, user);
        if (::access(path.c_str(), F_OK) != 0)
            throw Error{ErrorCode::kNotFound, "this user has no file: there is no " + path};
        return path;
    }

    std::unique_ptr<FolderLock> lock;  // while it is being opened
    const std::string path;
    OpenMark mark;
    Connection connection;
};

// Of tables and indexes, and of tables' columns: a byte within the schema's text is no matter to SQLite's
// checks.
std::set<std::string> names_in(Connection& connection) {
    std::set<std::string> names;
    Query query{connection, "SELECT name FROM sqlite_schema"};
    while (query.next()) names.insert(query.text(0));
    Query columns{connection, R"sql(
        SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.schema = 'main')sql"};
    while (columns.next()) names.insert(columns.text(0));
    return names;
}

// A table, column or index of its schema that the database lacks; empty where none.
std::string find_missing(Connection& connection, std::int64_t version) {
    const auto steps = user_migrations();
    Connection expected{"", Connection::Mode::kInMemory};
    migrate(expected, steps.first(std::min(static_cast<std::size_t>(version), steps.size())));
    const std::set<std::string> there = names_in(connection);
    for (const std::string& name : names_in(expected))
        if (!there.contains(name)) return name;
    return {};
}

std::string check(Connection& connection) {
    const std::int64_t version = connection.pragma("user_version");
    if (version <= 0) return "it has no schema: it was emptied, or is no user's file";
    if (const std::string missing = find_missing(connection, version); !missing.empty())
        return "it lacks " + missing;
    {
        Query query{connection, "SELECT integrity_check FROM pragma_integrity_check LIMIT 1"};
        if (query.next() && query.text(0) != "ok") return query.text(0);
    }
    {
        Query query{connection, "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1"};
        if (query.next())
            return "rows of " + query.text(0) + " belong to rows of " + query.text(1) + " that are lost";
    }
    // Commands to the index, which SQLite takes for writing. They change nothing.
    const ImmediateTransaction transaction{connection};
    Query{connection, "INSERT INTO message_index (message_index) VALUES ('integrity-check')"}.execute();
    if (version >= 2)
        Query{connection, "INSERT INTO memory_index (memory_index) VALUES ('integrity-check')"}.execute();
    return {};
}

// The same, where SQLite may refuse to read at all.
std::string find_damage_in(Connection& connection) {
    try {
        return check(connection);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::kStorageDamaged) throw;
        return connection.last_message();
    }
}

std::string read_log(const std::string& path) {
    try {
        return util::read_file(path + "-wal");
    } catch (const std::system_error& error) {
        if (error.code().value() == ENOENT) return {};
        throw storage_error(error.code().value());
    }
}

void sync_folder_of(const std::string& path) {
    try {
        util::sync_folder(path.substr(0, path.rfind('/')));
    } catch (const std::system_error& error) {
        throw storage_error(error.code().value());
    }
}

void require_known_schema(const FileImage& image) {
    const auto newest = static_cast<std::uint32_t>(user_migrations().back().version);
    if (image.schema().value_or(0) > newest)
        throw Error{ErrorCode::kStorageNewer,
                    "the file has a schema that this release does not know: run the arqctl of the newer one"};
}

// A log that a worker has open has to be shared with it, but SQLite takes no notice of one that is empty, and
// deletes that of an empty file. So it sees a byte more, which counts for nothing in either.
class LogInSight {
public:
    explicit LogInSight(OpenFile& file) : path_(file.path) {
        struct stat log {};
        if (::stat((path_ + "-wal").c_str(), &log) != 0) return;
        if (log.st_size == 0 && !file.connection.is_marked_wal()) {
            const util::UniqueFd fd{::open((path_ + "-wal").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
            if (!fd || ::write(fd.get(), "", 1) != 1) fail();
        }
        if (file.connection.file_bytes() > 0) return;
        // By its path: closing a descriptor of the file would drop all locks on it.
        if (::truncate(path_.c_str(), kPageBytes) != 0) fail();
        was_empty_ = true;
    }

    // Nothing of it was put in place.
    void undo() const {
        if (was_empty_ && ::truncate(path_.c_str(), 0) != 0) fail();
    }

private:
    [[noreturn]] static void fail() { throw storage_error(errno); }

    const std::string path_;
    bool was_empty_ = false;
};

bool is_empty(const Recovered& recovered) {
    return recovered.sessions == 0 && recovered.messages == 0 && recovered.memories == 0;
}

}  // namespace

std::vector<UserKey> list_user_files(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() == kExtension && is_user_key(name)) names.insert(name);
    }
    return {names.begin(), names.end()};
}

std::string find_damage(const std::string& folder, const UserKey& user, int busy_timeout_ms) {
    OpenFile file{folder, user, busy_timeout_ms};
    // Before SQLite looks at it: it would delete the log of an empty file.
    if (file.connection.file_bytes() == 0) return "it is empty";
    return find_damage_in(file.connection);
}

Repair repair_user_file(const std::string& folder, const UserKey& user, const RepairOptions& options,
                        util::Clock& clock) {
    Repair repair{.damage = find_damage(folder, user, options.busy_timeout_ms)};
    if (repair.damage.empty()) return repair;

    OpenFile damaged{folder, user, options.busy_timeout_ms};
    const LogInSight log_in_sight{damaged};
    Connection content{"", Connection::Mode::kInMemory};
    content.set_pragma("page_size", kPageBytes);
    migrate(content, user_migrations());
    // From here on nobody writes to the file, so what is read of it is all there is.
    Replacement replacement{damaged.connection, content};
    const std::string file = damaged.connection.read_file();
    const std::string log = read_log(damaged.path);
    repair.outcome = Repair::Outcome::kStartedAfresh;
    if (!options.fresh) {
        const FileImage image{file, log};
        require_known_schema(image);
        recover_rows(image, content, repair.recovered);
        repair.outcome =
            is_empty(repair.recovered) ? Repair::Outcome::kNothingFound : Repair::Outcome::kRecovered;
        if (is_empty(repair.recovered)) {
            log_in_sight.undo();
            return repair;
        }
    }
    if (const std::string damage = find_damage_in(content); !damage.empty())
        throw Error{ErrorCode::kInternal,
                    "what was recovered is not whole (" + damage + "): nothing was changed"};
    repair.kept = keep_copy(damaged.path, file, log, clock.now());
    replacement.commit();
    damaged.connection
        .truncate_log();  // else the file itself would hold the old content until a worker does so
    // With a rollback journal its name has to be gone for good, too.
    sync_folder_of(damaged.path);
    return repair;
}

}  // namespace arq::store
