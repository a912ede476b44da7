// SPDX-License-Identifier: MIT
#include "main/limits.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"

namespace arq::main {
namespace {

constexpr std::int64_t kMebibyte = 1024 * 1024;

// Nothing here recurses deeply. The usual 8 MiB would count in full against a limit of memory.
constexpr std::int64_t kStackBytes = kMebibyte;

// One limit, and what of it is needed at most.
struct Budget {
    std::int64_t limit;
    std::int64_t beside;       // whatever the settings say
    std::int64_t per_request;  // of a thread that works on one
    std::int64_t per_file;     // that is kept open
    const char* what;          // as a sentence begins with it, after the limit
    const char* option;        // of ulimit
    std::int64_t divisor;      // to the unit that `what` names

    std::int64_t need(std::int64_t threads, std::int64_t files) const {
        return beside + threads * per_request + files * per_file;
    }
};

std::int64_t soft_limit(__rlimit_resource resource) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return INT64_MAX;
    if (resource == RLIMIT_NOFILE && limit.rlim_cur < limit.rlim_max) {
        const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
        if (::setrlimit(resource, &limit) != 0) limit.rlim_cur = before;
    }
    if (limit.rlim_cur == RLIM_INFINITY) return INT64_MAX;
    return static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, INT64_MAX));
}

// A file that is open: itself, its log, the log's index, the mark that it is open; and as much again is left
// for requests that wait for their user's turn. A request: its socket, the folder's lock, a file opened for
// it alone, one to make or sync. Beside: standard streams, epoll and its like, keys, secrets, tidying, the
// pool's numbers, the log of requests.
Budget descriptors(std::size_t listeners) {
    return {.limit = soft_limit(RLIMIT_NOFILE),
            .beside = 20 + static_cast<std::int64_t>(listeners),
            .per_request = 7,
            .per_file = 2 * 4,
            .what = " files may be open at once",
            .option = "`ulimit -n`",
            .divisor = 1};
}

// The program as it is now, and a heap to begin with. A request: a stack, its body in some forms, a file
// opened for it alone. A file: its page cache, its statements.
Budget memory(const config::Config& config) {
    long pages = 0;
    const std::string used = util::read_file("/proc/self/statm");
    std::from_chars(used.data(), used.data() + used.size(), pages);
    const std::int64_t cache_bytes = config.store.page_cache_kib * 1024;
    return {.limit = soft_limit(RLIMIT_AS),
            .beside = pages * ::sysconf(_SC_PAGESIZE) + 6 * kMebibyte,
            .per_request = kStackBytes + 2 * kMebibyte + 4 * config.limits.body_bytes + cache_bytes,
            .per_file = cache_bytes + 128 * 1024,
            .what = " MiB of memory may be used",
            .option = "`ulimit -v`",
            .divisor = kMebibyte};
}

void fit(config::Config& config, const Budget& budget) {
    const std::int64_t threads = config.pool.threads;
    const std::int64_t files = config.store.open_files;
    const auto shown = [&](std::int64_t amount) {
        return std::to_string((amount + budget.divisor - 1) / budget.divisor);
    };
    if (budget.limit >= budget.need(threads, files)) return;
    const std::string only = "only " + std::to_string(budget.limit / budget.divisor) + budget.what;
    if (budget.limit < budget.need(1, 1))
        throw Error{ErrorCode::kConfiguration, only + ", and a worker needs " + shown(budget.need(1, 1)) +
                                                   ": raise the account's limit (" + budget.option + ")"};
    // As many files as threads before more of either.
    while (config.pool.threads > 1 && budget.limit < budget.need(config.pool.threads, config.pool.threads))
        --config.pool.threads;
    config.store.open_files =
        std::min(files, (budget.limit - budget.need(config.pool.threads, 0)) / budget.per_file);
    util::log_error(
        only + " (" + budget.option + "), so this worker runs " + std::to_string(config.pool.threads) +
        " threads (pool.threads: " + std::to_string(threads) + ") and keeps " +
        std::to_string(config.store.open_files) + " files open (store.open_files: " + std::to_string(files) +
        "); all would need " + shown(budget.need(threads, files)));
}

void set_stack_size() {
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return;
    ::pthread_attr_setstacksize(&attributes, static_cast<std::size_t>(kStackBytes));
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

}  // namespace

void fit_to_limits(config::Config& config, std::size_t listeners) {
    // A write beyond the limit of a file's size shall fail, not end the worker.
    std::signal(SIGXFSZ, SIG_IGN);
    set_stack_size();
    fit(config, descriptors(listeners));
    const Budget memory_budget = memory(config);
    // Each further arena of malloc's takes 64 MiB of addresses at once.
    if (memory_budget.limit != INT64_MAX) ::mallopt(M_ARENA_MAX, 1);
    fit(config, memory_budget);
}

}  // namespace arq::main
