// SPDX-License-Identifier: MIT
//
// What is wrong with a worker, from what was seen of it. Values in, values out. What is wrong is said once a
// minute while it lasts: the supervisor may be in the middle of something else.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/watch/coverage.h"
#include "arq/watch/pool_files.h"

namespace arq::watch {

struct Limits {
    std::int64_t memory_kib = 0;  // 0: none
    std::int64_t requests = 0;    // 0: none; probes don't count
};

// What was seen of a worker in one round.
struct Seen {
    std::optional<bool> answered;           // nothing: it was not asked
    std::optional<std::uint64_t> requests;  // that it has answered in its life
    std::optional<std::int64_t> private_kib;
};

class Judge {
public:
    explicit Judge(Limits limits) : limits_(limits) {}

    // Lines for the supervisor: "hung 1 4711", "large 1 4711 70000", "served 1 4711 100000". `tell` sends
    // one; what it could not send is said again in the next round.
    using Tell = std::function<bool(std::string_view line)>;
    using Time = std::chrono::steady_clock::time_point;
    void look(const Worker& worker, const Seen& seen, Time now, const Tell& tell);

    // Forgets those that are not among `workers`.
    void keep_only(const std::vector<Worker>& workers);

private:
    struct Record {
        pid_t pid = 0;
        int misses = 0;  // in a row, without a request finished in between
        std::optional<std::uint64_t> requests;
        std::uint64_t probes = 0;                                // among its requests
        std::optional<Time> said_hung, said_large, said_served;  // the last time
    };

    const Limits limits_;
    std::map<std::string, Record> records_;  // by name
};

// Whether the disk is nearly full. It is well again with an eighth more room than the least, so that it
// doesn't change its mind with each write.
class DiskJudge {
public:
    explicit DiskJudge(std::int64_t least_free_mib) : least_free_mib_(least_free_mib) {}

    // A line for the supervisor when that has changed.
    void look(std::int64_t free_mib, const Judge::Tell& tell);

private:
    const std::int64_t least_free_mib_;
    bool nearly_full_ = false;
};

// Whether our own nginx answers: two probes missed in a row are said once a minute while it lasts, "nginx
// gone" where nobody listens, "nginx silent" where it does not answer as it should although everybody behind
// it does.
class NginxJudge {
public:
    void look(Answer answer, bool is_everybody_served, Judge::Time now, const Judge::Tell& tell);

private:
    int misses_ = 0;
    std::optional<Judge::Time> said_;  // the last time
};

}  // namespace arq::watch
