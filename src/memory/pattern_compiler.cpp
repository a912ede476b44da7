// SPDX-License-Identifier: MIT
#include "memory/pattern_compiler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "arq/util/text.h"

namespace arq::memory {
namespace {

using std::string_view;

constexpr std::array<std::pair<string_view, Slot>, 13> kSlots{{{"name", Slot::kName},
                                                               {"Name", Slot::kCapitalName},
                                                               {"place", Slot::kPlace},
                                                               {"number", Slot::kNumber},
                                                               {"word", Slot::kWord},
                                                               {"thing", Slot::kThing},
                                                               {"list", Slot::kList},
                                                               {"rest", Slot::kRest},
                                                               {"all", Slot::kAll},
                                                               {"of", Slot::kOf},
                                                               {"date", Slot::kDate},
                                                               {"any", Slot::kAny},
                                                               {"gap", Slot::kGap}}};
constexpr string_view kEndsOfWords = " ()[]{}|^$,<>";

class Compiler {
public:
    Compiler(string_view pattern, RuleTable& table)
        : pattern_{pattern}, table_{table}, base_{table.steps.size()}, has_braces_{has_pieces(pattern)} {}

    Needed compile() {
        Needed needed = choices('\0');
        if (at_ < pattern_.size()) fail("there is a `" + std::string{pattern_[at_]} + "` too many");
        add({.op = Op::kMatch});
        return needed;
    }

private:
    static bool has_pieces(string_view pattern) {
        for (std::size_t at = pattern.find('{'); at != string_view::npos; at = pattern.find('{', at + 1))
            if (!pattern.substr(at + 1).starts_with("of:")) return true;
        return false;
    }

    [[noreturn]] static void fail(std::string message) { throw PatternError{std::move(message)}; }

    std::size_t here() const { return table_.steps.size() - base_; }

    std::size_t add(Step step) {
        table_.steps.push_back(step);
        if (here() > std::numeric_limits<std::uint16_t>::max()) fail("the pattern is too long: cut it in two");
        return table_.steps.size() - 1;
    }
    void aim(std::size_t step) { table_.steps[step].target = static_cast<std::uint16_t>(here()); }

    void skip_blanks() {
        while (at_ < pattern_.size() && pattern_[at_] == ' ') ++at_;
    }

    // a | b | c, up to the mark that closes them.
    Needed choices(char closing) {
        std::vector<std::size_t> jumps;
        Needed all;
        bool is_certain = true;
        for (;;) {
            // Where the choice ends isn't known before it is read: its steps are moved by one for the split.
            const std::size_t begin = table_.steps.size();
            const Needed one = sequence(closing);
            is_certain = is_certain && !one.empty();
            all.words.insert(all.words.end(), one.words.begin(), one.words.end());
            all.lists |= one.lists;
            skip_blanks();
            if (at_ >= pattern_.size() || pattern_[at_] != '|') break;
            ++at_;
            insert_split(begin, jumps);
            jumps.push_back(add({.op = Op::kJump}));
            aim(begin);
        }
        for (const std::size_t jump : jumps) aim(jump);
        return is_certain ? all : Needed{};
    }

    // The fewer and the rarer the words, the more they tell.
    std::size_t cost(const Needed& needed) const {
        constexpr std::uint64_t kCommon = bit_of(KnownList::kSkip) | bit_of(KnownList::kStop) |
                                          bit_of(KnownList::kLead) | bit_of(KnownList::kJoin) |
                                          bit_of(KnownList::kOther) | bit_of(KnownList::kSubject);
        if (needed.empty()) return std::numeric_limits<std::size_t>::max();
        std::size_t sum = 0;
        for (const WordId word : needed.words) sum += (table_.words.lists_of(word) & kCommon) != 0 ? 100 : 1;
        return sum + static_cast<std::size_t>(std::popcount(needed.lists)) * 8;
    }

    void insert_split(std::size_t begin, std::vector<std::size_t>& jumps) {
        table_.steps.insert(table_.steps.begin() + static_cast<std::ptrdiff_t>(begin), {.op = Op::kSplit});
        for (std::size_t at = begin + 1; at < table_.steps.size(); ++at) {
            Step& step = table_.steps[at];
            if (step.op == Op::kSplit || step.op == Op::kJump) ++step.target;
        }
        for (std::size_t& jump : jumps)
            if (jump >= begin) ++jump;
    }

    void close(char mark) {
        skip_blanks();
        if (at_ >= pattern_.size() || pattern_[at_] != mark)
            fail("a `" + std::string{mark} + "` is missing");
        ++at_;
    }

    Needed sequence(char closing) {
        const std::size_t begin = table_.steps.size();
        Needed best;
        for (skip_blanks(); at_ < pattern_.size(); skip_blanks()) {
            const char mark = pattern_[at_];
            if (mark == '|' || (closing != '\0' && mark == closing)) break;
            if (mark == ')' || mark == ']' || mark == '}') break;
            Needed needed = item(mark);
            if (cost(needed) < cost(best)) best = std::move(needed);
        }
        if (table_.steps.size() == begin) fail("there is nothing between two marks: write a word there");
        return best;
    }

