// SPDX-License-Identifier: MIT
//
// The numbers of the whole pool, in one file (run/pool.map) that all its processes have mapped: what was
// answered how fast, who is at work, what the watch has found. 2.2 MB, of which only the pages in use take
// memory.
//
// Threads and processes: whatever counts is one atomic addition, with no order between figures; a process
// that is killed at any instant leaves nothing half done. What is rare (a new name, a worker that comes or
// is found dead) happens under a lock that the system takes from whoever dies.
// A disk that is full, or a file that somebody cut, costs numbers and nothing else.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/monitor/histogram.h"
#include "arq/util/clock.h"
#include "arq/util/file.h"

namespace arq::monitor {

struct Layout;
struct Slot;

inline constexpr model::Variant kAllVariants[] = {model::Variant::kProduction, model::Variant::kCanary,
                                                  model::Variant::kLegacy};

// Over what time /health tells error rate and percentiles: the period under way and the ten before it.
inline constexpr std::chrono::seconds kWindowPeriod{30};
inline constexpr std::uint64_t kWindowPeriods = 10;

// Two probes that are further apart say nothing of the time between them.
inline constexpr std::chrono::seconds kLongestProbeGap{15};

// A request as it is counted. Numbers as route() and responder() of the map give them.
struct Answered {
    std::size_t route = 0;
    std::size_t responder = 0;
    int status = 200;
    std::chrono::microseconds time{};  // from acceptance to the answer
};

// The place of one worker in the map. Thread safe. The map outlives it.
class WorkerSlot {
public:
    WorkerSlot(WorkerSlot&& other) noexcept
        : layout_(other.layout_), slot_(other.slot_), variant_(other.variant_), map_(other.map_) {}

    // Whether it accepts what comes; not before the first call.
    void set_ready(bool ready);
    // It ends in good order. A worker that goes without counts as dead once somebody looks.
    void release();

    void begin_request(util::Timestamp now);
    void drop_request();  // begun, and never answered
    void record(const Answered& answered, util::Timestamp now);

    model::Variant variant() const { return variant_; }

private:
    friend class PoolMap;
    WorkerSlot(Layout& layout, Slot* slot, model::Variant variant, class PoolMap& map)
        : layout_(layout), slot_(slot), variant_(variant), map_(map) {}

    Layout& layout_;
    Slot* slot_;  // none where the map has no room left: then only the pool's figures are counted
    const model::Variant variant_;
    PoolMap& map_;
};

// A request that a worker has begun, until it was recorded or dropped.
class UnderWay {
public:
    UnderWay(WorkerSlot& slot, util::Timestamp now) : slot_(&slot) { slot.begin_request(now); }
    UnderWay(UnderWay&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    UnderWay& operator=(UnderWay&& other) noexcept {
        std::swap(slot_, other.slot_);
        return *this;
    }
    ~UnderWay() {
        if (slot_ != nullptr) slot_->drop_request();
    }
    // At most once.
    void record(const Answered& answered, util::Timestamp now) {
        std::exchange(slot_, nullptr)->record(answered, now);
    }

private:
    WorkerSlot* slot_;
};

// What the map says of a worker that lives.
struct WorkerFigures {
    pid_t pid = 0;
    std::string name;  // as the supervisor calls it: "1", "c1", "l1", "standby"
    model::Variant variant = model::Variant::kProduction;
    bool ready = false;
    util::Timestamp started_at;
    util::Timestamp last_active_at;  // when it began or answered a request; started_at before the first
    std::uint64_t requests = 0;      // answered; also those of /health and /metrics, as of all figures below
    std::uint64_t errors = 0;        // of them with a status of 500 or more
    std::uint64_t under_way = 0;
    std::optional<std::uint64_t> memory_bytes;  // as the watch wrote it
    Histogram times;

