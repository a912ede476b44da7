// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace arq::context {

// The sentences of a text, trimmed, as they stand in it: cut behind . ! ? … where white space follows, and at
// line breaks; not behind abbreviations, initials and numbers of lists. Of what stands between ``` fences,
// and of lines that quote (>), there are none: it is not what the speaker says.
std::vector<std::string_view> split_sentences(std::string_view text);

}  // namespace arq::context
