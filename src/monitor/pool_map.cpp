// SPDX-License-Identifier: MIT
#include "arq/monitor/pool_map.h"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>
#include <thread>

#include "arq/util/log.h"
#include "monitor/layout.h"
#include "monitor/map_file.h"
#include "monitor/process.h"

namespace arq::monitor {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;

std::uint64_t milliseconds(util::Timestamp time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}
util::Timestamp timestamp(std::uint64_t milliseconds_since_1970) {
    return util::Timestamp{util::Milliseconds{milliseconds_since_1970}};
}

std::optional<std::uint64_t> known(const Counter& figure) {
    const std::uint64_t value = figure.load(kRelaxed);
    if (value == kUnknown) return std::nullopt;
    return value;
}

model::Variant variant_of(std::uint64_t number) {
    return static_cast<model::Variant>(number % kVariants);
}

void add(Histogram& histogram, const Buckets& buckets) {
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
        if (const std::uint64_t count = buckets[bucket].load(kRelaxed)) histogram.add(bucket, count);
}

// The count of a ring's cell in that period.
std::uint64_t count_in(const Counter& cell, std::uint64_t period) {
    const std::uint64_t value = cell.load(kRelaxed);
    return value >> 32U == period ? value & UINT32_MAX : 0;
}

void store_name(std::array<Counter, 2>& place, std::string_view name) {
    char bytes[sizeof(place)] = {};
    name.copy(bytes, sizeof bytes);
    for (std::size_t half = 0; half < place.size(); ++half) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + half * sizeof word, sizeof word);
        place[half].store(word, kRelaxed);
    }
}

std::string load_name(const std::array<Counter, 2>& place) {
    char bytes[sizeof(place) + 1] = {};
    for (std::size_t half = 0; half < place.size(); ++half) {
        const std::uint64_t word = place[half].load(kRelaxed);
        std::memcpy(bytes + half * sizeof word, &word, sizeof word);
    }
    return bytes;
}

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
    requests += other.requests;
    errors += other.errors;
    deaths += other.deaths;
    fallbacks += other.fallbacks;
    probes += other.probes;
    probes_ok += other.probes_ok;
    up_ms += other.up_ms;
    return *this;
}

// Of the threads of this process, and of all processes. The system frees it when its holder dies; one that
// was stopped in the middle of it holds up nobody for longer than `patience`.
class PoolMap::Lock {
public:
    Lock(PoolMap& map, std::chrono::milliseconds patience) : file_(map.file_.get()), guard_(map.mutex_) {
        if (file_ < 0) return;
        while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
            if (patience <= std::chrono::milliseconds{0}) {
                held_ = false;
                return;
            }
            constexpr std::chrono::milliseconds kPause{5};
            std::this_thread::sleep_for(kPause);
            patience -= kPause;
        }
    }
    ~Lock() {
        if (file_ >= 0 && held_) ::flock(file_, LOCK_UN);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    bool is_held() const { return held_; }

private:
    const int file_;
    const std::lock_guard<std::mutex> guard_;
    bool held_ = true;
};

namespace {
constexpr std::chrono::milliseconds kPatience{1000};
}

PoolMap::PoolMap(const std::string& path, util::Clock& clock) : clock_(clock) {
    try {
        std::tie(file_, layout_) = map_file(path, clock);
    } catch (const std::system_error& error) {
        util::log_error(std::string{"the pool's numbers are this process's own, and no other sees them: "} +
                        error.what());
        layout_ = map_memory(clock);
    }
}

PoolMap::PoolMap(util::Clock& clock) : clock_(clock), layout_(map_memory(clock)) {}

PoolMap::~PoolMap() {
    unmap(layout_);
}

// --- names and series ---

std::size_t PoolMap::name_of(std::size_t table, std::string_view text) const {
    const Names& names = layout_->names[table];
    const std::uint64_t count = std::min<std::uint64_t>(names.count.load(kAcquire), kNames);
    for (std::size_t at = 0; at < count; ++at)
        if (names.names[at].text == text) return at;
    return kNames;
}

