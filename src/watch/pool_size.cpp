// SPDX-License-Identifier: MIT
#include "arq/watch/pool_size.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <functional>
#include <memory>
#include <string_view>
#include <system_error>

#include "arq/util/file.h"

namespace arq::watch {
namespace {

// Supervisor; arq-watch, the standby, and a shell that waits for each; nginx and its worker.
constexpr std::int64_t kBeside = 1 + 2 + 2 + 2;
// A command of the operator's: a shell and what it calls.
constexpr std::int64_t kCommand = 2;
// Beside its threads: the shell that waits for it, the thread that tidies.
constexpr std::int64_t kPerWorker = 2;
// While a worker starts: another shell, which looks whether it is ready, and its pauses.
constexpr std::int64_t kStarting = 2;

std::string link_of(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
    return length > 0 ? std::string{target, static_cast<std::size_t>(length)} : std::string{};
}

std::string read(const std::string& path) {
    try {
        return util::read_file(path);
    } catch (const std::system_error&) {
        return {};
    }
}

void each_number(const std::string& folder, const std::function<void(const std::string& path)>& look) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(folder.c_str()), ::closedir};
    if (!stream) return;
    while (const dirent* entry = ::readdir(stream.get()))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') look(folder + "/" + entry->d_name);
}

// Whether it runs for the installation: by what it was called with; a worker of nginx and a shell's pause,
// which name no prefix, by where they work.
bool is_ours(const std::string& process, const std::string& prefix) {
    const std::string arguments = read(process + "/cmdline");
    if (arguments.find(prefix + '/') != std::string::npos ||
        arguments.find(prefix + '\0') != std::string::npos)
        return true;
    const std::string name = read(process + "/comm");
    return (name == "nginx\n" || name == "sleep\n") && link_of(process + "/cwd") == prefix;
}

std::optional<std::int64_t> limit_of_processes() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NPROC, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
    return static_cast<std::int64_t>(limit.rlim_cur);
}

// The account's processes and threads but for those of processes that `is_left_out`.
std::int64_t count_running(const std::function<bool(const std::string& process)>& is_left_out) {
    std::int64_t count = 0;
    const std::string space = link_of("/proc/self/ns/user");
    each_number("/proc", [&](const std::string& process) {
        struct stat what {};
        if (::stat(process.c_str(), &what) != 0 || what.st_uid != ::getuid()) return;
        // Of a process in a namespace around this one it can't be read.
        if (link_of(process + "/ns/user") != space || is_left_out(process)) return;
        each_number(process + "/task", [&](const std::string&) { ++count; });
    });
    return count;
}

}  // namespace

Account look_at_account(const std::string& prefix) {
    Account account{.limit = limit_of_processes()};
    if (!account.limit) return account;
    const std::string self = "/proc/" + std::to_string(::getpid());
    account.others = count_running(
        [&](const std::string& process) { return process == self || is_ours(process, prefix); });
    return account;
}

std::size_t room_left(std::int64_t spare) {
    const auto limit = limit_of_processes();
    if (!limit) return SIZE_MAX;
    const std::int64_t left = *limit - count_running([](const std::string&) { return false; }) - spare;
    return left > 0 ? static_cast<std::size_t>(left) : 0;
}

std::int64_t processes_needed(const PoolSize& size) {
    return kBeside + kCommand + size.workers * (kPerWorker + size.threads) + kPerWorker + 1 + kStarting;
}

PoolSize fit_pool(PoolSize wanted, const Account& account) {
    if (!account.limit) return wanted;
    const std::int64_t threads = wanted.threads;
    const std::int64_t room = *account.limit - account.others;
    const auto lower = [&](std::int64_t& amount, std::int64_t least) {
        while (amount > least && processes_needed(wanted) > room) --amount;
    };
    lower(wanted.threads, 3);
    lower(wanted.workers, 2);
    lower(wanted.threads, 1);
    lower(wanted.workers, 1);
    // What a worker less has left room for.
    for (PoolSize larger = wanted; larger.threads < threads; wanted = larger) {
        ++larger.threads;
        if (processes_needed(larger) > room) break;
    }
    return wanted;
}

}  // namespace arq::watch
