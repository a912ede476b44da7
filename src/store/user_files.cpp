// SPDX-License-Identifier: MIT
#include "arq/store/user_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"
#include "store/failure.h"
#include "store/file_image.h"
#include "store/file_locks.h"
#include "store/kept_copies.h"
#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

constexpr std::chrono::hours kUnfinishedAge{1};

// A user's file as it is on its first day, made once: a new user costs the writing of these bytes
// instead of the running of every migration.
std::string make_empty_file(Journal journal) {
    Connection connection{"", Connection::Mode::kInMemory};
    // Small pages: a message touches few bytes of many pages, and each commit writes whole pages.
    connection.set_pragma("page_size", kPageBytes);
    migrate(connection, user_migrations());
    std::string bytes = connection.serialize();
    if (journal == Journal::kWriteAheadLog) {
        bytes[Connection::kFileVersionOffset] = Connection::kFileVersionWal;
        bytes[Connection::kFileVersionOffset + 1] = Connection::kFileVersionWal;
    }
    return bytes;
}

// What is there under a user's name and is no file was put there by somebody: a link may lead to another
// user's file, a pipe would never be opened.
bool is_there(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return false;
        throw storage_error(errno);
    }
    if (S_ISREG(status.st_mode)) return true;
    util::log_error("this is no regular file, so it is not opened: " + path);
    throw Error{
        ErrorCode::kStorageDamaged,
        "this user's file is damaged and was left as it is: the operator has to repair it, or to put it "
        "back from a backup"};
}

}  // namespace

