// SPDX-License-Identifier: MIT
//
// What goes into the full-text index, and what is asked of it.
#pragma once

#include <string>
#include <vector>

namespace arq::store {

// The stems as one text for the index.
std::string join_stems(const std::vector<std::string>& stems);

// A MATCH expression for texts with any of the stems. Each stem stands in quotes (doubled where it
// holds one), so nothing that a user wrote can be read as an operator. Empty where there is no stem.
std::string match_any(const std::vector<std::string>& stems);

// The same for texts with all of them.
std::string match_all(const std::vector<std::string>& stems);

// The stems as a JSON array, for json_each(). They hold no control characters.
std::string list_terms(const std::vector<std::string>& stems);

}  // namespace arq::store
