// SPDX-License-Identifier: MIT
#include "store/recent_stems.h"

#include <algorithm>
#include <limits>

namespace arq::store {

void RecentStems::add(IndexedExchange exchange, bool isolated) {
    messages_.push_back({.exchange = std::move(exchange), .isolated = isolated});
}

bool RecentStems::add_answer(util::Id id, IndexedText answer) {
    for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) {
        if (message->exchange.id != id) continue;
        message->exchange.answered = std::move(answer);
        return true;
    }
    return false;
}

void RecentStems::keep_only(std::int64_t data_version, util::Id behind) {
    if (data_version != data_version_) clear();
    data_version_ = data_version;
    const auto first = std::find_if(messages_.begin(), messages_.end(),
                                    [&](const Message& message) { return message.exchange.id > behind; });
    messages_.erase(messages_.begin(), first);
}

util::Id RecentStems::first_id() const {
    return messages_.empty() ? std::numeric_limits<util::Id>::max() : messages_.front().exchange.id;
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
