// SPDX-License-Identifier: MIT
//
// What of a message somebody else wrote: code between fences, lines behind ">", what stands below an e-mail's
// head or a line such as "Anna wrote:".
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace arq::memory {

struct Span {
    std::size_t begin = 0, end = 0;  // bytes
};

// In order, apart from each other. A text so long that nobody typed it is quoted as a whole.
std::vector<Span> find_quoted(std::string_view message);

}  // namespace arq::memory
