// SPDX-License-Identifier: MIT
//
// The stems of the newest exchanges, so that a search needn't read and stem them again with each message: of
// all that are behind the index up to last_id(), whoever stored them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arq/util/ids.h"
#include "store/recall_block.h"

namespace arq::store {

class RecentStems {
public:
    // Ids grow; nothing was said between the last one and this.
    void add(IndexedExchange exchange, bool isolated);
    // Drops what is in the index by now: up to `through`. And all of it where something was removed meanwhile
    // from what is found (state.recall_removals), or where more than that was indexed.
    void keep_only(std::int64_t removals, util::Id through);
    void clear();

    std::size_t size() const { return messages_.size(); }
    // What it doesn't know comes behind; none where it knows nothing.
    std::optional<util::Id> last_id() const { return last_; }
    // Nothing where it isn't here.
    const IndexedExchange* find(util::Id id) const;

    // Appends those of the isolated session alone, or all that are of none.
    void search(const WantedStems& wanted, std::optional<util::Id> isolated_session,
                model::Stretch& stretch) const;

private:
    struct Message {
        IndexedExchange exchange;
        bool isolated;
    };
    std::vector<Message> messages_;
    std::optional<util::Id> last_;
    std::int64_t removals_ = 0;
};

}  // namespace arq::store
