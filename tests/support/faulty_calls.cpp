// SPDX-License-Identifier: MIT
//
// The system calls by which the product's own code touches files: the linker puts these in their place
// (--wrap in the Makefile), in the programs of the tests alone. SQLite's calls don't come by here.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <string>

#include "support/faulty_disk.h"

extern "C" {
int __real_open(const char* path, int flags, ...);
int __real_mkostemp(char* pattern, int flags);
ssize_t __real_write(int fd, const void* bytes, size_t count);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_link(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_mkdir(const char* path, mode_t mode);
}

namespace arq::tests {
namespace {

bool fails(Operation operation, const char* path) {
    const int error = next_fault(operation, path);
    if (error != 0) errno = error;
    return error != 0;
}

std::string path_of(int fd) {
    std::string path(4096, '\0');
    const ssize_t length =
        ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
    path.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return path;
}

int sync(int fd, int (*real)(int)) {
    const std::string path = path_of(fd);
    if (fails(Operation::kSync, path.c_str())) return -1;
    if (DiskListener* const listener = disk_listener()) {
        struct stat status {};
        if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
            listener->folder_synced(path);
        else
            listener->synced(path);
    }
    return syncs_are_skipped() ? 0 : real(fd);
}

}  // namespace
}  // namespace arq::tests

extern "C" {

using arq::tests::disk_listener;
using arq::tests::Operation;

int __wrap_open(const char* path, int flags, ...) {
    if (arq::tests::fails(Operation::kOpen, path)) return -1;
    std::va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return __real_open(path, flags, mode);
}

int __wrap_mkostemp(char* pattern, int flags) {
    if (arq::tests::fails(Operation::kName, pattern)) return -1;
    const int fd = __real_mkostemp(pattern, flags);
    if (fd >= 0 && disk_listener() != nullptr) disk_listener()->created(pattern);
    return fd;
}

ssize_t __wrap_write(int fd, const void* bytes, size_t count) {
    // The log's lines are no matter of the disk under test.
    if (fd == STDERR_FILENO) return __real_write(fd, bytes, count);
    const std::string path = arq::tests::path_of(fd);
    if (const int error = arq::tests::next_fault(Operation::kWrite, path.c_str())) {
        if (__real_write(fd, bytes, count / 2) < 0) return -1;
        errno = error;
        return -1;
    }
    const off_t offset = disk_listener() == nullptr ? 0 : ::lseek(fd, 0, SEEK_CUR);
    const ssize_t written = __real_write(fd, bytes, count);
    if (written > 0 && disk_listener() != nullptr)
        disk_listener()->written(path, offset,
                                 {static_cast<const char*>(bytes), static_cast<std::size_t>(written)});
    return written;
}

int __wrap_fsync(int fd) {
    return arq::tests::sync(fd, __real_fsync);
}
int __wrap_fdatasync(int fd) {
    return arq::tests::sync(fd, __real_fdatasync);
}

int __wrap_link(const char* from, const char* to) {
    if (arq::tests::fails(Operation::kName, to)) return -1;
    const int result = __real_link(from, to);
    if (result == 0 && disk_listener() != nullptr) disk_listener()->linked(from, to);
    return result;
}

int __wrap_unlink(const char* path) {
    if (arq::tests::fails(Operation::kUnlink, path)) return -1;
    const int result = __real_unlink(path);
    if (result == 0 && disk_listener() != nullptr) disk_listener()->unlinked(path);
    return result;
}

int __wrap_mkdir(const char* path, mode_t mode) {
    if (arq::tests::fails(Operation::kName, path)) return -1;
    const int result = __real_mkdir(path, mode);
    if (result == 0 && disk_listener() != nullptr) disk_listener()->folder_created(path);
    return result;
}

}  // extern "C"
