// SPDX-License-Identifier: MIT
#include "store/recent_stems.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace arq::store {
namespace {

std::uint32_t hash(std::string_view stem) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(stem));
}

}  // namespace

void RecentStems::add(util::Id id, util::Id session, bool isolated, const std::vector<std::string>& stems) {
    Message message{.id = id, .session = session, .isolated = isolated, .stems = {}};
    message.stems.reserve(stems.size());
    for (const std::string& stem : stems) message.stems.push_back(hash(stem));
    std::sort(message.stems.begin(), message.stems.end());
    message.stems.erase(std::unique(message.stems.begin(), message.stems.end()), message.stems.end());
    messages_.push_back(std::move(message));
}

void RecentStems::keep_only(std::int64_t data_version, util::Id behind) {
    if (data_version != data_version_) clear();
    data_version_ = data_version;
    const auto first = std::find_if(messages_.begin(), messages_.end(),
                                    [&](const Message& message) { return message.id > behind; });
    messages_.erase(messages_.begin(), first);
}

util::Id RecentStems::first_id() const {
    return messages_.empty() ? std::numeric_limits<util::Id>::max() : messages_.front().id;
}

void RecentStems::find(const util::StemSet& wanted, std::optional<util::Id> isolated_session,
                       const std::function<void(util::Id, std::uint64_t)>& take) const {
    constexpr std::size_t kBuckets = 256;
    std::array<std::uint64_t, kBuckets> buckets{};
    std::vector<std::uint32_t> hashes;
    for (const std::string& stem : wanted.stems()) {
        buckets[hash(stem) % kBuckets] |= std::uint64_t{1} << hashes.size();
        hashes.push_back(hash(stem));
    }
    for (const Message& message : messages_) {
        if (isolated_session ? message.session != *isolated_session : message.isolated) continue;
        std::uint64_t found = 0;
        for (const std::uint32_t stem : message.stems) {
            if (buckets[stem % kBuckets] == 0) continue;
            for (std::size_t at = 0; at < hashes.size(); ++at)
                if (hashes[at] == stem) found |= std::uint64_t{1} << at;
        }
        take(message.id, found);
    }
}

}  // namespace arq::store
