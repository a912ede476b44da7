// SPDX-License-Identifier: MIT
#include "store/recent_stems.h"

#include <algorithm>

namespace arq::store {

void RecentStems::add(IndexedExchange exchange, bool isolated) {
    last_ = exchange.id;
    messages_.push_back({.exchange = std::move(exchange), .isolated = isolated});
}

void RecentStems::keep_only(std::int64_t removals, util::Id through) {
    if (removals != removals_ || (last_ && *last_ < through)) clear();
    removals_ = removals;
    const auto first = std::find_if(messages_.begin(), messages_.end(),
                                    [&](const Message& message) { return message.exchange.id > through; });
    messages_.erase(messages_.begin(), first);
    if (!last_) last_ = through;
}

void RecentStems::clear() {
    messages_.clear();
    last_.reset();
}

const IndexedExchange* RecentStems::find(util::Id id) const {
    const auto found = std::lower_bound(
        messages_.begin(), messages_.end(), id,
        [](const Message& message, util::Id wanted) { return message.exchange.id < wanted; });
    return found != messages_.end() && found->exchange.id == id ? &found->exchange : nullptr;
}

void RecentStems::search(const WantedStems& wanted, std::optional<util::Id> isolated_session,
                         model::Stretch& stretch) const {
    for (const Message& message : messages_) {
        const bool is_seen =
            isolated_session ? message.exchange.session == *isolated_session : !message.isolated;
        if (is_seen) search_exchange(message.exchange, wanted, stretch);
    }
}

}  // namespace arq::store
