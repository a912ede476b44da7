// SPDX-License-Identifier: MIT
#include "http/pool_view.h"

#include <algorithm>
#include <system_error>

#include "arq/util/file.h"

namespace arq::http {
namespace {

constexpr std::chrono::seconds kKeptUnchanged{1};
constexpr std::chrono::milliseconds kKeptWhileBusy{100};

bool says_legacy(const std::string& path) {
    try {
        return util::read_file(path).starts_with(model::variant_name(model::Variant::kLegacy));
    } catch (const std::system_error&) {
        return false;  // nobody has said so
    }
}

}  // namespace

PoolView::Facts PoolView::facts() {
    monitor::Totals totals;
    for (const model::Variant variant : monitor::kAllVariants) totals += parts_.pool.totals(variant);
    const auto now = parts_.clock.steady_now();
    const std::lock_guard lock{mutex_};
    const auto age = now - kept_at_;
    const bool is_fresh =
        kept_ && age < kKeptUnchanged && (age < kKeptWhileBusy || kept_->totals.requests == totals.requests);
    if (!is_fresh) {
        kept_ = look(totals);
        kept_at_ = now;
    }
    kept_->totals = totals;
    return *kept_;
}

PoolView::Facts PoolView::look(const monitor::Totals& totals) const {
    Facts facts{.on_legacy = says_legacy(parts_.serving_file), .totals = totals};
    const auto up = parts_.clock.now() - parts_.pool.pool_started_at();
    facts.uptime_s = std::max<std::int64_t>(std::chrono::floor<std::chrono::seconds>(up).count(), 0);
    for (const monitor::WorkerFigures& worker : parts_.pool.workers()) {
        if (worker.ready && worker.is_on_slots()) ++facts.workers_ready;
        if (worker.memory_bytes) facts.memory_bytes = facts.memory_bytes.value_or(0) + *worker.memory_bytes;
    }
    const monitor::Window recent = parts_.pool.window(parts_.clock.now());
    if (const auto count = recent.times.count())
        facts.error_rate = static_cast<double>(recent.errors) / static_cast<double>(count);
    facts.p50_ms = recent.times.quantile_ms(0.5);
    facts.p95_ms = recent.times.quantile_ms(0.95);
    facts.p99_ms = recent.times.quantile_ms(0.99);
    facts.max_ms = recent.times.quantile_ms(1);
    return facts;
}

}  // namespace arq::http
