// SPDX-License-Identifier: MIT
#include "arq/store/user_files.h"

#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/file_image.h"
#include "store/file_locks.h"
#include "store/kept_copies.h"
#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

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

}  // namespace

bool is_user_key(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string user_file_path(const std::string& folder, const UserKey& user) {
    return folder + "/" + user.hex().substr(0, 2) + "/" + user.hex().substr(2, 2) + "/" + user.hex() +
           ".sqlite3";
}

struct UserFiles::Impl {
    // One open file. `users` (guarded by the Impl's mutex) counts those who hold or wait for `in_use`,
    // so that nobody closes it under them.
    struct Entry {
        std::mutex in_use;
        std::unique_ptr<OpenMark> mark;  // guarded by in_use; there as long as `file` is
        std::unique_ptr<UserFile> file;  // guarded by in_use; null until the first user opened it
        int users = 0;
        std::uint64_t last_used = 0;
    };

    std::string path_of(const UserKey& user) const { return user_file_path(folder, user); }

    void create(const UserKey& user) const {
        try {
            const std::string outer = folder + "/" + user.hex().substr(0, 2);
            util::make_durable_folder(outer, 0700);
            util::make_durable_folder(outer + "/" + user.hex().substr(2, 2), 0700);
            util::create_file(path_of(user), empty_file, 0600);
        } catch (const std::system_error& error) {
            raise_system_error(error);
        }
    }

    // The files that have gone unused for longest, taken out of the map to be closed without the lock:
    // closing folds the write-ahead log into the file.
    std::vector<std::shared_ptr<Entry>> take_superfluous() {
        std::vector<std::shared_ptr<Entry>> superfluous;
        while (entries.size() > open_files) {
            auto oldest = entries.end();
            for (auto it = entries.begin(); it != entries.end(); ++it)
                if (it->second->users == 0 &&
                    (oldest == entries.end() || it->second->last_used < oldest->second->last_used))
                    oldest = it;
            if (oldest == entries.end()) break;
            superfluous.push_back(std::move(oldest->second));
            entries.erase(oldest);
        }
        return superfluous;
    }

    const std::string folder;
    const UserFileOptions options;
    const std::size_t open_files;
    util::Clock& clock;
    const std::string empty_file = make_empty_file(options.journal);

    std::mutex mutex;
    // Shared, for an entry may be closed by one thread while the map is used by another. Guarded by mutex.
    std::unordered_map<std::string, std::shared_ptr<Entry>> entries;
    std::uint64_t uses = 0;  // guarded by mutex
};

// Counts as a user of the entry from its making, holds the file from the moment it has it.
struct UserFiles::Lease::State {
    State(Impl& owner, const UserKey& user) : files(owner), key(user.hex()) {
        std::vector<std::shared_ptr<Impl::Entry>> superfluous;  // closed when the lock is gone
        {
            const std::lock_guard lock{files.mutex};
            auto& slot = files.entries[key];
            if (!slot) slot = std::make_shared<Impl::Entry>();
            entry = slot;
            ++entry->users;
            superfluous = files.take_superfluous();
        }
        superfluous.clear();
        in_use = std::unique_lock{entry->in_use};
    }
    ~State() {
        const bool is_open = entry->file != nullptr;
        in_use.unlock();
        const std::lock_guard lock{files.mutex};
        entry->last_used = ++files.uses;
        if (--entry->users == 0 && !is_open) files.entries.erase(key);
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
        if (::access(path.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
        auto mark = std::make_unique<OpenMark>(impl_->folder, user);
        state->entry->file = std::make_unique<UserFile>(path, impl_->options, impl_->clock);
        state->entry->mark = std::move(mark);
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
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        raise_system_error({errno, std::generic_category(), "unlink a user's file"});
    try {
        util::sync_folder(path.substr(0, path.rfind('/')));
    } catch (const std::system_error& error) {
        raise_system_error(error);
    }
}

}  // namespace arq::store
