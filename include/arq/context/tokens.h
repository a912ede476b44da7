// SPDX-License-Identifier: MIT
//
// How many tokens of o200k_base a text takes, without its vocabulary of 200,000 entries: the text is cut
// into the pieces that the tokenizer cuts it into, and each piece counts what pieces of its kind (script,
// case, what stands before it) and length take on average. Rather too much than too little:
// docs/context.md states the error as measured. Pure, thread safe, linear.
#pragma once

#include <cstddef>
#include <string_view>

namespace arq::context {

// 0 for an empty text. Bytes that are no UTF-8 count for a token each.
std::size_t estimate_tokens(std::string_view text);

}  // namespace arq::context
