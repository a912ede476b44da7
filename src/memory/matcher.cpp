// SPDX-License-Identifier: MIT
#include "memory/matcher.h"

#include <algorithm>

namespace arq::memory {
namespace {

constexpr std::size_t kMostSkipped = 3;
constexpr std::size_t kLongestThing = 8;
constexpr std::size_t kLongestOf = 4;
constexpr std::size_t kLongestGap = 3;
constexpr std::size_t kLongestList = 40;
constexpr std::size_t kLongestRest = 60;
constexpr std::size_t kLongestAny = 8;
constexpr int kMostSteps = 600;  // of one rule from one word
constexpr std::size_t kMostPieces = 4;

bool stands_in(const Token& token, KnownList list) {
    return (token.lists & bit_of(list)) != 0;
}

class Runner {
public:
    Runner(const Reading& reading, const Rule& rule, std::size_t at)
        : reading_{reading},
          rule_{rule},
          words_{reading.tokens.all},
          begin_{at},
          end_{reading.tokens.sentences[words_[at].sentence].end} {}

    std::optional<Match> run() {
        State state{.at = begin_};
        if (rule_.begins_with_slot) {
            const auto first = leading_slot();
            if (!first) return std::nullopt;
            state.step = 1;
            state.pieces[state.count++] = {.begin = *first, .end = begin_, .slot = slot_of(0)};
            begin_ = *first;
        }
        const auto end = go(state);
        if (!end || *end <= begin_) return std::nullopt;
        Match match{.rule = &rule_, .begin = begin_, .end = *end};
        match.pieces.assign(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(found_count_));
        return match;
    }

private:
    struct State {
        std::size_t step = 0;
        std::size_t at = 0;
        std::size_t count = 0;
        std::array<Piece, kMostPieces> pieces{};
        std::size_t capture_begin = kNone;
        Slot capture_slot = Slot::kThing;
        bool is_comma_allowed = false;
        bool has_elided = false;
    };
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    const Step& step_at(std::size_t at) const { return reading_.table.steps[rule_.first_step + at]; }
    Slot slot_of(std::size_t at) const { return static_cast<Slot>(step_at(at).detail); }

    // The clause's words before the one that the rule was found by.
    std::optional<std::size_t> leading_slot() const {
        std::size_t first = begin_;
        const std::size_t sentence = reading_.tokens.sentences[words_[begin_].sentence].begin;
        while (first > sentence && begin_ - first < 6) {
            if (words_[first].after_comma || words_[first].after_dash) break;
            const Token& before = words_[first - 1];
            if (stands_in(before, KnownList::kJoin) || stands_in(before, KnownList::kSubject) ||
                stands_in(before, KnownList::kQuestion))
                break;
            --first;
        }
        if (first == begin_ || !reading_.clause_starts[first]) return std::nullopt;
        return first;
    }

    bool ends_clause(std::size_t at) const {
        return at >= end_ || ((words_[at].after_comma || words_[at].after_dash) && !words_[at].joined);
    }

    bool is_end(std::size_t at) const {
        return ends_clause(at) || words_[at].is_date || stands_in(words_[at], KnownList::kStop) ||
               stands_in(words_[at], KnownList::kJoin) || stands_in(words_[at], KnownList::kTail);
    }

    // The word that a step is held against: words that add nothing are passed over.
    template <typename Fits>
    bool take(State& state, Fits fits) const {
        for (std::size_t skipped = 0; state.at < end_ && skipped <= kMostSkipped; ++skipped) {
            const Token& token = words_[state.at];
            if (token.after_comma && state.at > begin_ && !state.is_comma_allowed) return false;
            if (fits(token)) {
                ++state.at;
                state.is_comma_allowed = false;
                return true;
            }
            if (!stands_in(token, KnownList::kSkip) && !token.is_date) return false;
            ++state.at;
        }
        return false;
    }

