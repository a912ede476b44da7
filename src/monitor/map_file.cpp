// SPDX-License-Identifier: MIT
#include "monitor/map_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

namespace arq::monitor {
namespace {

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error{error, std::generic_category(), what};
}

// --- a page that can't be had ---
// Somebody cut the file, or its file system had no room after all. A read or write there is SIGBUS, which
// would end the worker: an empty page of its own is put in the place of the lost one.

constexpr std::size_t kGuarded = 8;
std::array<std::atomic<std::uintptr_t>, kGuarded> guarded{};  // where maps begin; a handler has no arguments

void replace_page(int, siginfo_t* info, void*) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (const auto& begin : guarded) {
        const std::uintptr_t at = begin.load();
        if (at == 0 || address < at || address >= at + sizeof(Layout)) continue;
        void* const place =
            reinterpret_cast<void*>(address / page * page);  // NOLINT(performance-no-int-to-ptr)
        if (::mmap(place, page, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
            place)
            return;
    }
    static_cast<void>(::signal(SIGBUS, SIG_DFL));  // the same access fails again, and ends the process
}

void guard(const Layout* layout) {
    struct sigaction action {};
    action.sa_sigaction = replace_page;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
    for (auto& begin : guarded) {
        std::uintptr_t free = 0;
        if (begin.compare_exchange_strong(free, reinterpret_cast<std::uintptr_t>(layout))) return;
    }
}

void unguard(const Layout* layout) {
    for (auto& begin : guarded) {
        auto mapped = reinterpret_cast<std::uintptr_t>(layout);
        begin.compare_exchange_strong(mapped, 0);
    }
}

// --- what a new map holds ---

std::uint64_t random_number(util::Clock& clock) {
    std::array<std::byte, sizeof(std::uint64_t)> bytes{};
    clock.random_fill(bytes);
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

// All else is zero.
void fill(Layout& layout, util::Clock& clock) {
    layout.magic = kMagic;
    layout.layout = kLayout;
    layout.bytes = sizeof(Layout);
    layout.identity = random_number(clock);
    layout.store_users = layout.store_bytes = kUnknown;
    for (Counter& share : layout.uptime) share = kUnknown;
    std::strcpy(layout.names[kRouteNames].names[0].text, " other");
    layout.names[kRouteNames].names[0].counted = true;
    layout.names[kRouteNames].count = 1;
    layout.names[kResponderNames].count = 1;  // none
    // Where no series can be added, the first ones take what comes: one of each variant.
    for (std::size_t variant = 0; variant < kVariants; ++variant)
        layout.series_keys[variant] = series_key(0, 0, 0, variant);
    layout.series_count = kVariants;
}

Layout* map(int fd, int flags) {
    void* const place = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, flags, fd, 0);
    if (place == MAP_FAILED) fail(errno, "map the pool's numbers");
    // No page beside those in use is to be read in. (It is advice: without it all works the same.)
    static_cast<void>(::madvise(place, sizeof(Layout), MADV_RANDOM));
    return static_cast<Layout*>(place);
}

bool is_of_this_layout(int fd) {
    std::uint64_t head[3] = {};
    struct stat state {};
    return ::pread(fd, head, sizeof head, 0) == sizeof head && head[0] == kMagic && head[1] == kLayout &&
           head[2] == sizeof(Layout) && ::fstat(fd, &state) == 0 &&
           state.st_size == static_cast<off_t>(sizeof(Layout));
}

bool is_at(int fd, const std::string& path) {
    struct stat open {};
    struct stat named {};
    return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

// A whole new map, under a name of its own beside `path`.
std::string make_beside(const std::string& path, util::Clock& clock) {
    std::string name = path + ".new-XXXXXX";
    const util::UniqueFd fd{::mkostemp(name.data(), O_CLOEXEC)};
    if (!fd) fail(errno, "create a file beside " + path);
    // On btrfs: changed in place, so that the reserved blocks are those that are written. Others don't know
    // it.
    int flags = FS_NOCOW_FL;
    ::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags);
    const int error = ::posix_fallocate(fd.get(), 0, sizeof(Layout));
    if (error != 0) {
        ::unlink(name.c_str());
        fail(error, "reserve " + std::to_string(sizeof(Layout) / 1024) + " KiB for " + path);
    }
    Layout* const layout = map(fd.get(), MAP_SHARED);
    guard(layout);
    fill(*layout, clock);
    unguard(layout);
    ::munmap(layout, sizeof(Layout));
    return name;
}

}  // namespace

std::pair<util::UniqueFd, Layout*> map_file(const std::string& path, util::Clock& clock) {
    for (;;) {
        util::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
        if (!fd && errno != ENOENT) fail(errno, "open " + path);
        if (fd && is_of_this_layout(fd.get())) {
            Layout* const layout = map(fd.get(), MAP_SHARED);
            guard(layout);
            return {std::move(fd), layout};
        }
        const std::string made = make_beside(path, clock);
        int error = 0;
        if (!fd) {
            // Others may be making theirs: the first one counts.
            if (::link(made.c_str(), path.c_str()) != 0 && errno != EEXIST) error = errno;
        } else if (::flock(fd.get(), LOCK_EX) == 0 && is_at(fd.get(), path)) {
            if (::rename(made.c_str(), path.c_str()) != 0) error = errno;
        }
        ::unlink(made.c_str());
        if (error != 0) fail(error, "put a new map at " + path);
    }
}

Layout* map_memory(util::Clock& clock) {
    Layout* const layout = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
    fill(*layout, clock);
    return layout;
}

void unmap(Layout* layout) {
    unguard(layout);
    ::munmap(layout, sizeof(Layout));
}

}  // namespace arq::monitor