    // Whether it answers what comes to the ten slots (the standby and one on trial don't).
    bool is_on_slots() const { return !name.empty() && (name[0] <= '9' || name[0] == 'c' || name[0] == 'l'); }
};

// The answers that have all of these in common, since the map was made.
struct SeriesFigures {
    std::string method;     // empty where there is no such route
    std::string route;      // a pattern, "/api/sessions/{id}", or "other"
    bool counted = true;    // false: /health and /metrics, which no total contains
    int status_class = 2;   // 2: 200 to 299; 0: not known
    std::string responder;  // empty where none was asked
    model::Variant variant = model::Variant::kProduction;
    Histogram times;
};

// Since the map was made; requests without those to /health and /metrics.
struct Totals {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;     // of them with a status of 500 or more
    std::uint64_t deaths = 0;     // workers that ended otherwise than they were told to
    std::uint64_t fallbacks = 0;  // times that the slots were given to this variant in an emergency
    std::uint64_t probes = 0;     // of the time that this variant served the slots
    std::uint64_t probes_ok = 0;
    std::uint64_t up_ms = 0;  // between two probes that succeeded

    Totals& operator+=(const Totals& other);
};

// The last five minutes, all variants; without /health and /metrics.
struct Window {
    Histogram times;
    std::uint64_t errors = 0;
};

// Shares of time, 0 to 100, as Folder computes them.
struct Uptime {
    std::optional<double> day, week, month;
};

class PoolMap {
public:
    // The map at `path`, made where it is missing, and anew where it is of another layout. Where that fails
    // (the disk is full, the folder can't be written to) it is memory of this process's own, and the log
    // says so. `clock` outlives it.
    PoolMap(const std::string& path, util::Clock& clock);
    // One in this process's memory alone.
    explicit PoolMap(util::Clock& clock);
    ~PoolMap();
    PoolMap(const PoolMap&) = delete;
    PoolMap& operator=(const PoolMap&) = delete;

    // --- for workers ---

    // The number of a route ("GET", "/api/sessions/{id}") or responder ("embedded", empty: none), added where
    // it is new. 0, which stands for "other" (of responders: none), where there is no room.
    std::size_t route(std::string_view method, std::string_view pattern, bool counted);
    std::size_t responder(std::string_view name);

    // A place for this process; that of a dead worker is reused. Where nobody else of the pool lives, its
    // uptime begins anew, unless they have just died and the watch goes on.
    WorkerSlot claim(std::string_view name, model::Variant variant);

    // --- for the watch ---

    // Finds workers that died, and counts them.
    void reap();
    // The worker is about to be ended because it failed (it hangs): its end counts as a death.
    void note_failed(pid_t worker);
    void note_memory(pid_t worker, std::uint64_t bytes);
    void note_store(std::uint64_t users, std::uint64_t bytes);
    // What the slots are served by. A change to legacy is counted as a fallback.
    void note_serving(model::Variant variant);
    // Whether the pool answered from outside.
    void note_probe(bool answered, util::Timestamp now);
    void note_uptime(const Uptime& uptime);

    // --- for all ---

    std::vector<WorkerFigures> workers() const;  // those that live
    std::vector<SeriesFigures> series() const;
    Totals totals(model::Variant variant) const;
    // Of all requests that totals() counts.
    Histogram times(model::Variant variant) const;
    Window window(util::Timestamp now) const;
    Uptime uptime() const;
    util::Timestamp pool_started_at() const;  // the epoch before anybody came
    std::optional<util::Timestamp> first_probe_at() const;
    std::optional<util::Timestamp> last_probe_at() const;
    std::optional<std::uint64_t> store_users() const;
    std::optional<std::uint64_t> store_bytes() const;
    // Another one for each map that is made.
    std::uint64_t identity() const;
    // Whether other processes see it.
    bool is_shared() const { return static_cast<bool>(file_); }

private:
    friend class WorkerSlot;
    class Lock;

    std::size_t name_of(std::size_t table, std::string_view text) const;
    std::size_t find_series(std::uint64_t key) const;
    std::size_t series_of(const Answered& answered, model::Variant variant);
    bool is_healing() const;
    void reap_locked();
    Slot* find_slot(pid_t worker) const;

    util::Clock& clock_;
    std::mutex mutex_;     // with the file's lock: of this process's threads one at a time
    util::UniqueFd file_;  // none: this process's own memory
    Layout* layout_ = nullptr;
};

}  // namespace arq::monitor
