// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/monitor/pool_map.h"
#include "monitor/layout.h"

namespace arq::monitor {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

std::uint64_t milliseconds(util::Timestamp time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

// One more of this period; whatever an earlier one left counts as nothing.
void add_in_period(Counter& cell, std::uint64_t period) {
    std::uint64_t before = cell.load(kRelaxed);
    for (;;) {
        if (before >> 32U > period) return;  // a clock behind the others'
        const std::uint64_t after = before >> 32U == period ? before + 1 : (period << 32U) + 1;
        if (cell.compare_exchange_weak(before, after, kRelaxed)) return;
    }
}

}  // namespace

void WorkerSlot::set_ready(bool ready) {
    if (slot_ != nullptr) slot_->ready.store(ready ? 1 : 0, kRelaxed);
}

void WorkerSlot::release() {
    if (slot_ == nullptr) return;
    if (slot_->failed.load(kRelaxed) != 0)
        layout_.variants[static_cast<std::size_t>(variant_)].deaths.fetch_add(1, kRelaxed);
    slot_->pid.store(0, std::memory_order_release);
    slot_ = nullptr;
}

void WorkerSlot::begin_request(util::Timestamp now) {
    if (slot_ == nullptr) return;
    slot_->under_way.fetch_add(1, kRelaxed);
    slot_->last_active_at_ms.store(milliseconds(now), kRelaxed);
}

void WorkerSlot::drop_request() {
    if (slot_ != nullptr) slot_->under_way.fetch_sub(1, kRelaxed);
}

void WorkerSlot::record(const Answered& answered, util::Timestamp now) {
    const std::size_t bucket =
        bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(answered.time.count(), 0)));
    const bool is_error = answered.status >= 500;
    const auto variant = static_cast<std::size_t>(variant_);

    layout_.series[map_.series_of(answered, variant_)][bucket].fetch_add(1, kRelaxed);
    if (layout_.names[kRouteNames].names[answered.route].counted) {
        VariantFigures& figures = layout_.variants[variant];
        figures.requests.fetch_add(1, kRelaxed);
        if (is_error) figures.errors.fetch_add(1, kRelaxed);
        const std::uint64_t period = milliseconds(now) / std::chrono::milliseconds{kWindowPeriod}.count();
        const std::size_t at = period % kPeriods;
        Period& recent = layout_.periods[variant][at];
        if (recent.used_in.load(kRelaxed) != period) recent.used_in.store(period, kRelaxed);
        add_in_period(layout_.period_times[variant][at][bucket], period);
        if (is_error) add_in_period(recent.errors, period);
    }
    if (slot_ == nullptr) return;
    layout_.slot_times[static_cast<std::size_t>(slot_ - layout_.slots.data())][bucket].fetch_add(1, kRelaxed);
    slot_->requests.fetch_add(1, kRelaxed);
    if (is_error) slot_->errors.fetch_add(1, kRelaxed);
    slot_->last_active_at_ms.store(milliseconds(now), kRelaxed);
    slot_->under_way.fetch_sub(1, kRelaxed);
}

}  // namespace arq::monitor