bool is_user_key(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string user_file_path(const std::string& folder, const UserKey& user) {
    return folder + "/" + user.hex().substr(0, 2) + "/" + user.hex().substr(2, 2) + "/" + user.hex() +
           ".sqlite3";
}

struct UserFiles::Impl {
    // One file that is open, or about to be.
    struct Entry {
        std::mutex in_use;
        std::unique_ptr<OpenMark> mark;  // guarded by in_use; there as long as `file` is
        std::unique_ptr<UserFile> file;  // guarded by in_use; null until the first user opened it

        // Guarded by the Impl's mutex.
        int users = 0;         // who hold or wait for `in_use`, so that nobody closes it under them
        bool is_kept = false;  // stays open when nobody uses it
        std::chrono::steady_clock::time_point last_used;
    };
    using Entries = std::vector<std::shared_ptr<Entry>>;

    std::string path_of(const UserKey& user) const { return user_file_path(folder, user); }

    void create(const UserKey& user) const {
        try {
            const std::string outer = folder + "/" + user.hex().substr(0, 2);
            util::make_durable_folder(outer, 0700);
            util::make_durable_folder(outer + "/" + user.hex().substr(2, 2), 0700);
            util::create_file(path_of(user), empty_file, 0600);
        } catch (const std::system_error& error) {
            throw storage_error(error.code().value());
        }
    }

    // Whether a file that has to be opened shall stay open. Called with the mutex held.
    bool is_worth_keeping(const std::string& key) {
        const bool came_back = recent.contains(key) || before.contains(key);
        recent.insert(key);
        if (recent.size() > open_files / 2) before = std::exchange(recent, {});
        return (came_back && open_files > 0) || kept < open_files;
    }

    void forget(std::unordered_map<std::string, std::shared_ptr<Entry>>::iterator place) {
        if (place->second->is_kept) --kept;
        entries.erase(place);
    }

    // What has gone unused for longest, as long as there are too many, and all that was last used before
    // `deadline`: taken out of the map, to be closed without the lock, because closing folds the write-ahead
    // log into the file. Called with the mutex held.
    Entries take_superfluous(std::chrono::steady_clock::time_point deadline) {
        Entries superfluous;
        for (;;) {
            auto oldest = entries.end();
            for (auto it = entries.begin(); it != entries.end(); ++it)
                if (it->second->users == 0 &&
                    (oldest == entries.end() || it->second->last_used < oldest->second->last_used))
                    oldest = it;
            const bool goes =
                oldest != entries.end() && (kept > open_files || oldest->second->last_used < deadline);
            if (!goes) return superfluous;
            superfluous.push_back(oldest->second);
            forget(oldest);
        }
    }

    std::unique_ptr<UserFile> open_file(const std::string& path, bool is_kept) const {
        if (!is_kept && options.journal == Journal::kWriteAheadLog)
            if (auto file = UserFile::open_alone(path, options, clock)) return file;
        return std::make_unique<UserFile>(path, options, clock);
    }

    void tidy_folder(const std::string& path, std::chrono::seconds idle);
    void fold_log(const std::string& path);

    const std::string folder;
    const UserFileOptions options;
    const std::size_t open_files;
    util::Clock& clock;
    const std::string empty_file = make_empty_file(options.journal);

    std::mutex mutex;
    // Shared, for an entry may be closed by one thread while the map is used by another. Guarded by mutex.
    std::unordered_map<std::string, std::shared_ptr<Entry>> entries;
    std::size_t kept = 0;                            // entries that are; guarded by mutex
    std::unordered_set<std::string> recent, before;  // whose files were opened lately; guarded by mutex
    unsigned next_folder = 0;                        // tidy()'s own
};

// Counts as a user of the entry from its making, holds the file from the moment it has it.
struct UserFiles::Lease::State {
    State(Impl& owner, const UserKey& user) : files(owner), key(user.hex()) {
        {
            const std::lock_guard lock{files.mutex};
            auto& slot = files.entries[key];
            if (!slot) slot = std::make_shared<Impl::Entry>();
            entry = slot;
            ++entry->users;
        }
        in_use = std::unique_lock{entry->in_use};
    }

    void open(const std::string& path, const UserKey& user) {
        Impl::Entries superfluous;  // closed when the lock is gone
        bool is_kept = false;
        {
            const std::lock_guard lock{files.mutex};
            if (!entry->is_kept && files.is_worth_keeping(key)) {
                entry->is_kept = true;
                ++files.kept;
            }
            is_kept = entry->is_kept;
            if (files.kept > files.open_files) superfluous = files.take_superfluous({});
        }
        superfluous.clear();
        auto mark = std::make_unique<OpenMark>(files.folder, user);
        entry->file = files.open_file(path, is_kept);
        entry->mark = std::move(mark);
    }
    ~State() {
        if (is_passing() || (entry->file && entry->file->is_to_be_reopened())) {
            entry->file.reset();
            entry->mark.reset();
        }
        const bool is_open = entry->file != nullptr;
        in_use.unlock();
        const std::lock_guard lock{files.mutex};
        entry->last_used = files.clock.steady_now();
        if (--entry->users == 0 && !is_open) files.forget(files.entries.find(key));
    }

    // Not to be kept, and nobody waits for it. (Whoever comes in between opens it again.)
    bool is_passing() const {
        const std::lock_guard lock{files.mutex};
        return !entry->is_kept && entry->users == 1;
    }

    Impl& files;
    const std::string key;
    std::shared_ptr<Impl::Entry> entry;
    std::unique_lock<std::mutex> in_use;
};

UserFiles::UserFiles(std::string folder, const UserFileOptions& options, int open_files, util::Clock& clock)
    : impl_(new Impl{.folder = std::move(folder),
                     .options = options,
                     .open_files = static_cast<std::size_t>(open_files),
                     .clock = clock}) {}
UserFiles::~UserFiles() = default;

UserFiles::Lease::Lease(std::unique_ptr<State> state) : state_(std::move(state)) {}
UserFiles::Lease::Lease(Lease&&) noexcept = default;
UserFiles::Lease::~Lease() = default;
UserFile& UserFiles::Lease::operator*() const {
    return *state_->entry->file;
}

std::optional<UserFiles::Lease> UserFiles::open(const UserKey& user) {
    auto state = std::make_unique<Lease::State>(*impl_, user);
    if (!state->entry->file) {
        const std::string path = impl_->path_of(user);
        const FolderLock lock{impl_->folder, FolderLock::Mode::kShared};
        if (!is_there(path)) return std::nullopt;
        state->open(path, user);
    }
    return Lease{std::move(state)};
}

UserFiles::Lease UserFiles::open_or_create(const UserKey& user) {
    if (auto lease = open(user)) return *std::move(lease);
    impl_->create(user);
    if (auto lease = open(user)) return *std::move(lease);
    throw Error{ErrorCode::kInternal, "a user's file vanished as it was made"};
}

void UserFiles::remove(const UserKey& user) {
    auto lease = open(user);
    if (!lease) return unlink_copies(impl_->path_of(user));
    std::unique_ptr<UserFile>& file = lease->state_->entry->file;
    std::unique_ptr<OpenMark>& mark = lease->state_->entry->mark;
    {
        UserFile::Transaction transaction{*file};
        file->erase_all();
        transaction.commit();
    }
    file->scrub();
    const FolderLock lock{impl_->folder, FolderLock::Mode::kExclusive};
    const bool alone = mark->is_only_one() && file->is_alone();
    file.reset();
    mark.reset();
    if (!alone) return;
    const std::string path = impl_->path_of(user);
    const std::string folder = path.substr(0, path.rfind('/'));
    try {
        // The log's and the journal's names must be gone for sure before the file's: after a power cut
        // SQLite would take what they hold for a part of this user's next file.
        util::sync_folder(folder);
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw storage_error(errno);
        util::sync_folder(folder);
    } catch (const std::system_error& error) {
        throw storage_error(error.code().value());
    }
}

void UserFiles::Impl::fold_log(const std::string& path) {
    {
        const std::lock_guard lock{mutex};
        const std::size_t name = path.rfind('/') + 1;
        if (entries.contains(path.substr(name, path.rfind('.') - name))) return;
    }
    const FolderLock lock{folder, FolderLock::Mode::kShared};
    Connection connection{path, Connection::Mode::kExisting};
    if (connection.file_bytes() == 0) return;  // damaged: SQLite would delete its log
    if (connection.lock_alone()) connection.truncate_log();
}

void UserFiles::Impl::tidy_folder(const std::string& path, std::chrono::seconds idle) {
    constexpr std::string_view kLog = ".sqlite3-wal";  // not that of a copy from before a repair
    constexpr std::string_view kUnfinished = ".sqlite3.new-";
    const auto now = std::filesystem::file_time_type::clock::now();
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator it{path, error}, end; it != end; it.increment(error)) {
        if (error) return;
        const std::string file = it->path().string();
        const bool is_log = file.ends_with(kLog);
        if (!is_log && file.find(kUnfinished) == std::string::npos) continue;
        const auto written = it->last_write_time(error);
        if (error || now - written < idle) continue;
        if (is_log)
            fold_log(file.substr(0, file.rfind('-')));
        else if (now - written > kUnfinishedAge)
            ::unlink(file.c_str());
    }
}

void UserFiles::tidy(std::chrono::seconds idle) {
    Impl::Entries superfluous;  // closed when the lock is gone
    {
        const std::lock_guard lock{impl_->mutex};
        superfluous = impl_->take_superfluous(impl_->clock.steady_now() - idle);
    }
    superfluous.clear();
    constexpr unsigned kFolders = 256;
    const unsigned number = impl_->next_folder++ % kFolders;
    std::array<char, 3> name{};
    static_cast<void>(std::snprintf(name.data(), name.size(), "%02x", number));
    try {
        impl_->tidy_folder(impl_->folder + "/" + name.data(), idle);
    } catch (const std::exception& error) {
        util::log_error(std::string{"tidying "} + name.data() + ": " + error.what());
    }
}

}  // namespace arq::store
