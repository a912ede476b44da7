// SPDX-License-Identifier: MIT
#include "store/file_locks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "store/failure.h"

namespace arq::store {

FolderLock::FolderLock(const std::string& folder, Mode mode)
    : fd_(::open((folder + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (!fd_) throw storage_error(errno);
    while (::flock(fd_.get(), mode == Mode::kShared ? LOCK_SH : LOCK_EX) != 0)
        if (errno != EINTR) throw storage_error(errno);
}

// Another file than the folder's lock: a network file system makes of flock() a lock on all of its bytes.
OpenMark::OpenMark(const std::string& folder, const UserKey& user)
    : fd_(::open((folder + "/.open").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
      // 60 bits: two users who shared a byte would only be thought to use each other's file.
      offset_(std::stoll(user.hex().substr(0, 15), nullptr, 16)) {
    if (!fd_) throw storage_error(errno);
    if (!try_lock(F_RDLCK, F_OFD_SETLKW)) throw storage_error(errno);
}

bool OpenMark::is_only_one() {
    if (try_lock(F_WRLCK, F_OFD_SETLK)) return true;
    if (errno != EAGAIN && errno != EACCES) throw storage_error(errno);
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
