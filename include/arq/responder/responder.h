// SPDX-License-Identifier: MIT
//
// Answers a prompt. The seam between a turn and who speaks in it: the embedded responder, which needs
// no model, or one that asks a provider.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "arq/context/window.h"
#include "arq/model/conversation.h"
#include "arq/util/text.h"

namespace arq::responder {

// Something that the user said and that bears on the message.
struct Quote {
    std::string text;
    std::chrono::year_month_day day;  // in the user's time zone
};

// What the message taught, and what came of it.
struct Told {
    enum class What { kRemembered, kChanged, kClosed, kKnown, kForgotten, kNothingForgotten, kNoRoom };
    What what = What::kRemembered;
    model::MemoryKind kind = model::MemoryKind::kFact;
    std::string subject;  // "name", "home"; empty of a note
    std::string text;     // in the user's words; of what is forgotten nothing is told
    std::string value;
};

// Something that is known of what the message asks about.
struct Fact {
    std::string subject;  // what was asked about: "home"
    std::string of;       // which of them: "color" of a favorite
    std::string text;     // in the user's words
    std::string value;
    std::chrono::year_month_day day;  // when it was said, in the user's time zone
    std::string when;                 // of an event, as people say it: "in 3 days"
};

// What the turn found out, as far as it matters to an answer.
struct Prompt {
    std::string message;
    std::string query;  // the message, completed by the turn before where it can't be understood alone
    util::Language language = util::Language::kEnglish;
    bool is_question = false;
    bool is_small_talk = false;      // a greeting, thanks: nothing to look for
    std::vector<Told> told;          // what it taught
    std::vector<std::string> asked;  // the relations that it asks about
    std::vector<Fact> facts;         // what is known of them
    std::vector<Quote> quotes;       // best first
    // For a responder that isn't instant: all that fits into a prompt, and whether the message leaves what
    // the turns before it were about.
    context::Window window;
    bool changes_topic = false;
};

class Responder {
public:
    virtual ~Responder() = default;

    // Whether a reply takes no longer than a write to the disk: then the turn is one transaction. Of
    // others the message is made durable before they are asked.
    virtual bool is_instant() const = 0;

    // Thread safe. Gives text, finish and name of the responder; the id is the store's to give.
    virtual model::Reply reply(const Prompt& prompt) = 0;
};

}  // namespace arq::responder
