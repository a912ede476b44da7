// SPDX-License-Identifier: MIT
//
// Rules as they are run: patterns compiled to a few steps each, found by the words that they can begin with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arq/memory/extract.h"
#include "arq/model/memory.h"
#include "memory/vocabulary.h"

namespace arq::memory {

enum class Slot : std::uint8_t {
    kName,         // a name, capitalised or not: one word, or several that are capitalised
    kCapitalName,  // the same, and it must be capitalised
    kPlace,
    kNumber,
    kWord,
    kThing,  // to where the clause or the thing ends
    kList,   // several things: "tea, coffee and rum"
    kRest,   // to the end of the sentence
    kAll,    // to the end of the message
    kOf,     // which of them: "color" of "my favorite color"
    kDate,   // a day: "4 July", «12 марта»
    kAny,    // any words of the sentence, as few as it takes
    kGap     // up to three words that don't matter
};

enum class Op : std::uint8_t {
    kWord,          // this word or stem; words that add nothing are passed over
    kList,          // any word of a list
    kSubject,       // "i", "we"; nothing where the clause goes on with the subject of the one before
    kBe,            // "am", "are"; nothing where the subject was left out too
    kSlot,
    kSplit,         // goes on behind it; where that fails, at `target`
    kJump,
    kCaptureBegin,  // what is between is a piece of the value
    kCaptureOf,     // is which of them: the slot <of> in other words
    kCaptureEnd,
    kClauseStart,
    kClauseEnd,
    kComma,         // one may stand here
    kMatch
};

struct Step {
    Op op = Op::kMatch;
    std::uint8_t detail = 0;    // the slot; the list
    std::uint16_t target = 0;   // the word; of a split or a jump the step, counted from the rule's first
};

constexpr std::size_t kMostLead = 3;
constexpr std::uint16_t kNoPiece = 1;  // target of a slot that is no part of the value

enum class RuleAction : std::uint8_t { kState, kClose, kForget, kCorrect, kAsk };

struct Rule {
    std::uint32_t first_step = 0;
    std::uint32_t needed = 0;        // in RuleTable::needed: a text where it matches holds one of these words,
    std::uint32_t needed_end = 0;    // or one of these lists; neither: nothing is known
    std::uint64_t needed_lists = 0;
    std::uint16_t relation = 0;  // in RuleTable::relations
    model::MemoryKind kind = model::MemoryKind::kFact;
    RuleAction action = RuleAction::kState;
    bool is_single = false;
    bool is_dated = false;       // holds only where the sentence says when
    bool begins_with_slot = false;  // one that takes all of the clause before the word that it was found by
    bool has_lead = false;          // it may begin up to kMostLead words before the word that it was found by
    bool is_also = false;         // beside what other rules find in the same words
    bool is_presupposed = false;  // the same; told by the way, so a wish or a denial takes nothing from it: "my dog"
    bool is_told = false;        // asked for in so many words ("remember that …"): fewer guards hold
};

// The lists that the engine itself asks for, in the order of their bits; the others are the patterns' own.
enum class KnownList : unsigned {
    kSkip,         // passed over between the words of a pattern
    kStop,         // end a thing
    kTail,         // are cut off a thing's end
    kLead,         // are cut off a thing's beginning
    kJoin,         // begin another clause
    kSubject,      // the speaker
    kOther,        // begin a clause about somebody else
    kNoName,
    kNumber,
    kQuestion,
    kAux,          // begin a question where a subject follows
    kReport,
    kCondition,
    kHarmless,     // behind a condition: "if you ask", «если что»
    kWish,
    kNegation,
    kBelief,       // "think", "believe": what stands behind them is denied with them
    kJoke,
    kQuoting,      // "translate", "repeat": what follows is not said by the speaker
    kUnreal,       // makes its whole clause unreal: «бы»
    kNear,         // may go on with a place
    kBut,          // ends what a guard has begun
    kNoPlace,      // «на работе»: nobody's home
    kNoThing,      // "it", "that": no thing that a message alone could tell
    kNoNote,       // behind "remember": it asks whether, not to
    kMonth,
    kPerson,       // what stands behind one is theirs: "my friends dog"
    kCarry,        // go on with a thing of one word: "play with dolls"
    kDateWord,     // a date may be made of
    kCount
};

// What the words of a list say of a thing that has them: "I have a dog" states a pet, "I have a car" owns.
struct Sorting {
    std::uint16_t from = 0, to = 0;  // relations
    unsigned list = 0;
};

// A word that names a relation where something is to be forgotten.
struct About {
    WordId word = kNoWord;
    std::uint16_t relation = 0;
};

struct RuleTable {
    Vocabulary words;
    std::vector<Step> steps;
    std::vector<Rule> rules;
    std::vector<WordId> needed;
    std::vector<std::string> relations;
    std::vector<std::string> lists;  // names, by bit
    std::vector<Sorting> sortings;   // in the order of the table
    std::vector<About> abouts;
    // Which rules can begin with a word: by the word's number, in the order of the table.
    std::vector<std::uint32_t> first_of_word;  // where a word's rules begin in `rules_of_words`; size + 1
    std::vector<std::uint16_t> rules_of_words;
    std::uint64_t verbs = 0;  // the list of the words that can go on with a subject left out
};

constexpr std::uint64_t bit_of(KnownList list) {
    return std::uint64_t{1} << static_cast<unsigned>(list);
}

// Words with these numbers stand in every table.
constexpr WordId kAm = 1, kAre = 2, kPossessive = 3, kIs = 4;

// The text that is compiled in (build/gen/facts_rules.cpp).
std::string_view standard_rules_text();

}  // namespace arq::memory
