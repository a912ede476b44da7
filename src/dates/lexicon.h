// SPDX-License-Identifier: MIT
//
// What the words of dates mean. One readable table per language (lexicon_english.cpp, lexicon_russian.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace arq::dates {

enum class Kind : std::uint8_t {
    kNumber,        // a cardinal: its value; 100 and 1000 multiply what stands before them
    kOrdinal,       // its value
    kAmount,        // "a", "a couple", «пару»: a number only before a unit
    kHalf,          // "half", «пол»
    kUnit,          // Unit
    kAbbreviation,  // Unit, of a unit that is written short: "min", "h"
    kWeekday,       // 0 is Monday
    kMonth,         // 1 is January
    kSeason,        // 0 is winter
    kPart,          // Part of the day
    kMeridiem,      // Part of the day that "am" or «утра» names behind an hour
    kDay,           // days from today
    kNow,
    kTurn,  // of weeks, months, Fridays: 0 this, 1 next, -1 last, 2 the one after next
    kWeekend,
    kClock,    // "noon", "midnight": the hour
    kZone,     // minutes from UTC
    kLead,     // a preposition: begins a date only before a word that does
    kKeyword,  // any other word that the grammar names and a date may begin with
};

// What a unit is made of: the value of Kind::kUnit.
enum Unit : std::int16_t {
    kSecondUnit,
    kMinuteUnit,
    kHourUnit,
    kDayUnit,
    kWeekUnit,
    kFortnightUnit,
    kMonthUnit,
    kQuarterUnit,
    kHalfYearUnit,
    kYearUnit,
    kDecadeUnit,
    kHalfHourUnit,  // «полчаса»
};

// Of Kind::kTurn: "the coming Friday" is the first that comes, the coming week the next one.
constexpr std::int16_t kComing = 10;

enum Part : std::int16_t {
    kMorning,
    kEarlyMorning,
    kAfternoon,
    kLunch,
    kEvening,
    kNight,
    kLateNight,
    kAfterLunch,
    kAfterSchool,
    kAfterWork,
};

// How a word of the table is declined: which endings may follow what the table says of it.
enum class Endings : std::uint8_t {
    kNone,
    kPlural,     // English: -s
    kAdjective,  // Russian, hard and soft
    kMasculine,  // понедельник-
    kSoft,       // январ-, недел-
    kFeminine,   // минут-
};

struct Meaning {
    std::string_view word;
    Kind kind;
    std::int16_t value;
    Endings endings = Endings::kNone;
};

struct Meanings {
    std::array<const Meaning*, 4> found{};
    std::uint8_t count = 0;

    const Meaning* of(Kind kind) const {
        for (std::uint8_t at = 0; at < count; ++at)
            if (found[at]->kind == kind) return found[at];
        return nullptr;
    }
};

// Of a word as util::fold_word() gives it, but without apostrophes.
Meanings find_meanings(std::string_view word);

std::span<const Meaning> english_meanings();  // sorted by word
std::span<const Meaning> russian_meanings();

}  // namespace arq::dates