    // Where the match ends. What it has found is in found_ then.
    std::optional<std::size_t> go(State state) {
        for (;;) {
            if (++steps_ > kMostSteps) return std::nullopt;
            const Step& step = step_at(state.step);
            ++state.step;
            switch (step.op) {
                case Op::kWord:
                    if (!take(state, [&](const Token& token) {
                            return token.word == step.target || token.stem == step.target;
                        }))
                        return std::nullopt;
                    break;
                case Op::kList:
                    if (!take(state,
                              [&](const Token& token) { return (token.lists >> step.detail & 1U) != 0; }))
                        return std::nullopt;
                    break;
                case Op::kSubject:
                    if (state.at < end_ && stands_in(words_[state.at], KnownList::kSubject))
                        ++state.at;
                    else if (state.at == begin_ && state.at < end_ &&
                             reading_.elided[state.at] != Elided::kNothing)
                        state.has_elided = true;
                    else
                        return std::nullopt;
                    break;
                case Op::kBe:
                    if (state.has_elided && state.at == begin_ &&
                        reading_.elided[state.at] == Elided::kSubjectAndBe && !is_be(words_[state.at]))
                        break;
                    if (!take(state, [&](const Token& token) { return is_be(token); })) return std::nullopt;
                    break;
                case Op::kSlot: return go_slot(state, static_cast<Slot>(step.detail));
                case Op::kSplit: {
                    State other = state;
                    if (const auto end = go(other)) return end;
                    state.step = step.target;
                    break;
                }
                case Op::kJump: state.step = step.target; break;
                case Op::kCaptureBegin:
                case Op::kCaptureOf:
                    state.capture_begin = state.at;
                    state.capture_slot = step.op == Op::kCaptureOf ? Slot::kOf : Slot::kThing;
                    break;
                case Op::kCaptureEnd:
                    if (state.count < kMostPieces)
                        state.pieces[state.count++] = {
                            .begin = state.capture_begin, .end = state.at, .slot = state.capture_slot};
                    state.capture_begin = kNone;
                    break;
                case Op::kClauseStart:
                    if (state.at >= end_ || !reading_.clause_starts[state.at]) return std::nullopt;
                    break;
                case Op::kClauseEnd:
                    if (!is_end(state.at)) return std::nullopt;
                    break;
                case Op::kComma: state.is_comma_allowed = true; break;
                case Op::kMatch:
                    found_ = state.pieces;
                    found_count_ = state.count;
                    return state.at;
            }
        }
    }

    bool is_be(const Token& token) const {
        return token.word == kAm || token.word == kAre;
    }

    bool is_last(std::size_t step) const {
        for (;; ++step) {
            const Op op = step_at(step).op;
            if (op == Op::kMatch || op == Op::kClauseEnd) return true;
            if (op != Op::kCaptureEnd) return false;
        }
    }

    std::optional<std::size_t> go_slot(State state, Slot slot) {
        if (slot == Slot::kGap) {
            for (std::size_t length = 0; length <= kLongestGap && state.at + length <= end_; ++length) {
                if (length > 0 && !is_gap(state.at + length - 1)) break;
                State next = state;
                next.at += length;
                if (const auto end = go(next)) return end;
            }
            return std::nullopt;
        }
        while (state.at < end_ && words_[state.at].is_date && slot != Slot::kNumber && slot != Slot::kAll &&
               slot != Slot::kRest && slot != Slot::kDate && slot != Slot::kAny)
            ++state.at;
        if (state.at >= end_ || (words_[state.at].after_comma && !state.is_comma_allowed && state.at > begin_))
            return std::nullopt;
        if (stands_in(words_[state.at], KnownList::kNegation) && slot != Slot::kAll && slot != Slot::kRest)
            return std::nullopt;
        state.is_comma_allowed = false;
        const std::size_t longest = extent(state.at, slot) - state.at;
        if (longest == 0) return std::nullopt;
        const bool is_growing =
            slot == Slot::kThing || slot == Slot::kOf || slot == Slot::kList || slot == Slot::kAny;
        const bool is_only = is_last(state.step);
        if (is_only) return take_slot(state, slot, longest);
        for (std::size_t tried = 1; tried <= longest; ++tried)
            if (const auto end = take_slot(state, slot, is_growing ? tried : longest + 1 - tried)) return end;
        return std::nullopt;
    }

