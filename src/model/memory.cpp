// SPDX-License-Identifier: MIT
#include "arq/model/memory.h"

#include <array>

namespace arq::model {

std::string_view memory_kind_name(MemoryKind kind) {
    static constexpr std::array<std::string_view, 5> kNames{"fact", "preference", "event", "instruction",
                                                            "note"};
    return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view grain_name(Grain grain) {
    static constexpr std::array<std::string_view, 8> kNames{"second", "minute", "hour",    "day",
                                                            "week",   "month",  "quarter", "year"};
    return kNames.at(static_cast<std::size_t>(grain));
}

}  // namespace arq::model
