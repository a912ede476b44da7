// SPDX-License-Identifier: MIT
//
// The phases of a turn, one file each: turn_remember.cpp, turn_recall.cpp, turn_compose.cpp; assistant.cpp
// runs them in order inside one transaction.
#pragma once

#include <string>
#include <vector>

#include "arq/assistant/assistant.h"
#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "arq/store/user_file.h"

namespace arq::assistant {

// What a message taught, once it is written down.
struct Remembered {
    std::vector<memory::Statement> statements;
    std::vector<model::MemoryUse::Added> added;
    std::vector<model::MemoryUse::Changed> changed;
};

// What of the past bears on the message, best first.
struct Recalled {
    std::vector<memory::Ranked<model::Memory>> memories;
    std::vector<memory::Ranked<model::Message>> messages;
};

Remembered remember(store::UserFile& file, const store::Scope& scope, const model::Message& message);

// From what was said before `before`: a message that is taken up again would find itself. Times that it names are
// those of the time zone `zone`.
Recalled recall(store::UserFile& file, const store::Scope& scope, std::string_view text,
                std::optional<util::Id> before, util::Timestamp now, std::string_view zone,
                const Options& options);

responder::Prompt compose(const TurnRequest& request, const Remembered& remembered, const Recalled& recalled,
                          const Options& options);

}  // namespace arq::assistant
