// SPDX-License-Identifier: MIT
//
// What is said: sessions, messages, replies. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/memory.h"
#include "arq/util/clock.h"
#include "arq/util/ids.h"

namespace arq::model {

// Numbers on disk: never change, only add.
enum class Role { kUser = 0, kAssistant = 1 };
enum class Finish { kStop = 0, kLength = 1, kCut = 2, kStopped = 3 };
enum class Variant { kProduction = 0, kCanary = 1, kLegacy = 2 };

// What the contract calls it: "production", "canary", "legacy".
std::string_view variant_name(Variant variant);
std::optional<Variant> parse_variant(std::string_view name);

struct Session {
    util::Id id = 0;
    std::string title;
    bool isolated = false;  // what is said in it is remembered in it alone
    util::Timestamp created_at;
    util::Timestamp updated_at;
    int message_count = 0;  // both roles
};

struct Message {
    util::Id id = 0;
    util::Id session_id = 0;
    Role role = Role::kUser;
    std::string client_id;  // the "message_id": of a reply, the one that it answers
    std::string text;
    util::Timestamp created_at;
};

struct Reply {
    util::Id id = 0;
    std::string text;
    Finish finish = Finish::kStop;
    std::string responder;
    Variant variant = Variant::kProduction;
};

// What a message is about.
struct Topic {
    std::string name;      // a keyword, as people say it: "bicycle"
    std::string category;  // of a closed or the owner's list; empty where none fits
    double score = 0;      // 0 to 1
};

// A topic over many messages.
struct TopicCount {
    std::string name;
    std::string category;
    std::int64_t count = 0;  // of messages
    util::Timestamp last_at;
};

// What a session's older messages are left in, in short.
struct Summary {
    util::Id session_id = 0;
    std::string text;
    util::Id first_message = 0, last_message = 0;  // what it covers; these messages may be gone
    int turns = 0;                                 // how many messages of the user's it covers
    util::Timestamp updated_at;
};

// What went into the prompt of an answer.
struct ContextUse {
    int window_tokens = 0;  // what there was room for
    int prompt_tokens = 0;
    int turns_kept = 0;
    int turns_summarised = 0;
};

// A user's message and the answer to it, with all that the answer said of itself: as it is stored,
// and as a repetition gets it again.
struct Answer {
    util::Id session_id = 0;
    std::string message_id;
    Reply reply;
    MemoryUse memory;
    std::vector<Topic> topics;  // of the message, best first
    ContextUse context;
};

}  // namespace arq::model
