// SPDX-License-Identifier: MIT
//
// Preloaded into a pool: makes arq-worker, and nothing else, fail as a broken build would.
//   $ARQ_FAULTS/crash_at_start   where this file exists, a worker dies before it does anything
//   "please crash", "please leak" in what a worker receives: it dies, or takes 256 MiB
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace {

bool is_worker() {
    return std::strcmp(program_invocation_short_name, "arq-worker") == 0;
}

[[gnu::constructor]] void at_start() {
    const char* const folder = std::getenv("ARQ_FAULTS");
    if (folder == nullptr || !is_worker()) return;
    if (::access((std::string{folder} + "/crash_at_start").c_str(), F_OK) == 0) std::abort();
}

void look_at(std::string_view received) {
    constexpr std::size_t kLeak = 256UL * 1024 * 1024;
    if (received.find("please crash") != std::string_view::npos) std::abort();
    if (received.find("please leak") == std::string_view::npos) return;
    static volatile char* leaked = nullptr;
    leaked = new (std::nothrow) volatile char[kLeak];
    if (leaked == nullptr) return;
    for (std::size_t at = 0; at < kLeak; at += 4096) leaked[at] = 1;
}

template <typename Call>
ssize_t pass_on(Call call, void* buffer) {
    const ssize_t length = call();
    if (length > 0 && is_worker())
        look_at({static_cast<const char*>(buffer), static_cast<std::size_t>(length)});
    return length;
}

}  // namespace

extern "C" ssize_t recv(int fd, void* buffer, size_t size, int flags) {
    static const auto real = reinterpret_cast<decltype(&recv)>(::dlsym(RTLD_NEXT, "recv"));
    return pass_on([&] { return real(fd, buffer, size, flags); }, buffer);
}

extern "C" ssize_t read(int fd, void* buffer, size_t size) {
    static const auto real = reinterpret_cast<decltype(&read)>(::dlsym(RTLD_NEXT, "read"));
    return pass_on([&] { return real(fd, buffer, size); }, buffer);
}