    // What may stand between two words of a rule without bearing on it.
    bool is_gap(std::size_t at) const {
        const Token& word = words_[at];
        return (at == begin_ || !ends_clause(at)) && word.word != kPossessive &&
               (word.lists & (bit_of(KnownList::kNegation) | bit_of(KnownList::kStop) | bit_of(KnownList::kJoin) |
                              bit_of(KnownList::kPerson) | bit_of(KnownList::kSubject))) == 0;
    }

    std::optional<std::size_t> take_slot(State state, Slot slot, std::size_t length) {
        if (step_at(state.step - 1).target != kNoPiece && state.capture_begin == kNone && state.count < kMostPieces)
            state.pieces[state.count++] = {.begin = state.at, .end = state.at + length, .slot = slot};
        state.at += length;
        return go(state);
    }

    std::size_t extent(std::size_t at, Slot slot) const {
        if (words_[at].opens_quote && slot != Slot::kNumber && slot != Slot::kAll && slot != Slot::kRest)
            return quoted_extent(at);
        switch (slot) {
            case Slot::kName: return name_extent(at, false);
            case Slot::kCapitalName: return name_extent(at, true);
            case Slot::kPlace: return place_extent(at);
            case Slot::kNumber: return number_extent(at);
            case Slot::kWord: return is_gap(at) && !words_[at].is_date ? joined_extent(at) : at;
            case Slot::kThing: return thing_extent(at, kLongestThing, true);
            case Slot::kOf: return thing_extent(at, kLongestOf, true);
            case Slot::kList: return list_extent(at);
            case Slot::kRest: return std::min(end_, at + kLongestRest);
            case Slot::kAll: return stands_in(words_[at], KnownList::kNoNote) ? at : words_.size();
            case Slot::kDate: return date_extent(at);
            case Slot::kAny: return any_extent(at);
            case Slot::kGap: break;
        }
        return at;
    }

    std::size_t any_extent(std::size_t at) const {
        std::size_t end = at + 1;
        while (end < end_ && end < at + kLongestAny && !ends_clause(end) && !words_[end].is_date) ++end;
        return end;
    }

    // "4 July", "the 15th of August", "29 February 1996", «07.05», «тридцать первого декабря»
    std::size_t date_extent(std::size_t at) const {
        std::size_t end = at;
        bool is_day = false;
        while (end < end_ && end < at + 6 && (end == at || !words_[end].after_comma)) {
            const Token& word = words_[end];
            const bool has_digits = word.text.front() >= '0' && word.text.front() <= '9';
            const bool is_part =
                has_digits || stands_in(word, KnownList::kMonth) || stands_in(word, KnownList::kNumber);
            if (!is_part && !stands_in(word, KnownList::kLead) && !stands_in(word, KnownList::kNear)) break;
            is_day = is_day || is_part;
            ++end;
        }
        return is_day ? end : at;
    }

    std::size_t quoted_extent(std::size_t at) const {
        std::size_t end = at + 1;
        while (end < end_ && words_[end].is_quoted && !words_[end].opens_quote && end < at + kLongestThing) ++end;
        return end;
    }

    std::size_t joined_extent(std::size_t at) const {
        std::size_t end = at + 1;
        while (end < end_ && words_[end].joined) ++end;
        return end;
    }

    // "Anna", "anna", "Jean-Luc Picard", «Иван Петрович Смирнов».
    std::size_t name_extent(std::size_t at, bool must_be_capitalised) const {
        const Token& first = words_[at];
        if (first.is_number || stands_in(first, KnownList::kNoName) || stands_in(first, KnownList::kSubject))
            return at;
        if (must_be_capitalised && !first.is_capitalised) return at;
        std::size_t end = joined_extent(at);
        while (first.is_capitalised && end < end_ && end < at + 5 && words_[end].is_capitalised &&
               !ends_clause(end) && !stands_in(words_[end], KnownList::kSubject))
            end = joined_extent(end);
        return end;
    }

