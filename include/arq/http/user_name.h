// SPDX-License-Identifier: MIT
//
// Which file is whose, for those that a server names in X-ARQ-User.
#pragma once

#include <string_view>

#include "arq/store/user_files.h"
#include "arq/util/hash.h"

namespace arq::http {

inline constexpr std::size_t kUserNameBytes = 128;

// 1 to kUserNameBytes bytes of UTF-8 without control characters.
bool is_user_name(std::string_view name);

// The file of a server's user. Visitors are apart: their files' names are never one of these.
store::UserKey user_key(const util::Key& names, std::string_view user_name);

}  // namespace arq::http