std::size_t PoolMap::route(std::string_view method, std::string_view pattern, bool counted) {
    const std::string text = std::string{method} + " " + std::string{pattern};
    if (const std::size_t known = name_of(kRouteNames, text); known < kNames) return known;
    const Lock lock{*this, kPatience};
    if (const std::size_t known = name_of(kRouteNames, text); known < kNames) return known;
    Names& names = layout_->names[kRouteNames];
    const std::uint64_t at = names.count.load(kRelaxed);
    if (!lock.is_held() || at >= kNames || text.size() >= sizeof(Names::Name::text)) return 0;
    // Whoever dies here leaves nothing behind: what is not counted yet is nobody's.
    std::memcpy(names.names[at].text, text.c_str(), text.size() + 1);
    names.names[at].counted = counted;
    names.count.store(at + 1, kRelease);
    return at;
}

std::size_t PoolMap::responder(std::string_view name) {
    if (const std::size_t known = name_of(kResponderNames, name); known < kNames) return known;
    const Lock lock{*this, kPatience};
    if (const std::size_t known = name_of(kResponderNames, name); known < kNames) return known;
    Names& names = layout_->names[kResponderNames];
    const std::uint64_t at = names.count.load(kRelaxed);
    if (!lock.is_held() || at >= kNames || name.size() >= sizeof(Names::Name::text)) return 0;
    const std::string text{name};
    std::memcpy(names.names[at].text, text.c_str(), text.size() + 1);
    names.count.store(at + 1, kRelease);
    return at;
}

std::size_t PoolMap::find_series(std::uint64_t key) const {
    const std::uint64_t count = std::min<std::uint64_t>(layout_->series_count.load(kAcquire), kSeries);
    for (std::size_t at = 0; at < count; ++at)
        if (layout_->series_keys[at].load(kRelaxed) == key) return at;
    return kSeries;
}

std::size_t PoolMap::series_of(const Answered& answered, model::Variant variant) {
    const int status_class = answered.status / 100;
    const std::uint64_t key =
        series_key(answered.route,
                   status_class >= 1 && status_class < static_cast<int>(kStatusClasses) ? status_class : 0,
                   answered.responder, static_cast<std::size_t>(variant));
    if (const std::size_t known = find_series(key); known < kSeries) return known;
    const Lock lock{*this, std::chrono::milliseconds{0}};  // no request waits for it
    if (const std::size_t known = find_series(key); known < kSeries) return known;
    const std::uint64_t at = layout_->series_count.load(kRelaxed);
    if (!lock.is_held() || at >= kSeries) return static_cast<std::size_t>(variant);
    layout_->series_keys[at].store(key, kRelaxed);
    layout_->series_count.store(at + 1, kRelease);
    return at;
}

// --- workers ---

WorkerSlot PoolMap::claim(std::string_view name, model::Variant variant) {
    const pid_t pid = ::getpid();
    const std::uint64_t identity = process_identity(pid);
    const std::uint64_t now = milliseconds(clock_.now());
    const Lock lock{*this, kPatience};
    if (!lock.is_held()) return {*layout_, nullptr, variant, *this};
    reap_locked();
    const auto is_free = [](const Slot& slot) { return slot.pid.load(kRelaxed) == 0; };
    auto& slots = layout_->slots;
    if (std::all_of(slots.begin(), slots.end(), is_free) && !is_healing())
        layout_->started_at_ms.store(now, kRelaxed);
    const auto place = std::find_if(slots.begin(), slots.end(), is_free);
    if (place == slots.end()) return {*layout_, nullptr, variant, *this};
    Slot& slot = *place;
    for (Counter* figure : {&slot.ready, &slot.failed, &slot.requests, &slot.errors, &slot.under_way})
        figure->store(0, kRelaxed);
    for (Counter& bucket : layout_->slot_times[static_cast<std::size_t>(place - slots.begin())])
        if (bucket.load(kRelaxed) != 0) bucket.store(0, kRelaxed);
    slot.memory_bytes.store(kUnknown, kRelaxed);
    store_name(slot.name, name);
    slot.variant.store(static_cast<std::uint64_t>(variant), kRelaxed);
    slot.started_at_ms.store(now, kRelaxed);
    slot.last_active_at_ms.store(now, kRelaxed);
    slot.identity.store(identity, kRelaxed);
    slot.pid.store(static_cast<std::uint64_t>(pid), kRelease);
    return {*layout_, &slot, variant, *this};
}

// The workers are gone because they died, and the watch is there to see it: it is the same pool that goes on.
bool PoolMap::is_healing() const {
    constexpr std::uint64_t kLatelyMs = 60'000;
    const std::uint64_t now = milliseconds(clock_.now());
    return now - layout_->died_at_ms.load(kRelaxed) < kLatelyMs &&
           now - layout_->last_probe.load(kRelaxed) / 2 < kLatelyMs;
}

