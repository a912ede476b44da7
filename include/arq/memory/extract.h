// SPDX-License-Identifier: MIT
//
// What to keep of a message. Pure: text in, values out; linear in the length of the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/memory/rules.h"
#include "arq/model/memory.h"
#include "arq/util/calendar.h"

namespace arq::memory {

enum class Action {
    kState,    // it holds
    kClose,    // it holds no more
    kForget,   // it is to be forgotten: nothing of it is kept
    kCorrect,  // what was said last is to be taken for this: "no wait, 35"
};

struct Statement {
    model::MemoryKind kind = model::MemoryKind::kNote;
    // The relation: "name", "home", "pet" … as src/memory/facts.rules has them; empty of a note, of a
    // correction, and where everything that holds the value's words is to be forgotten.
    std::string subject;
    std::string of;     // which of a relation's: "color" of "my favorite color"; empty where it has but one
    std::string text;   // in the user's own words
    std::string value;  // of a subject: "Anna"; what is to be closed or forgotten, empty: whatever it is
    Action action = Action::kState;
    bool is_single = false;  // a user has one (of each `of`): another value takes its place
    std::string replaces;    // the value that was said to be wrong: "Berlin" of "not Berlin but Bonn"
    // Of an event the words that say when, and when that is: from inclusive, to exclusive.
    std::string when;
    std::optional<util::LocalTime> from, to;
    std::optional<model::Grain> grain;
};

// The name under which memories of a statement are kept: its subject, and of which: "favorite color".
std::string subject_key(const Statement& statement);

// The facts that a message states about its speaker, and what it asks to remember and to forget, in English
// and Russian, as they stand in it. Nothing is stated by questions, conditions, wishes, denials, by what
// others say or are, by what is quoted. Dates are resolved against `said_at`.
std::vector<Statement> extract_statements(std::string_view message, util::LocalTime said_at = {},
                                          const Rules& rules = Rules::standard());

// Whether a correction can be one of that value: a number is corrected by a number, a word by a few.
bool fits_correction(std::string_view before, std::string_view after);

// What a message asks about: "what is my name?" is {"name"}; "what's my dog called?" is {"pet", "dog"}.
struct Asked {
    std::string subject;
    std::string words;  // which of them; empty: all
};
std::vector<Asked> find_asked(std::string_view message, const Rules& rules = Rules::standard());

// Their subjects, each once.
std::vector<std::string> subjects_asked_about(std::string_view message);

// Whether a message asks something, by its mark or its first word.
bool is_question(std::string_view message);

// Whether it does nothing else: no sentence of it tells anything.
bool only_asks(std::string_view message);

}  // namespace arq::memory
