// SPDX-License-Identifier: MIT
//
// Ids of sessions, messages and memories: 41 bits of milliseconds since 2024, then 18 random bits.
//
// They sort by the time they were made, serve as the row's key in the file (no index of their own) and
// are unique across all users' files for all that matters, so an export can be imported anywhere with
// its ids kept. They are names, not secrets: what guards a row is the file that it stands in.
// The written form is 12 characters of Crockford's base 32 in lower case, which sorts the same way.
// Format on disk and in the API: never change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "arq/util/clock.h"

namespace arq::util {

using Id = std::int64_t;  // 0 is never an id

Id make_id(Clock& clock);

// When it was made: to the millisecond, unless the clock was set back or stood still meanwhile.
Timestamp time_of(Id id);

std::string format_id(Id id);
std::optional<Id> parse_id(std::string_view text);

// 1 to 64 of A-Z a-z 0-9 . _ - : the ids that clients may make.
bool is_client_id(std::string_view text);

}  // namespace arq::util
