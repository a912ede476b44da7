// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace arq::util {

// Words that tell nothing about what a text is about: articles, pronouns, auxiliaries, question words,
// greetings, and the verbs of asking and remembering, in English and Russian. They are neither indexed nor
// looked for. `word` as util::words() gives it.
bool is_function_word(std::string_view word);

}  // namespace arq::util
