// SPDX-License-Identifier: MIT
//
// What the processes of an installation agree on by locks in the users' folder, beside those that SQLite
// takes in each file.
#pragma once

#include <string>

#include "arq/store/user_files.h"
#include "arq/util/file.h"

namespace arq::store {

// Held shared while a file is opened, exclusively while one is unlinked. SQLite would unlink a new file's
// write-ahead log together with an old file of the same name; so nobody may have just opened what goes.
class FolderLock {
public:
    enum class Mode { kShared, kExclusive };
    FolderLock(const std::string& folder, Mode mode);

private:
    util::UniqueFd fd_;
};

// Says that a user's file is open, as long as it lives: a lock on the byte of `.open` that the user's key
// names. In WAL mode SQLite knows who has a file open; with a rollback journal nothing tells.
class OpenMark {
public:
    // Taken under a FolderLock, before the file is opened; dropped after it is closed.
    OpenMark(const std::string& folder, const UserKey& user);

    // Whether nobody else has the file open. Then nobody can mark it until this mark is gone.
    bool is_only_one();

private:
    bool try_lock(short type, int command);

    util::UniqueFd fd_;
    long long offset_;
};

}  // namespace arq::store
