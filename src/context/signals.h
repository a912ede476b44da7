// SPDX-License-Identifier: MIT
//
// What makes a sentence worth keeping when the rest of a conversation is let go.
#pragma once

#include <string_view>

#include "arq/model/conversation.h"

namespace arq::context {

// 0 where nothing of it is worth keeping (greetings, "ok", a few empty words), else up to 1000.
int worth_of(std::string_view sentence, model::Role role);

// Whether it is made of greetings, thanks and the like alone.
bool says_nothing(std::string_view text);

bool is_question(std::string_view sentence);

// "I don't know that yet": an answer that leaves its question open.
bool leaves_open(std::string_view reply);

}  // namespace arq::context
