// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace arq::memory {

// Words that tell nothing about what a message is about: articles, pronouns, auxiliaries, question
// words, greetings, and the verbs of asking and remembering. `word` as util::words gives it.
bool is_function_word(std::string_view word);

}  // namespace arq::memory
