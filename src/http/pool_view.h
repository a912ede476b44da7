// SPDX-License-Identifier: MIT
//
// What /health tells of the whole pool. To add up the map's numbers for each request would cost more than the
// request: most of them are kept for a moment. Thread safe.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "arq/http/api.h"

namespace arq::http {

class PoolView {
public:
    struct Facts {
        bool on_legacy = false;  // the slots are served by the legacy build
        std::int64_t uptime_s = 0;
        std::int64_t workers_ready = 0;
        std::optional<std::uint64_t> memory_bytes;
        monitor::Totals totals;
        std::optional<double> error_rate, p50_ms, p95_ms, p99_ms, max_ms;  // over the last five minutes
    };

    explicit PoolView(const Api::Parts& parts) : parts_(parts) {}

    // Counts are those of now; rates and percentiles at most a second old.
    Facts facts();

private:
    Facts look(const monitor::Totals& totals) const;

    const Api::Parts& parts_;
    std::mutex mutex_;
    std::optional<Facts> kept_;                      // guarded by mutex_
    std::chrono::steady_clock::time_point kept_at_;  // guarded by mutex_
};

}  // namespace arq::http
