// SPDX-License-Identifier: MIT
//
// What export and import agree on: lines of JSON, the first a header. Format of files in users' hands: never
// change, only add.
#pragma once

#include <cstdint>
#include <string_view>

namespace arq::http {

inline constexpr std::string_view kTransferFormat = "arq";
inline constexpr std::int64_t kTransferVersion = 1;

}  // namespace arq::http
