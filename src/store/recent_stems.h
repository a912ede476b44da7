// SPDX-License-Identifier: MIT
//
// The stems of the messages that a connection has stored itself since it was opened, so that a search needn't
// read and stem them again with each message: of every user's message with an id from first_id() on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arq/util/ids.h"
#include "arq/util/stem_set.h"

namespace arq::store {

class RecentStems {
public:
    // Ids grow.
    void add(util::Id id, util::Id session, bool isolated, const std::vector<std::string>& stems);
    // Forgets all if somebody else has written meanwhile (SQLite's data_version), else what is indexed.
    void keep_only(std::int64_t data_version, util::Id behind);
    void clear() { messages_.clear(); }

    // Beyond every id where there is nothing.
    util::Id first_id() const;

    // Calls `take` with each message's id and the bits of the stems that stand in it, which may be none; of
    // the isolated session alone, or of all that are not. (Stems are told apart by 32 bits of a hash.)
    void find(const util::StemSet& wanted, std::optional<util::Id> isolated_session,
              const std::function<void(util::Id, std::uint64_t)>& take) const;

private:
    struct Message {
        util::Id id;
        util::Id session;
        bool isolated;
        std::vector<std::uint32_t> stems;
    };
    std::vector<Message> messages_;
    std::int64_t data_version_ = 0;
};

}  // namespace arq::store
