// SPDX-License-Identifier: MIT
//
// Preloaded into a pool: counts, for all its processes together, what is written to files (not to sockets and
// pipes) and synced, in three numbers of 64 bits in the file that ARQ_BENCH_COUNTS names: bytes, writes,
// syncs.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

struct Counts {
    std::atomic<std::uint64_t> bytes, writes, syncs;
};

Counts* counts() {
    static Counts* const shared = []() -> Counts* {
        const char* const path = std::getenv("ARQ_BENCH_COUNTS");
        const int fd = path == nullptr ? -1 : ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || ::ftruncate(fd, sizeof(Counts)) != 0) return nullptr;
        void* const memory = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ::close(fd);
        return memory == MAP_FAILED ? nullptr : static_cast<Counts*>(memory);
    }();
    return shared;
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_file(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t count_write(int fd, ssize_t written) {
    Counts* const shared = counts();
    if (shared != nullptr && written > 0 && is_file(fd)) {
        shared->bytes += static_cast<std::uint64_t>(written);
        ++shared->writes;
    }
    return written;
}

int count_sync(int result) {
    if (Counts* const shared = counts()) ++shared->syncs;
    return result;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    return count_write(fd, real(fd, bytes, count));
}

ssize_t writev(int fd, const iovec* pieces, int count) {
    static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
    return count_write(fd, real(fd, pieces, count));
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    return count_write(fd, real(fd, bytes, count, offset));
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    return count_write(fd, real(fd, bytes, count, offset));
}

int fdatasync(int fd) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return count_sync(real(fd));
}

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    return count_sync(real(fd));
}

}  // extern "C"
