// SPDX-License-Identifier: MIT
#include "arq/store/user_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"
#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

// A user's file as it is on its first day, made once: a new user costs the writing of these bytes
// instead of the running of every migration.
std::string make_empty_file() {
    Connection connection{"", Connection::Mode::kInMemory};
    // Small pages: a message touches few bytes of many pages, and each commit writes whole pages.
    connection.set_pragma("page_size", 1024);
    migrate(connection, user_migrations());
    std::string bytes = connection.serialize();
    // SQLite file format, section 1.3.3: 2 at offsets 18 and 19 says that the file is in WAL mode.
    bytes[18] = 2;
    bytes[19] = 2;
    return bytes;
}

[[noreturn]] void raise_system_error(const std::system_error& error) {
    const int code = error.code().value();
    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        throw Error{ErrorCode::kStorageFull,
                    "the disk or the account's quota is full: the message was not kept; "
                    "free some space and send it again"};
    if (code == EROFS || code == EACCES || code == EPERM)
        throw Error{ErrorCode::kStorageReadOnly,
                    "the storage can't be written to: the operator has to mend the file "
                    "system or its permissions"};
    if (code == EMFILE || code == ENFILE)
        throw Error{ErrorCode::kStorageBusy,
                    "the server has too many files open: send the request again in a moment"};
    throw Error{ErrorCode::kInternal, error.what()};
}

// What is there under a user's name and is no file was put there by somebody: a link may lead to another
// user's file, a pipe would never be opened.
bool is_there(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return false;
        raise_system_error({errno, std::generic_category(), "look for a user's file"});
    }
    if (S_ISREG(status.st_mode)) return true;
    util::log_error("this is no regular file, so it is not opened: " + path);
    throw Error{ErrorCode::kStorageDamaged,
                "this user's file is damaged and was left as it is: the operator has to put it back from a "
                "backup"};
}

// Held shared while a file is opened, exclusively while one is unlinked. SQLite would unlink a new file's
// write-ahead log together with an old file of the same name; so nobody may have just opened what goes.
class FolderLock {
public:
    FolderLock(const std::string& folder, int operation)
        : fd_(::open((folder + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (!fd_) raise_system_error({errno, std::generic_category(), "lock the users' folder"});
        while (::flock(fd_.get(), operation) != 0)
            if (errno != EINTR)
                raise_system_error({errno, std::generic_category(), "lock the users' folder"});
    }

private:
    util::UniqueFd fd_;
};

}  // namespace

struct UserFiles::Impl {
    // One open file. `users` (guarded by the Impl's mutex) counts those who hold or wait for `in_use`,
    // so that nobody closes it under them.
    struct Entry {
        std::mutex in_use;
        std::unique_ptr<UserFile> file;  // guarded by in_use; null until the first user opened it
        int users = 0;
        std::uint64_t last_used = 0;
    };

    std::string path_of(const UserKey& user) const {
        return folder + "/" + user.hex().substr(0, 2) + "/" + user.hex().substr(2, 2) + "/" + user.hex() +
               ".sqlite3";
    }

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
    const std::string empty_file = make_empty_file();

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
        const FolderLock lock{impl_->folder, LOCK_SH};
        if (!is_there(path)) return std::nullopt;
        state->entry->file = std::make_unique<UserFile>(path, impl_->options, impl_->clock);
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
    if (!lease) return;
    std::unique_ptr<UserFile>& file = lease->state_->entry->file;
    {
        UserFile::Transaction transaction{*file};
        file->erase_all();
        transaction.commit();
    }
    file->scrub();
    const FolderLock lock{impl_->folder, LOCK_EX};
    const bool alone = file->is_alone();
    file.reset();
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