    Needed item(char mark) {
        switch (mark) {
            case '(': {
                ++at_;
                Needed needed = choices(')');
                close(')');
                return needed;
            }
            case '[': {
                ++at_;
                const std::size_t begin = table_.steps.size();
                choices(']');
                close(']');
                std::vector<std::size_t> none;
                insert_split(begin, none);
                aim(begin);
                return {};
            }
            case '{': return piece();
            case '^': return mark_step(Op::kClauseStart);
            case '$': return mark_step(Op::kClauseEnd);
            case ',': return mark_step(Op::kComma);
            case '<': slot(); return {};
            case '>': fail("a `<` is missing before `>`");
            default: return word();
        }
    }

    Needed mark_step(Op op) {
        ++at_;
        add({.op = op});
        return {};
    }

    Needed piece() {
        ++at_;
        const bool is_of = pattern_.substr(at_).starts_with("of:");
        if (is_of) at_ += 3;
        add({.op = is_of ? Op::kCaptureOf : Op::kCaptureBegin});
        ++depth_;
        Needed needed = choices('}');
        --depth_;
        close('}');
        add({.op = Op::kCaptureEnd});
        return needed;
    }

    void slot() {
        const std::size_t end = pattern_.find('>', at_);
        if (end == string_view::npos) fail("a `>` is missing");
        const string_view name = pattern_.substr(at_ + 1, end - at_ - 1);
        const auto* const found =
            std::find_if(kSlots.begin(), kSlots.end(), [&](const auto& slot) { return slot.first == name; });
        if (found == kSlots.end())
            fail("there is no slot <" + std::string{name} +
                 ">: name, Name, place, number, word, thing, list, rest, all, of, date, any and gap are known");
        // Beside pieces in braces other slots are no part of the value.
        const bool is_counted = depth_ > 0 || !has_braces_ || found->second == Slot::kOf;
        add({.op = Op::kSlot,
             .detail = static_cast<std::uint8_t>(found->second),
             .target = static_cast<std::uint16_t>(is_counted ? 0 : kNoPiece)});
        at_ = end + 1;
    }

    Needed word() {
        const std::size_t end = std::min(pattern_.find_first_of(kEndsOfWords, at_), pattern_.size());
        const string_view text = pattern_.substr(at_, end - at_);
        at_ = end;
        if (text == "I") {
            add({.op = Op::kSubject});
            return {};
        }
        if (text == "AM") {
            add({.op = Op::kBe});
            return {};
        }
        if (text.starts_with('@')) {
            const unsigned list = list_number(table_, text.substr(1), false);
            add({.op = Op::kList, .detail = static_cast<std::uint8_t>(list)});
            return {.words = {}, .lists = std::uint64_t{1} << list};
        }
        const WordId id = add_word(table_, text);
        add({.op = Op::kWord, .target = id});
        // "is" is met by "'s" too.
        return {.words = id == kIs ? std::vector<WordId>{} : std::vector<WordId>{id}, .lists = 0};
    }

    string_view pattern_;
    RuleTable& table_;
    std::size_t base_;
    bool has_braces_;
    int depth_ = 0;  // of braces
    std::size_t at_ = 0;
};

}  // namespace

unsigned list_number(RuleTable& table, string_view name, bool may_add) {
    const auto found = std::find(table.lists.begin(), table.lists.end(), name);
    if (found != table.lists.end()) return static_cast<unsigned>(found - table.lists.begin());
    if (!may_add)
        throw PatternError{"there is no list @" + std::string{name} +
                           ": write `@" + std::string{name} + " = words` above"};
    // The last bit is the engine's own (RuleTable::verbs).
    if (table.lists.size() >= 63) throw PatternError{"there are too many lists: 63 at most"};
    table.lists.emplace_back(name);
    return static_cast<unsigned>(table.lists.size() - 1);
}

WordId add_word(RuleTable& table, string_view word) {
    const bool is_stem = word.ends_with('~');
    if (is_stem) word.remove_suffix(1);
    const bool is_short = word == "'s";
    const std::string folded = is_short ? std::string{word} : util::fold_word(word);
    if (!is_short && (util::split_words(word).size() != 1 || util::split_words(word).front() != word))
        throw PatternError{"`" + std::string{word} +
                           "` is no word: letters and digits only (\"i'm\" is written `I AM`, \"don't\" `do not`)"};
    const WordId id =
        is_stem ? table.words.add_stem(util::stem(folded)) : table.words.add(folded);
    if (id == kNoWord) throw PatternError{"there are too many different words"};
    return id;
}

Needed compile_pattern(string_view pattern, RuleTable& table) {
    return Compiler{pattern, table}.compile();
}

}  // namespace arq::memory
