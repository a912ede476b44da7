// SPDX-License-Identifier: MIT
//
// What the embedded responder says, in each of its languages.
#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "arq/util/text.h"

namespace arq::responder {

// How a relation is told: from its value, or, of an event, from its value and when it is. Where there is no
// pattern the user's own words are quoted, for a value in Russian stands in the case in which it was said.
struct FactPhrase {
    std::string_view subject;
    std::string_view pattern;  // {} is the value
};

// {} stands for what is filled in.
struct Phrases {
    std::string_view nice_to_meet_you;
    std::string_view will_remember;
    std::string_view have_changed;
    std::string_view have_closed;
    std::string_view known_already;
    std::string_view have_forgotten;
    std::string_view nothing_to_forget;
    std::string_view no_room;  // the memory is full
    std::span<const FactPhrase> facts;
    std::string_view one_of;  // "{}: …", of a relation that a user has several of: which, then the value
    std::string_view event;   // the event, then when it is
    std::string_view list_and;
    std::string_view name_unknown;
    std::string_view you_said;
    std::string_view do_not_know;
    std::string_view small_talk;
    std::string_view noted;
    std::string_view quote_open, quote_close;
    std::array<std::string_view, 12> months;
    std::string_view year;  // behind the year's number
};

const Phrases& phrases(util::Language language);

// "24 November 2026", «24 ноября 2026 г.»
std::string format_day(const Phrases& phrases, std::chrono::year_month_day day);

std::string fill(std::string_view pattern, std::string_view value);

}  // namespace arq::responder
