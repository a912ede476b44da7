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
    // False where the state is not `expected` any more: somebody else has folded.
    std::function<bool(const model::Fold& fold, const std::string& expected)> write_fold;
};

// Used by one thread. What is given outlives it.
class Folder {
public:
    Folder(PoolMap& map, Rows rows) : map_(map), rows_(std::move(rows)) {}

    // Folds once a minute has gone by since the last fold; true where it did. To be called each second or so.
    // Errors: those of Rows; the next call then tries again.
    bool tick(util::Timestamp now);
    // Folds now, as when the watch ends.
    void fold(util::Timestamp now);

private:
    std::optional<std::int64_t> folded_minute_;  // none before the first fold of this process
    PoolMap& map_;
    Rows rows_;
};

// All rows of a variant in one: what the judge of a canary compares. Empty rows give an empty sum.
model::PoolFigures sum(const std::vector<model::PoolFigures>& rows, model::Variant variant);
// The times of a row. Rows that are damaged count as empty.
Histogram times_of(const model::PoolFigures& row);

}  // namespace arq::monitor
