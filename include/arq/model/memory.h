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
std::optional<MemoryKind> parse_memory_kind(std::string_view name);

// How exact a time is. Numbers on disk: never change, only add.
enum class Grain { kSecond = 0, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };

// "second", "minute" …
std::string_view grain_name(Grain grain);
std::optional<Grain> parse_grain(std::string_view name);

struct Memory {
    util::Id id = 0;
    std::string text;
    MemoryKind kind = MemoryKind::kNote;
    std::string subject;                 // "name", "home", "pet"; empty where the memory has none
    std::string value;                   // what it says of the subject: "Anna"; empty where it has no subject
    std::optional<util::Id> session_id;  // set where only an isolated session may see it
    std::optional<util::Id> source_message;  // the message that taught it
    util::Timestamp created_at;
    util::Timestamp updated_at;
    // Of an event when it takes place, from inclusive, to exclusive; of a fact since when it holds, as far as
    // it was said, and, once it holds no more, until when.
    std::optional<util::Timestamp> valid_from, valid_to;
    std::optional<Grain> grain;  // of an event: how exact its time is
    int version = 1;             // counts the texts it has had
    int uses = 0;                // answers that drew on it
};

// A text that a memory had before.
struct MemoryVersion {
    int version = 1;
    std::string text;
    std::string value;
    util::Timestamp changed_at;       // since when it had it
    std::optional<util::Id> message;  // the message that taught it
    std::string message_id;           // and that message's client id; empty where there is none
    std::optional<util::Timestamp> valid_from, valid_to;
    std::optional<Grain> grain;
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
    struct Forgotten {  // nothing of what it said is kept
        util::Id id = 0;
        MemoryKind kind = MemoryKind::kNote;
    };
    std::vector<Used> used;
    std::vector<Added> added;
    std::vector<Changed> changed;
    std::vector<Forgotten> forgotten;
};

}  // namespace arq::model
