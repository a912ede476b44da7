// SPDX-License-Identifier: MIT
#include "main/room.h"

#include "arq/watch/pool_size.h"

namespace arq::main {

std::string fit_to_processes(config::Config& config, const std::string& prefix) {
    const watch::PoolSize wanted{.workers = config.pool.workers, .threads = config.pool.threads};
    const watch::Account account = watch::look_at_account(prefix);
    const watch::PoolSize fits = watch::fit_pool(wanted, account);
    if (fits == wanted) return {};
    config.pool.workers = fits.workers;
    config.pool.threads = fits.threads;
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    return "only " + number(*account.limit) + " processes and threads may run (`ulimit -u`), and " +
           number(account.others) + " run that are not ARQ's, so the pool has room for " +
           number(fits.workers) + " workers of " + number(fits.threads) +
           " threads (pool.workers: " + number(wanted.workers) + ", pool.threads: " + number(wanted.threads) +
           "); all would need " + number(watch::processes_needed(wanted));
}

}  // namespace arq::main
