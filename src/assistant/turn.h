// SPDX-License-Identifier: MIT
//
// The phases of a turn, one file each: turn_context.cpp, turn_recall.cpp, turn_facts.cpp, turn_remember.cpp,
// turn_compose.cpp, turn_limit.cpp; assistant.cpp runs them in order inside one transaction.
#pragma once

#include <string>
#include <vector>

#include "arq/assistant/assistant.h"
#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "arq/store/user_file.h"
#include "arq/topics/topics.h"

namespace arq::assistant {

// What a message taught, once it is written down.
struct Remembered {
    std::vector<memory::Statement> statements;
    std::vector<model::MemoryUse::Added> added;
    std::vector<model::MemoryUse::Changed> changed;
    std::vector<model::MemoryUse::Forgotten> forgotten;
    std::vector<responder::Told> told;
};

// What the message asks about, and what is known of it.
struct Known {
    std::vector<std::string> asked;  // relations
    std::vector<responder::Fact> facts;
};

// What of the past bears on the message, best first.
struct Recalled {
    std::vector<memory::Ranked<model::Memory>> memories;
    std::vector<memory::Ranked<model::Message>> messages;
    topics::TermCounts counts;   // of the words that were looked for
    bool has_forgotten = false;  // the message had something forgotten, of which the summary may still tell
};

// What a message means together with the turns before it.
struct Understood {
    std::string query;   // what is asked: the message, or what a follow-up stands for
    int turns_used = 0;  // turns before it that this took
};

// Reads nothing unless the message looks like a follow-up.
Understood understand(store::UserFile& file, const model::Session& session, std::string_view text,
                      std::optional<util::Id> before);

// Dates are resolved in the time zone `zone`. What would be more than `most` memories is told, but not kept.
Remembered remember(store::UserFile& file, const store::Scope& scope, const model::Message& message,
                    std::string_view zone, const memory::Rules& rules, std::int64_t most);

// The same of a message that was remembered already: nothing is written.
Remembered reread(const model::Message& message, std::string_view zone, const memory::Rules& rules);

// At `now`: an event is told by how far away it is.
Known find_known(store::UserFile& file, const store::Scope& scope, std::string_view query,
                 util::Timestamp now, std::string_view zone, util::Language language,
                 const memory::Rules& rules);

// The caller's, or the configured ones; the language is the message's own before.
std::string_view zone_of(const TurnRequest& request, const Options& options);
util::Language language_of(const TurnRequest& request, const Options& options);

// Of `query`, from what was said before `before`: a message that is taken up again would find itself. Times
// that it names are those of the time zone `zone`.
Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view query,
                std::optional<util::Id> before, util::Timestamp now, std::string_view zone,
                const Options& options);

responder::Prompt compose(const TurnRequest& request, const Understood& understood, Remembered& remembered,
                          Known known, const Recalled& recalled, const Options& options);

// All that fits into a prompt, and how it was filled.
struct Context {
    context::Window window;
    bool changes_topic = false;  // the message leaves what the turns before it were about
    model::ContextUse use;
};

// `facts` are what is known of what the message asks. Reads the session's latest turns; those that no longer
// fit are folded into its summary, which is stored.
Context fit_window(store::UserFile& file, const store::Scope& scope, const model::Message& message,
                   std::string_view zone, const Recalled& recalled, const std::vector<responder::Fact>& facts,
                   const topics::Classifier& categories, const Options& options);

// Before the message `newest`; what goes is gone with the turn's transaction.
void keep_within_limits(store::UserFile& file, util::Id newest, const Options& options);

// Of an answer that took no window: what it drew on.
model::ContextUse measure_context(const Understood& understood, const Recalled& recalled,
                                  const responder::Prompt& prompt, const Options& options);

}  // namespace arq::assistant
