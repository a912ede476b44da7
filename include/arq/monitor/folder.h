// SPDX-License-Identifier: MIT
//
// Folds the map's numbers into rows of minutes, hours and days, which are kept (docs/operations.md says how
// long). One process does it, the watch; it may die and be started again at any instant: what was folded is
// known by the place that it is kept in, in the same transaction, so nothing is counted twice or left out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arq/model/pool_figures.h"
#include "arq/monitor/pool_map.h"
#include "arq/util/clock.h"

namespace arq::monitor {

// Where the rows are kept: store::Host's methods of these names. What they throw goes through Folder.
struct Rows {
    std::function<std::string()> fold_state;
    std::function<std::vector<model::PoolFigures>(model::Span, util::Timestamp from, util::Timestamp until)>
        list_figures;
    std::function<std::int64_t(model::Span, util::Timestamp from)> sum_up_ms;
    // False where the state is not `expected` any more: somebody else has folded.
    std::function<bool(const model::Fold& fold, const std::string& expected)> write_fold;
};

// Used by one thread. What is given outlives it.
class Folder {
public:
    Folder(PoolMap& map, Rows rows) : map_(map), rows_(std::move(rows)) {}

    // Folds when a minute is over; true where it did. To be called each second or so. What came since the
    // last fold, however long that is ago, belongs to the minute that has just gone by. Errors: those of
    // Rows; the next call then tries again.
    bool tick(util::Timestamp now);
    // Folds now, into the minute under way, as when the watch ends.
    void fold(util::Timestamp now);

    // A probe of the pool from outside.
    void note_probe(bool answered, util::Timestamp now) { map_.note_probe(answered, now); }

private:
    void fold_into(util::Timestamp minute, util::Timestamp now);
    void tell_uptime(std::optional<util::Timestamp> first_probe, util::Timestamp now);

    std::optional<util::Timestamp> minute_;  // the one under way; none before the first tick
    PoolMap& map_;
    Rows rows_;
};

// All rows of a variant in one: what the judge of a canary compares. Empty rows give an empty sum.
model::PoolFigures sum(const std::vector<model::PoolFigures>& rows, model::Variant variant);
// The times of a row. Rows that are damaged count as empty.
Histogram times_of(const model::PoolFigures& row);

}  // namespace arq::monitor
