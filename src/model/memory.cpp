// SPDX-License-Identifier: MIT
#include "arq/model/memory.h"

#include <algorithm>
#include <array>

namespace arq::model {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"fact", "preference", "event", "instruction", "note"};
constexpr std::array<std::string_view, 8> kGrains{"second", "minute", "hour",    "day",
                                                  "week",   "month",  "quarter", "year"};

// The number of a name.
template <typename Enum, std::size_t kSize>
std::optional<Enum> parse(const std::array<std::string_view, kSize>& names, std::string_view name) {
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view memory_kind_name(MemoryKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind));
}

std::optional<MemoryKind> parse_memory_kind(std::string_view name) {
    return parse<MemoryKind>(kKinds, name);
}

std::string_view grain_name(Grain grain) {
    return kGrains.at(static_cast<std::size_t>(grain));
}

std::optional<Grain> parse_grain(std::string_view name) {
    return parse<Grain>(kGrains, name);
}

}  // namespace arq::model
