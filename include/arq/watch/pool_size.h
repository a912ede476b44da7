// SPDX-License-Identifier: MIT
//
// How large a pool fits into what the account may run. A thread counts as a process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace arq::watch {

struct PoolSize {
    std::int64_t workers = 1;
    std::int64_t threads = 1;  // of each worker, that handle requests
    bool operator==(const PoolSize&) const = default;
};

struct Account {
    std::optional<std::int64_t> limit;  // `ulimit -u`; none: as many as it likes
    std::int64_t others = 0;            // that run already and are not ARQ's
};

// What this process's account may run and what runs of it, as /proc shows; what belongs to the installation
// in `prefix` is left out. Processes in another user namespace are another account's.
Account look_at_account(const std::string& prefix);

// How many more processes and threads this account may start by that count, but for `spare` of them.
// (Counted, not tried: a shell that is refused a process while somebody tries ends.)
std::size_t room_left(std::int64_t spare);

// All that runs while a pool of that size has one of its workers replaced: supervisor, arq-watch, standby,
// nginx and what waits for each of them, and a command of the operator's. The new worker needs one thread to
// begin with; it gets the others when the old one has gone.
std::int64_t processes_needed(const PoolSize& size);

// The largest that fits, `wanted` at most: fewer threads down to three, then fewer workers down to two, then
// fewer threads and workers down to one. Where not even that fits it is one of one: the system may yet allow
// it.
PoolSize fit_pool(PoolSize wanted, const Account& account);

}  // namespace arq::watch
