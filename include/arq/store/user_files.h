// SPDX-License-Identifier: MIT
//
// All users' files of an installation: finds, makes and keeps open a bounded number of them: as many as fit,
// then those of users who come back before that many others have come (2Q: Johnson and Shasha, VLDB 1994).
// Everybody else's is opened for the one request (UserFile::open_alone).
// Thread safe. A file is made as a whole (written beside, synced, linked into place, its folders
// synced), so that none is ever seen half made and a power cut can't take it away again.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "arq/store/user_file.h"

namespace arq::store {

// The name of a user's file: 32 hexadecimal digits of a keyed hash. Nothing that a user said of itself
// becomes a path.
class UserKey {
public:
    // Exactly 32 hexadecimal digits in lower case.
    explicit UserKey(std::string hex) : hex_(std::move(hex)) {}
    const std::string& hex() const { return hex_; }

private:
    std::string hex_;
};
bool is_user_key(std::string_view text);

// Where the user's file is, whether there is one or not. `folder` is that of all users' files.
std::string user_file_path(const std::string& folder, const UserKey& user);

class UserFiles {
public:
    // `folder` exists. At most `open_files` stay open while nobody uses them. `clock` outlives it.
    UserFiles(std::string folder, const UserFileOptions& options, int open_files, util::Clock& clock);
    ~UserFiles();

    // A user's file, for this thread alone until it is destroyed; others who want it wait.
    class Lease {
    public:
        Lease(Lease&&) noexcept;
        ~Lease();
        UserFile& operator*() const;
        UserFile* operator->() const { return &**this; }

    private:
        friend class UserFiles;
        struct State;
        explicit Lease(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };

    // Nothing where the user has no file. Errors: the storage codes, also from here on.
    std::optional<Lease> open(const UserKey& user);
    Lease open_or_create(const UserKey& user);

    // All that a user said and taught is gone when it returns; so is the file, unless another process has
    // it open: then it stays behind empty. No lease of this user's may be held by the calling thread.
    void remove(const UserKey& user);

    // To be called now and then by one thread, a few milliseconds' work: closes what nobody has used for
    // `idle`, and in one of the 256 folders, the next at each call, folds in the logs that were left, and
    // takes away what an interrupted making of a file left behind. Errors are logged.
    void tidy(std::chrono::seconds idle);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace arq::store
