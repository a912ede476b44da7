// SPDX-License-Identifier: MIT
//
// What to keep of a message. Pure: text in, values out; linear in the length of the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arq/model/memory.h"

namespace arq::memory {

struct Statement {
    model::MemoryKind kind = model::MemoryKind::kNote;
    std::string subject;  // "name", of which a user has one; empty where there may be many
    std::string text;     // in the user's own words
    std::string value;    // of a subject: "Anna"
};

// The facts that a message states about its speaker, and what it asks to remember, in English and
// Russian. Never from a question or a denial.
std::vector<Statement> extract_statements(std::string_view message);

// The subjects that a message asks about: "what is my name?" -> {"name"}.
std::vector<std::string> subjects_asked_about(std::string_view message);

// Whether a message asks something, by its mark or its first word.
bool is_question(std::string_view message);

}  // namespace arq::memory
