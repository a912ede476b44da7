// SPDX-License-Identifier: MIT
//
// What is learnt of a user. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/util/clock.h"
#include "arq/util/ids.h"

namespace arq::model {

// Numbers on disk: never change, only add.
enum class MemoryKind { kFact = 0, kPreference = 1, kEvent = 2, kInstruction = 3, kNote = 4 };

std::string_view memory_kind_name(MemoryKind kind);

struct Memory {
    util::Id id = 0;
    std::string text;
    MemoryKind kind = MemoryKind::kNote;
    std::string subject;                     // "name"; empty where the memory has none
    std::optional<util::Id> session_id;      // set where only an isolated session may see it
    std::optional<util::Id> source_message;  // the message that taught it
    util::Timestamp created_at;
    util::Timestamp updated_at;
    int version = 1;  // counts the texts it has had
};

// How one turn used and changed the memory, as the contract's "memory" object tells it.
struct MemoryUse {
    struct Used {
        util::Id id = 0;
        std::string text;
        double score = 0;  // 0 to 1
        int version = 1;
    };
    struct Added {
        util::Id id = 0;
        std::string text;
        MemoryKind kind = MemoryKind::kNote;
        int version = 1;
    };
    struct Changed {
        util::Id id = 0;
        std::string text;
        std::string previous;
        MemoryKind kind = MemoryKind::kNote;
        int version = 1;
    };
    std::vector<Used> used;
    std::vector<Added> added;
    std::vector<Changed> changed;
};

}  // namespace arq::model
