// SPDX-License-Identifier: MIT
//
// One turn of a conversation: remember, recall, compose, reply, commit. Thread safe.
//
// With a responder that answers at once the whole turn is one transaction in the user's file: the message,
// what it taught and the reply are there together or not at all. With a slower one the message is durable
// before it is asked, and a lease says who is at work on it: whoever asks the same meanwhile waits, and
// takes over when the lease runs out, for then its holder has died. Only take_turn()'s return acknowledges.
// A message id that was answered before gives the stored answer again, whichever worker is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arq/context/window.h"
#include "arq/memory/rules.h"
#include "arq/model/conversation.h"
#include "arq/responder/responder.h"
#include "arq/store/user_files.h"
#include "arq/topics/classifier.h"
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
    bool repetition_only = false;            // a message that is not known yet is refused
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
    std::chrono::milliseconds lease{90'000};  // longer than any responder may take
    int recall_quotes = 3;
    // The least share of a message's words, by what they tell, that something has to hold to be recalled for
    // it. At half of them it may be quoted as an answer.
    double recall_least_share = 0.5;
    int recall_memories = 5;
    std::size_t window_tokens = 4096;  // of a prompt, for a responder that takes one
    context::Shares window_shares;
    int window_turns = 50;  // of the session that are looked at for it
    std::size_t summary_tokens = 400;
    std::vector<std::byte>
        categories;  // of topics, as topics::train_categories() gives them; empty: those that ship
    // How much is kept of a user (docs/configuration.md, memory.*).
    std::int64_t max_messages = 100'000;
    std::int64_t max_memories = 5'000;
    std::int64_t max_bytes = 64 << 20;
    std::string time_zone = "UTC";
    util::Language language = util::Language::kEnglish;
    model::Variant variant = model::Variant::kProduction;  // what replies say they were made by
    memory::Rules rules;                                   // what is kept of a message
};

struct Understood;
struct Recalled;

class Assistant {
public:
    // All three outlive it. Throws kConfiguration where options.categories is no model.
    Assistant(store::UserFiles& files, responder::Responder& responder, util::Clock& clock, Options options);

    // Errors: kSessionNotFound, kMessageIdReused (another text under a known id), kRateLimited (a new
    // message where only repetitions are taken), the storage codes.
    TurnResult take_turn(const TurnRequest& request);

private:
    struct Work;  // a message that is stored, and what is to be answered to it

    TurnResult take_in_one_step(const TurnRequest& request);
    TurnResult take_under_lease(const TurnRequest& request);
    model::Reply ask(const responder::Prompt& prompt);
    Work begin(store::UserFile& file, const TurnRequest& request);
    void add_context(store::UserFile& file, const store::Scope& scope, const TurnRequest& request, Work& work,
                     const Understood& understood, const Recalled& recalled) const;
    Work resume(store::UserFile& file, const TurnRequest& request, const model::Message& message);

    store::UserFiles& files_;
    responder::Responder& responder_;
    util::Clock& clock_;
    const Options options_;
    const topics::Classifier categories_;
};

}  // namespace arq::assistant