    std::size_t place_extent(std::size_t at) const {
        std::size_t end = at;
        if (words_[at].is_number || stands_in(words_[at], KnownList::kNoPlace) ||
            stands_in(words_[at], KnownList::kNoThing))
            return at;
        // A name that is capitalised ends where the next word isn't.
        std::size_t first = at;
        while (first < end_ && first < at + 4 && stands_in(words_[first], KnownList::kLead)) ++first;
        if (first < end_ && words_[first].is_capitalised) {
            end = first;
            while (end < end_ && end < first + 6 && (end == first || !ends_clause(end)) &&
                   (words_[end].is_capitalised || words_[end].joined ||
                    (words_[end].is_number && end > first)) &&
                   !stands_in(words_[end], KnownList::kSubject) && !words_[end].is_date)
                ++end;
            // "Rio de Janeiro", "the Isle of Man"
            while (end + 1 < end_ && !ends_clause(end) && !ends_clause(end + 1) &&
                   stands_in(words_[end], KnownList::kNear) && words_[end + 1].is_capitalised)
                end += 2;
            return end;
        }
        end = thing_extent(at, 4, false);
        // "a small town near Boston"
        if (end < end_ && !ends_clause(end) && stands_in(words_[end], KnownList::kNear) && end + 1 < end_ &&
            !ends_clause(end + 1)) {
            const std::size_t further = thing_extent(end + 1, 3, false);
            if (further > end + 1) end = further;
        }
        return end;
    }

    std::size_t number_extent(std::size_t at) const {
        std::size_t end = at;
        while (end < end_ && end < at + 4 && (end == at || !ends_clause(end)) &&
               (words_[end].is_number || stands_in(words_[end], KnownList::kNumber)))
            ++end;
        return end;
    }

    std::size_t thing_extent(std::size_t at, std::size_t longest, bool may_carry) const {
        if (is_no_thing(at)) return at;
        std::size_t end = at;
        while (end < end_ && end < at + longest && (end == at || !ends_clause(end) || words_[end].joined)) {
            const Token& word = words_[end];
            if (end > at && word.opens_quote) return quoted_extent(end);
            if (end <= at + 1 && stands_in(word, KnownList::kNegation)) return at;
            if (word.is_date || stands_in(word, KnownList::kJoin) ||
                (stands_in(word, KnownList::kStop) && !(may_carry && carries(at, end))))
                break;
            ++end;
        }
        return end;
    }

    // "play with dolls", "travel to Europe": one word alone says too little.
    bool carries(std::size_t begin, std::size_t at) const {
        return at == begin + 1 && at + 1 < end_ && !ends_clause(at) && !ends_clause(at + 1) &&
               stands_in(words_[at], KnownList::kCarry) && !stands_in(words_[begin], KnownList::kNumber) &&
               !stands_in(words_[at + 1], KnownList::kStop) && !stands_in(words_[at + 1], KnownList::kNoThing) &&
               !words_[at + 1].is_date;
    }

    // Commas part a list's items only where "and" comes before the last one: others end it.
    std::size_t list_extent(std::size_t at) const {
        if (is_no_thing(at)) return at;
        std::size_t end = at;
        std::size_t begin = at;  // of the item under way
        std::size_t before_comma = 0;
        while (end < end_ && end < at + kLongestList) {
            const Token& word = words_[end];
            const bool is_joined = end > at && stands_in(word, KnownList::kJoin);
            const bool is_new = end > at && word.after_comma && !word.joined;
            if (end > at && word.after_dash) break;
            if (is_joined || is_new) {
                const std::size_t item = is_joined ? end + 1 : end;
                if (!begins_item(end, item)) break;
                if (is_new && !is_joined && before_comma == 0) before_comma = end;
                if (is_joined) {
                    before_comma = 0;
                    const std::size_t last = item + (item < end_ ? item_extent(item) - item : 0);
                    return last;
                }
                begin = end = item;
            } else if (word.is_date || (stands_in(word, KnownList::kStop) && !carries(begin, end))) {
                break;
            } else if (end > at && word.opens_quote) {
                end = quoted_extent(end) - 1;
            }
            ++end;
        }
        return before_comma > 0 ? before_comma : end;
    }