void PoolMap::reap_locked() {
    // With the machine all ended, and it was not their fault.
    if (layout_->machine.exchange(machine_identity(), kRelaxed) != machine_identity())
        for (Slot& slot : layout_->slots) slot.pid.store(0, kRelease);
    for (Slot& slot : layout_->slots) {
        const auto pid = static_cast<pid_t>(slot.pid.load(kAcquire));
        if (pid == 0 || process_identity(pid) == slot.identity.load(kRelaxed)) continue;
        slot.pid.store(0, kRelease);
        layout_->variants[slot.variant.load(kRelaxed) % kVariants].deaths.fetch_add(1, kRelaxed);
        layout_->died_at_ms.store(milliseconds(clock_.now()), kRelaxed);
    }
}

void PoolMap::reap() {
    const Lock lock{*this, kPatience};
    if (lock.is_held()) reap_locked();
}

Slot* PoolMap::find_slot(pid_t worker) const {
    for (Slot& slot : layout_->slots)
        if (slot.pid.load(kAcquire) == static_cast<std::uint64_t>(worker)) return &slot;
    return nullptr;
}

void PoolMap::note_failed(pid_t worker) {
    if (Slot* const slot = find_slot(worker)) slot->failed.store(1, kRelaxed);
}

void PoolMap::note_memory(pid_t worker, std::uint64_t bytes) {
    if (Slot* const slot = find_slot(worker)) slot->memory_bytes.store(bytes, kRelaxed);
}

// --- the watch ---

void PoolMap::note_store(std::uint64_t users, std::uint64_t bytes) {
    layout_->store_users.store(users, kRelaxed);
    layout_->store_bytes.store(bytes, kRelaxed);
}

void PoolMap::note_serving(model::Variant variant) {
    const std::uint64_t before = layout_->serving.exchange(static_cast<std::uint64_t>(variant), kRelaxed);
    if (variant != model::Variant::kLegacy || variant_of(before) == variant) return;
    layout_->variants[static_cast<std::size_t>(variant)].fallbacks.fetch_add(1, kRelaxed);
}

void PoolMap::note_probe(bool answered, util::Timestamp now) {
    VariantFigures& figures = layout_->variants[layout_->serving.load(kRelaxed) % kVariants];
    figures.probes.fetch_add(1, kRelaxed);
    if (answered) figures.probes_ok.fetch_add(1, kRelaxed);
    const std::uint64_t now_ms = milliseconds(now);
    std::uint64_t none = 0;
    layout_->first_probe_ms.compare_exchange_strong(none, now_ms, kRelaxed);
    const std::uint64_t before = layout_->last_probe.exchange(now_ms * 2 + (answered ? 1 : 0), kRelaxed);
    const auto gap_ms = static_cast<std::int64_t>(now_ms - before / 2);
    const bool between_good_ones = answered && before % 2 == 1;
    if (between_good_ones && gap_ms > 0 && util::Milliseconds{gap_ms} <= kLongestProbeGap)
        figures.up_ms.fetch_add(static_cast<std::uint64_t>(gap_ms), kRelaxed);
}

void PoolMap::note_uptime(const Uptime& uptime) {
    const std::optional<double> shares[] = {uptime.day, uptime.week, uptime.month};
    for (std::size_t at = 0; at < layout_->uptime.size(); ++at)
        layout_->uptime[at].store(
            shares[at] ? static_cast<std::uint64_t>(std::max(*shares[at], 0.0) * 1000) : kUnknown, kRelaxed);
}

// --- what is told ---

std::vector<WorkerFigures> PoolMap::workers() const {
    std::vector<WorkerFigures> workers;
    for (std::size_t at = 0; at < kSlots; ++at) {
        const Slot& slot = layout_->slots[at];
        const auto pid = static_cast<pid_t>(slot.pid.load(kAcquire));
        if (pid == 0 || process_identity(pid) != slot.identity.load(kRelaxed)) continue;
        WorkerFigures& worker = workers.emplace_back();
        worker = {.pid = pid,
                  .name = load_name(slot.name),
                  .variant = variant_of(slot.variant.load(kRelaxed)),
                  .ready = slot.ready.load(kRelaxed) != 0,
                  .started_at = timestamp(slot.started_at_ms.load(kRelaxed)),
                  .last_active_at = timestamp(slot.last_active_at_ms.load(kRelaxed)),
                  .requests = slot.requests.load(kRelaxed),
                  .errors = slot.errors.load(kRelaxed),
                  .under_way = slot.under_way.load(kRelaxed),
                  .memory_bytes = known(slot.memory_bytes)};
        add(worker.times, layout_->slot_times[at]);
    }
    return workers;
}

