// SPDX-License-Identifier: MIT
//
// Days that have a name.
#pragma once

#include <optional>

#include "dates/span.h"
#include "dates/token.h"

namespace arq::dates {

struct HolidayName {
    int holiday = 0;
    std::size_t next = 0;
};

// Whether the first word of a name, folded.
bool begins_holiday(std::string_view word);

// The longest name that begins at `at`.
std::optional<HolidayName> find_holiday(const Tokens& tokens, std::size_t at);

// When it is in that year; none where it isn't known.
std::optional<Span> holiday_in(int holiday, int year);

}  // namespace arq::dates
