// SPDX-License-Identifier: MIT
//
// One turn of a conversation: remember, recall, compose, reply, commit. Thread safe.
//
// The whole turn is one transaction in the user's file: the message, what it taught and the reply are
// there together or not at all, and only take_turn()'s return acknowledges them. A message id that was
// answered before gives the stored answer again and stores nothing, whichever worker is asked.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "arq/model/conversation.h"
#include "arq/responder/responder.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "arq/util/text.h"

namespace arq::assistant {

struct TurnRequest {
    store::UserKey user;
    std::string text;                    // trimmed, not empty
    std::string message_id;              // the client's own
    std::optional<util::Id> session_id;  // absent: the session last talked in, or a new one
    bool new_session = false;
    bool isolated = false;                   // of a new session
    std::string time_zone;                   // empty: the configured one
    std::optional<util::Language> language;  // what the caller prefers; the message's own comes first
};

struct Timing {
    std::chrono::duration<double, std::milli> total{}, store{}, recall{};
};

struct TurnResult {
    model::Answer answer;
    bool replayed = false;
    Timing timing;
};

struct Options {
    int recall_candidates = 50;
    int recall_quotes = 3;
    int recall_memories = 5;
    std::string time_zone = "UTC";
    util::Language language = util::Language::kEnglish;
};

class Assistant {
public:
    // All three outlive it.
    Assistant(store::UserFiles& files, responder::Responder& responder, util::Clock& clock, Options options);

    // Errors: kSessionNotFound, kMessageIdReused (another text under a known id), the storage codes.
    TurnResult take_turn(const TurnRequest& request);

private:
    store::UserFiles& files_;
    responder::Responder& responder_;
    util::Clock& clock_;
    const Options options_;
};

}  // namespace arq::assistant