    // The last of a list, behind "and", and further ones behind another "and".
    std::size_t item_extent(std::size_t item) const {
        std::size_t end = item;
        std::size_t begin = item;
        while (end < end_ && end < item + kLongestList) {
            const Token& word = words_[end];
            if (end > item && (word.after_comma || word.after_dash) && !word.joined) break;
            if (end > item && stands_in(word, KnownList::kJoin)) {
                if (!begins_item(end, end + 1)) break;
                begin = ++end;
            } else if (word.is_date || (stands_in(word, KnownList::kStop) && !carries(begin, end))) {
                break;
            }
            ++end;
        }
        return end;
    }

    // Whether an item of a list begins there: a subject or a verb begins another clause.
    bool begins_item(std::size_t join, std::size_t item) const {
        constexpr std::uint64_t kOthers =
            bit_of(KnownList::kSubject) | bit_of(KnownList::kOther) | bit_of(KnownList::kBut) |
            bit_of(KnownList::kStop) | bit_of(KnownList::kSkip) | bit_of(KnownList::kQuestion) |
            bit_of(KnownList::kTail) | bit_of(KnownList::kNegation) | bit_of(KnownList::kJoin);
        return item < end_ && (words_[item].lists & (kOthers | reading_.table.verbs)) == 0 &&
               !stands_in(words_[join], KnownList::kBut);
    }

    bool is_no_thing(std::size_t at) const {
        while (at + 1 < end_ && stands_in(words_[at], KnownList::kLead) && !stands_in(words_[at], KnownList::kNoThing))
            ++at;
        return stands_in(words_[at], KnownList::kNoThing);
    }

    const Reading& reading_;
    const Rule& rule_;
    const std::vector<Token>& words_;
    std::size_t begin_;
    std::size_t end_;
    int steps_ = 0;
    std::array<Piece, kMostPieces> found_{};
    std::size_t found_count_ = 0;
};

}  // namespace

std::optional<Match> run_rule(const Reading& reading, const Rule& rule, std::size_t at) {
    return Runner{reading, rule, at}.run();
}

std::vector<Piece> split_list(const Reading& reading, const Piece& list) {
    const std::vector<Token>& words = reading.tokens.all;
    std::vector<Piece> items;
    std::size_t begin = list.begin;
    for (std::size_t at = list.begin; at <= list.end; ++at) {
        const bool is_join = at < list.end && stands_in(words[at], KnownList::kJoin);
        const bool is_new =
            at == list.end || (at > begin && words[at].after_comma && !words[at].joined) || is_join;
        if (!is_new) continue;
        const Piece item = trim_piece(reading, {.begin = begin, .end = at});
        if (item.end > item.begin) items.push_back(item);
        begin = is_join ? at + 1 : at;
    }
    return items;
}

Piece trim_piece(const Reading& reading, Piece piece) {
    const std::vector<Token>& words = reading.tokens.all;
    const auto cuts = [&](std::size_t at, KnownList list) {
        return stands_in(words[at], list) || stands_in(words[at], KnownList::kSkip);
    };
    while (piece.end > piece.begin + 1 &&
           (cuts(piece.end - 1, KnownList::kTail) || stands_in(words[piece.end - 1], KnownList::kLead)))
        --piece.end;
    while (piece.end > piece.begin + 1 && cuts(piece.begin, KnownList::kLead)) ++piece.begin;
    return piece;
}

}  // namespace arq::memory
