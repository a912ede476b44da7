// SPDX-License-Identifier: MIT
//
// Preloaded into a pool: counts, for all its processes together, what SQLite writes and syncs, in three
// numbers of 64 bits in the file that ARQ_BENCH_COUNTS names (bytes, writes, syncs).
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
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

int sync(int fd, int (*real)(int)) {
    if (Counts* const shared = counts()) ++shared->syncs;
    return real(fd);
}

}  // namespace

extern "C" {

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    const ssize_t written = real(fd, bytes, count, offset);
    if (Counts* const shared = counts(); shared != nullptr && written > 0) {
        shared->bytes += static_cast<std::uint64_t>(written);
        ++shared->writes;
    }
    return written;
}

int fdatasync(int fd) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return sync(fd, real);
}

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    return sync(fd, real);
}

}  // extern "C"
