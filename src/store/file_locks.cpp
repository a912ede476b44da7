// SPDX-License-Identifier: MIT
#include "store/file_locks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "arq/util/error.h"

namespace arq::store {
namespace {

[[noreturn]] void fail(const char* what) {
    raise_system_error({errno, std::generic_category(), what});
}

}  // namespace

void raise_system_error(const std::system_error& error) {
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

FolderLock::FolderLock(const std::string& folder, Mode mode)
    : fd_(::open((folder + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (!fd_) fail("lock the users' folder");
    while (::flock(fd_.get(), mode == Mode::kShared ? LOCK_SH : LOCK_EX) != 0)
        if (errno != EINTR) fail("lock the users' folder");
}

// Another file than the folder's lock: a network file system makes of flock() a lock on all of its bytes.
OpenMark::OpenMark(const std::string& folder, const UserKey& user)
    : fd_(::open((folder + "/.open").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
      // 60 bits: two users who shared a byte would only be thought to use each other's file.
      offset_(std::stoll(user.hex().substr(0, 15), nullptr, 16)) {
    if (!fd_) fail("mark a user's file as open");
    if (!try_lock(F_RDLCK, F_OFD_SETLKW)) fail("mark a user's file as open");
}

bool OpenMark::is_only_one() {
    if (try_lock(F_WRLCK, F_OFD_SETLK)) return true;
    if (errno != EAGAIN && errno != EACCES) fail("look who has a user's file open");
    return false;
}

bool OpenMark::try_lock(short type, int command) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset_;
    lock.l_len = 1;
    int result = 0;
    do result = ::fcntl(fd_.get(), command, &lock);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

}  // namespace arq::store
