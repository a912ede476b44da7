// SPDX-License-Identifier: MIT
//
// What stands where in run/pool.map. Processes of several releases may have the same file mapped: whoever
// changes anything here raises kLayout, and a process of another layout makes itself a new file.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arq/monitor/histogram.h"

namespace arq::monitor {

inline constexpr std::uint64_t kMagic = 0x50414d4c4f4f5041;  // "APOOLMAP"
inline constexpr std::uint64_t kLayout = 1;

inline constexpr std::size_t kVariants = 3;
inline constexpr std::size_t kStatusClasses = 6;
inline constexpr std::size_t kNames = 64;  // of a table
inline constexpr std::size_t kSlots =
    48;  // twice ten workers while they are replaced, legacy, canary, standby
inline constexpr std::size_t kSeries = 256;
inline constexpr std::size_t kPeriods = 12;  // one more than is read, and one for clocks that differ

inline constexpr std::size_t kRouteNames = 0;
inline constexpr std::size_t kResponderNames = 1;

inline constexpr std::uint64_t kUnknown = UINT64_MAX;

using Counter = std::atomic<std::uint64_t>;
static_assert(Counter::is_always_lock_free && sizeof(Counter) == 8);

using Buckets = std::array<Counter, kBuckets>;

// The first `count` are there for good; the lock is needed to add one.
struct Names {
    struct Name {
        char text[63];  // ends with a zero byte
        bool counted;
    };
    Counter count;
    std::array<Name, kNames> names;
};

// A worker's. Free where `pid` is 0; set last when it is claimed.
struct alignas(64) Slot {
    Counter pid;
    Counter identity;  // of the process: a pid is given again
    std::array<Counter, 2> name;
    Counter variant;
    Counter ready;
    Counter failed;
    Counter started_at_ms;
    Counter last_active_at_ms;
    Counter requests;
    Counter errors;
    Counter under_way;
    Counter memory_bytes;
    std::array<Counter, 3> reserved;
};

// Each cell holds its period's number above and its count below: that of another period counts as zero, so
// a ring needs nobody to clear it.
struct alignas(64) Period {
    Counter used_in;  // the last period that anything was written in: others' times needn't be read
    Counter errors;
};

struct alignas(64) VariantFigures {
    Counter requests, errors, deaths, fallbacks, probes, probes_ok, up_ms;
    Counter reserved;
};

struct Layout {
    std::uint64_t magic, layout, bytes, identity;  // never change

    Counter started_at_ms;  // of the pool
    Counter serving;        // a variant
    Counter last_probe;     // its time in ms, doubled, and one if it succeeded; 0: none yet
    Counter store_users, store_bytes;
    std::array<Counter, 3> uptime;  // day, week, month, in thousandths of a percent
    Counter machine;                // on which the slots were claimed, by machine_identity()
    Counter died_at_ms;             // when a worker was last found dead
    Counter first_probe_ms;         // 0: none yet
    std::array<Counter, 13> reserved;

    std::array<VariantFigures, kVariants> variants;
    std::array<Names, 2> names;
    Counter series_count;
    std::array<Counter, kSeries> series_keys;  // the first `series_count` are there for good
    std::array<Slot, kSlots> slots;
    std::array<std::array<Period, kPeriods>, kVariants> periods;

    // What is looked through stands above, close together; of these only what is in use is touched.
    std::array<Buckets, kSlots> slot_times;
    std::array<std::array<Buckets, kPeriods>, kVariants> period_times;  // cells as in Period
    std::array<Buckets, kSeries> series;
};

// What the answers of a series have in common.
inline std::uint64_t series_key(std::size_t route, int status_class, std::size_t responder,
                                std::size_t variant) {
    return route | (responder << 8U) | (static_cast<std::uint64_t>(status_class) << 16U) | (variant << 24U);
}

}  // namespace arq::monitor
