// SPDX-License-Identifier: MIT
//
// What the pool did over a span of time, as host.sqlite3 keeps it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/util/clock.h"

namespace arq::model {

// Numbers on disk: never change, only add.
enum class Span { kMinute = 0, kHour = 1, kDay = 2 };

// Of one variant. Requests are counted without those to /health and /metrics.
struct PoolFigures {
    util::Timestamp begins_at;  // a whole minute, hour or day, UTC
    Variant variant = Variant::kProduction;
    std::int64_t requests = 0;
    std::int64_t errors = 0;                               // of them with a status of 500 or more
    std::optional<double> p50_ms, p95_ms, p99_ms, max_ms;  // absent where there were no requests
    std::string times;                                     // monitor::Histogram, encoded
    std::int64_t deaths = 0;                 // workers that ended otherwise than they were told to
    std::int64_t fallbacks = 0;              // times that this variant took the slots in an emergency
    std::int64_t probes = 0, probes_ok = 0;  // while this variant served the slots
    std::int64_t up_ms = 0;                  // between two probes that succeeded
};

// One step of folding, written as a whole.
struct Fold {
    struct Row {
        Span span = Span::kMinute;
        PoolFigures figures;
    };
    std::string state;      // what has been folded by now
    std::vector<Row> rows;  // each takes the place of the row of its span, time and variant
    util::Timestamp minutes_from, hours_from, days_from;  // what is older is dropped
};

}  // namespace arq::model
