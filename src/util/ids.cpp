// SPDX-License-Identifier: MIT
#include "arq/util/ids.h"

#include <algorithm>
#include <array>

namespace arq::util {
namespace {

constexpr std::chrono::milliseconds kEpoch{1704067200000};  // 2024-01-01T00:00:00Z
constexpr int kRandomBits = 18;
constexpr std::size_t kTextLength = 12;  // 60 bits, the topmost always 0
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

Id make_id(Clock& clock) {
    const auto since = std::max<std::int64_t>(1, (clock.now().time_since_epoch() - kEpoch).count());
    std::array<std::byte, 4> random{};
    clock.random_fill(random);
    std::int64_t low = 0;
    for (const std::byte byte : random) low = low << 8 | std::to_integer<std::int64_t>(byte);
    return since << kRandomBits | (low & ((1 << kRandomBits) - 1));
}

Timestamp time_of(Id id) {
    return Timestamp{kEpoch + std::chrono::milliseconds{id >> kRandomBits}};
}

std::string format_id(Id id) {
    std::string text(kTextLength, '0');
    for (std::size_t at = kTextLength; at-- > 0; id >>= 5)
        text[at] = kAlphabet[static_cast<std::size_t>(id & 31)];
    return text;
}

std::optional<Id> parse_id(std::string_view text) {
    if (text.size() != kTextLength) return std::nullopt;
    Id id = 0;
    for (const char letter : text) {
        const std::size_t digit = kAlphabet.find(letter);
        if (digit == std::string_view::npos) return std::nullopt;
        id = id << 5 | static_cast<Id>(digit);
    }
    return id == 0 ? std::nullopt : std::optional{id};
}

bool is_client_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
               c == '_' || c == '-';
    });
}

}  // namespace arq::util