std::vector<SeriesFigures> PoolMap::series() const {
    std::vector<SeriesFigures> all;
    const std::uint64_t count = std::min<std::uint64_t>(layout_->series_count.load(kAcquire), kSeries);
    for (std::size_t at = 0; at < count; ++at) {
        const std::uint64_t key = layout_->series_keys[at].load(kRelaxed);
        const Names::Name& route = layout_->names[kRouteNames].names[key % kNames];
        const std::string_view text = route.text;
        SeriesFigures& one = all.emplace_back();
        one = {.method = std::string{text.substr(0, text.find(' '))},
               .route = std::string{text.substr(text.find(' ') + 1)},
               .counted = route.counted,
               .status_class = static_cast<int>(key >> 16U & 0xFFU),
               .responder = layout_->names[kResponderNames].names[(key >> 8U) % kNames].text,
               .variant = variant_of(key >> 24U)};
        add(one.times, layout_->series[at]);
    }
    return all;
}

Totals PoolMap::totals(model::Variant variant) const {
    const VariantFigures& figures = layout_->variants[static_cast<std::size_t>(variant)];
    return {.requests = figures.requests.load(kRelaxed),
            .errors = figures.errors.load(kRelaxed),
            .deaths = figures.deaths.load(kRelaxed),
            .fallbacks = figures.fallbacks.load(kRelaxed),
            .probes = figures.probes.load(kRelaxed),
            .probes_ok = figures.probes_ok.load(kRelaxed),
            .up_ms = figures.up_ms.load(kRelaxed)};
}

Histogram PoolMap::times(model::Variant variant) const {
    Histogram times;
    const std::uint64_t count = std::min<std::uint64_t>(layout_->series_count.load(kAcquire), kSeries);
    for (std::size_t at = 0; at < count; ++at) {
        const std::uint64_t key = layout_->series_keys[at].load(kRelaxed);
        if (variant_of(key >> 24U) == variant && layout_->names[kRouteNames].names[key % kNames].counted)
            add(times, layout_->series[at]);
    }
    return times;
}

Window PoolMap::window(util::Timestamp now) const {
    Window window;
    const std::uint64_t last = milliseconds(now) / std::chrono::milliseconds{kWindowPeriod}.count();
    for (std::size_t variant = 0; variant < kVariants; ++variant)
        for (std::uint64_t period = last - std::min(last, kWindowPeriods); period <= last; ++period) {
            const std::size_t at = period % kPeriods;
            const Period& recent = layout_->periods[variant][at];
            if (recent.used_in.load(kRelaxed) != period) continue;
            window.errors += count_in(recent.errors, period);
            for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
                if (const std::uint64_t count = count_in(layout_->period_times[variant][at][bucket], period))
                    window.times.add(bucket, count);
        }
    return window;
}

Uptime PoolMap::uptime() const {
    const auto share = [&](std::size_t at) -> std::optional<double> {
        const auto thousandths = known(layout_->uptime[at]);
        if (!thousandths) return std::nullopt;
        return static_cast<double>(*thousandths) / 1000;
    };
    return {.day = share(0), .week = share(1), .month = share(2)};
}

util::Timestamp PoolMap::pool_started_at() const {
    return timestamp(layout_->started_at_ms.load(kRelaxed));
}

std::optional<util::Timestamp> PoolMap::first_probe_at() const {
    const std::uint64_t at = layout_->first_probe_ms.load(kRelaxed);
    if (at == 0) return std::nullopt;
    return timestamp(at);
}

std::optional<util::Timestamp> PoolMap::last_probe_at() const {
    const std::uint64_t at = layout_->last_probe.load(kRelaxed) / 2;
    if (at == 0) return std::nullopt;
    return timestamp(at);
}

std::optional<std::uint64_t> PoolMap::store_users() const {
    return known(layout_->store_users);
}
std::optional<std::uint64_t> PoolMap::store_bytes() const {
    return known(layout_->store_bytes);
}

std::uint64_t PoolMap::identity() const {
    return layout_->identity;
}

}  // namespace arq::monitor
