// SPDX-License-Identifier: MIT
//
// The stems of the exchanges that a connection has stored itself since it was opened, so that a search
// needn't read and stem them again with each message: of every user's message with an id from first_id() on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arq/util/ids.h"
#include "store/recall_block.h"

namespace arq::store {

class RecentStems {
public:
    // Ids grow.
    void add(IndexedExchange exchange, bool isolated);
    // The answer to a message that was added; false where it wasn't.
    bool add_answer(util::Id id, IndexedText answer);
    // Forgets all if somebody else has written meanwhile (SQLite's data_version), else what is indexed.
    void keep_only(std::int64_t data_version, util::Id behind);
    void clear() { messages_.clear(); }

    // Beyond every id where there is nothing.
    util::Id first_id() const;
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
    std::int64_t data_version_ = 0;
};

}  // namespace arq::store
