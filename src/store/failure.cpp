// SPDX-License-Identifier: MIT
#include "store/failure.h"

#include <sqlite3.h>

#include <cerrno>

namespace arq::store {
namespace {

Error full() {
    return {ErrorCode::kStorageFull,
            "the disk or the account's quota is full: the message was not kept; "
            "free some space and send it again"};
}
Error busy() {
    return {ErrorCode::kStorageBusy, "this user's file is busy: send the request again in a moment"};
}
Error too_many_files() {
    return {ErrorCode::kStorageBusy,
            "the server has too many files open: send the request again in a moment"};
}
Error damaged() {
    return {ErrorCode::kStorageDamaged,
            "this user's file is damaged and was left as it is: the operator "
            "has to repair it, or to put it back from a backup"};
}
Error read_only() {
    return {ErrorCode::kStorageReadOnly,
            "the storage can't be written to: the operator has to mend the disk, the file "
            "system or its permissions"};
}
Error other() {
    return {ErrorCode::kInternal, "the storage failed: the operator's log says why"};
}

Error io_error(int result, int system_error) {
    switch (result) {
        case SQLITE_IOERR_NOMEM:
            return other();
        case SQLITE_IOERR_READ:
        case SQLITE_IOERR_CORRUPTFS:
        case SQLITE_IOERR_DATA:
            return damaged();
        default:
            break;
    }
    // Also what SQLITE_IOERR_SHMMAP is, where the log's index finds no address space.
    if (system_error == ENOMEM) return other();
    // Not every one of SQLite's failures leaves an errno, and one that is left may be of something else.
    const Error error = storage_error(system_error);
    return error.code() == ErrorCode::kInternal ? read_only() : error;
}

}  // namespace

Error storage_error(int system_error) {
    switch (system_error) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return full();
        case EMFILE:
        case ENFILE:
            return too_many_files();
        case EROFS:
        case EACCES:
        case EPERM:
        case EIO:
        case ENXIO:
            return read_only();
        default:
            return other();
    }
}

Error storage_error(int result, int system_error) {
    switch (result & 0xFF) {
        case SQLITE_FULL:
            return full();
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return busy();
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return damaged();
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return read_only();
        case SQLITE_IOERR:
            return io_error(result, system_error);
        case SQLITE_CANTOPEN:
            return storage_error(system_error);
        default:
            return other();
    }
}

}  // namespace arq::store
