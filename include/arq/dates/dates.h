// SPDX-License-Identifier: MIT
//
// What a text says of time, in English and Russian: "next Friday at 5", «с 13 по 15 июля», "3 days ago",
// resolved against the time at which it was said. docs/dates.md has the conventions. Pure, thread safe,
// linear in the length of the text.
//
// All times are those of the clock on the wall where the speaker is; util/calendar.h converts from and to
// UTC.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/memory.h"
#include "arq/util/calendar.h"
#include "arq/util/text.h"

namespace arq::dates {

using util::LocalTime;

enum class DayMonthOrder {
    kByLanguage,  // 03/04 is the 4th of March; the 3rd of April in a Russian text, and always with full stops
    kDayFirst,
    kMonthFirst,
};

struct Options {
    DayMonthOrder order = DayMonthOrder::kByLanguage;
    // Whether "Friday", "in March", "3 May" without more are the last or the next ones. A caller who knows
    // the tense of the sentence can tell.
    bool looks_back = false;
    // The speaker's distance from UTC: without it "9:00 GMT" is nine o'clock here.
    std::optional<std::chrono::minutes> utc_offset;
};

struct Mention {
    std::string_view words;  // as they stand in the text, with the preposition: "on Friday", «в пятницу»
    std::size_t offset = 0;  // of `words` in the text, in bytes
    // From inclusive, to exclusive. Of a day both its ends; "since Monday" has no `to`, "until Monday" no
    // `from`. At least one is there.
    std::optional<LocalTime> from;
    std::optional<LocalTime> to;
    model::Grain grain = model::Grain::kDay;  // how exact the ends are
    bool is_range = false;  // more than one unit of its grain: "from 5 to 7", "this evening", "since Monday"
};

// In the order of the text; they don't overlap. Any bytes may come: what is no UTF-8 ends the text. Neither
// durations ("for three days") nor repetitions ("every Monday") nor numbers without more are dates.
std::vector<Mention> find_dates(std::string_view text, LocalTime now, const Options& options = {});

// What was from `from` to `to` as somebody says it at `now`: "tomorrow at 17:00", "in 3 days", «в прошлую
// пятницу», "on 3 March 2015", "since 3 March", "tomorrow from 17:00 to 19:00". Empty where there is neither
// end.
std::string speak_relatively(std::optional<LocalTime> from, std::optional<LocalTime> to, model::Grain grain,
                             LocalTime now, util::Language language);

}  // namespace arq::dates
