// SPDX-License-Identifier: MIT
#include "memory/guards.h"

#include <algorithm>

namespace arq::memory {
namespace {

// Further than the words of one clause that bear on each other.
constexpr std::size_t kMostDenied = 6;

bool stands_in(const Token& token, KnownList list) {
    return (token.lists & bit_of(list)) != 0;
}

// --- denials ---

class Denials {
public:
    Denials(Tokens& tokens, const RuleTable& table)
        : tokens_{tokens},
          table_{table},
          kNo{word("no")},
          kNot{word("not")},
          kLonger{word("longer")},
          kAny{word("any")},
          kMore{word("more")},
          kAnymore{word("anymore")},
          kDo{word("do")},
          kBut{word("but")},
          kIt{word("it")},
          kNe{word("не")},
          kBolshe{word("больше")},
          kUzhe{word("уже")},
          kA{word("а")},
          imperative_{list("imperative")} {}

    std::vector<Replaced> rewrite() {
        gone_.assign(tokens_.all.size(), false);
        for (std::size_t number = 0; number < tokens_.sentences.size(); ++number) {
            const Sentence& sentence = tokens_.sentences[number];
            for (std::size_t at = sentence.begin; at < sentence.end; ++at) {
                if (!gone_[at] && (is(at, kNot) || is(at, kNe) || is(at, kNo) || is(at, kBolshe) || is(at, kUzhe)))
                    look_at(sentence, number, at);
            }
        }
        remove();
        return std::move(replaced_);
    }

private:
    WordId word(std::string_view text) const { return table_.words.find(text); }
    std::uint64_t list(std::string_view name) const {
        const auto found = std::find(table_.lists.begin(), table_.lists.end(), name);
        return found == table_.lists.end() ? 0 : std::uint64_t{1} << (found - table_.lists.begin());
    }
    bool is(std::size_t at, WordId id) const { return id != kNoWord && tokens_.all[at].word == id; }
    void drop(std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end; ++at) gone_[at] = true;
    }
    void close(const Sentence& sentence, std::size_t at) {
        std::size_t begin = at;
        while (begin > sentence.begin && !tokens_.all[begin].after_comma) --begin;
        std::size_t end = at + 1;
        while (end < sentence.end && !tokens_.all[end].after_comma) ++end;
        for (; begin < end; ++begin) tokens_.all[begin].is_closed = true;
    }

    // "any more", "anymore", "any longer" further on in the clause: where they begin and end.
    std::pair<std::size_t, std::size_t> find_any_more(const Sentence& sentence, std::size_t at) const {
        for (std::size_t next = at + 1; next < sentence.end && !tokens_.all[next].after_comma; ++next) {
            if (is(next, kAnymore)) return {next, next + 1};
            if (is(next, kAny) && next + 1 < sentence.end && (is(next + 1, kMore) || is(next + 1, kLonger)))
                return {next, next + 2};
        }
        return {0, 0};
    }

    void look_at(const Sentence& sentence, std::size_t number, std::size_t at) {
        const auto next_is = [&](WordId id) { return at + 1 < sentence.end && is(at + 1, id); };
        if (is(at, kNo)) {
            if (!next_is(kLonger)) return;
            drop(at, at + 2);
            close(sentence, at);
        } else if (is(at, kNot)) {
            if (const auto [begin, end] = find_any_more(sentence, at); end > 0) {
                drop(begin, end);
                drop(at > sentence.begin && is(at - 1, kDo) ? at - 1 : at, at + 1);
                close(sentence, at);
            } else {
                correct(sentence, number, at, kBut);
            }
        } else if (is(at, kNe)) {
            const bool is_closing =
                (at > sentence.begin && (is(at - 1, kBolshe) || is(at - 1, kUzhe))) || next_is(kBolshe);
            if (correct(sentence, number, at, kA)) return;
            if (!is_closing || at + 1 >= sentence.end || (tokens_.all[at + 1].lists & imperative_) != 0) return;
            const bool is_before = at > sentence.begin && !next_is(kBolshe);
            drop(is_before ? at - 1 : at, next_is(kBolshe) ? at + 2 : at + 1);
            close(sentence, at);
        }
    }

    // "not in Berlin but in Bonn", «не в Москве, а в Туле», "isn't the 5th, it's the 15th".
    bool correct(const Sentence& sentence, std::size_t number, std::size_t at, WordId but) {
        const std::size_t limit = std::min(sentence.end, at + kMostDenied);
        for (std::size_t next = at + 2; next + 1 < limit + 1 && next < sentence.end; ++next) {
            const Token& token = tokens_.all[next];
            const bool is_it_is = but == kBut && token.after_comma && is(next, kIt) && next + 2 < sentence.end;
            if (!is(next, but) && !is_it_is) {
                if (token.after_comma) return false;
                continue;
            }
            if (next + 1 >= sentence.end) return false;
            // A subject behind it begins something else: «не люблю чай, а ты любишь».
            if (!is_it_is && (stands_in(tokens_.all[next + 1], KnownList::kSubject) ||
                              stands_in(tokens_.all[next + 1], KnownList::kOther)))
                return false;
            replaced_.push_back(
                {.sentence = number, .first = tokens_.all[at + 1].text, .last = tokens_.all[next - 1].text});
            const std::size_t end = is_it_is ? next + 2 : next + 1;
            drop(at > sentence.begin && is(at - 1, kDo) ? at - 1 : at, end);
            tokens_.all[end].after_comma = tokens_.all[at].after_comma;
            return true;
        }
        return false;
    }

    void remove() {
        if (std::none_of(gone_.begin(), gone_.end(), [](bool is_gone) { return is_gone; })) return;
        std::vector<Token> kept;
        kept.reserve(tokens_.all.size());
        for (Sentence& sentence : tokens_.sentences) {
            const std::size_t begin = kept.size();
            for (std::size_t at = sentence.begin; at < sentence.end; ++at)
                if (!gone_[at]) kept.push_back(tokens_.all[at]);
            sentence.begin = begin;
            sentence.end = kept.size();
        }
        tokens_.all = std::move(kept);
    }

    Tokens& tokens_;
    const RuleTable& table_;
    const WordId kNo, kNot, kLonger, kAny, kMore, kAnymore, kDo, kBut, kIt, kNe, kBolshe, kUzhe, kA;
    const std::uint64_t imperative_;
    std::vector<bool> gone_;
    std::vector<Replaced> replaced_;
};

// --- guards ---

class Guards {
public:
    explicit Guards(Tokens& tokens) : tokens_{tokens}, words_{tokens.all} {}

    void apply() {
        bool is_play = false;
        for (const Sentence& sentence : tokens_.sentences) {
            is_play = is_play || has(sentence, KnownList::kQuoting);
            if (is_play || has(sentence, KnownList::kJoke)) {
                block(sentence.begin, sentence.end);
                continue;
            }
            guard_questions(sentence);
            guard_words(sentence);
        }
    }

private:
    bool has(const Sentence& sentence, KnownList list) const {
        for (std::size_t at = sentence.begin; at < sentence.end; ++at)
            if (stands_in(words_[at], list)) return true;
        return false;
    }

    void block(std::size_t begin, std::size_t end) {
        for (; begin < end; ++begin) words_[begin].is_blocked = true;
    }

    std::size_t clause_end(const Sentence& sentence, std::size_t at) const {
        do ++at;
        while (at < sentence.end && !words_[at].after_comma);
        return at;
    }
    std::size_t clause_begin(const Sentence& sentence, std::size_t at) const {
        while (at > sentence.begin && !words_[at].after_comma) --at;
        return at;
    }

    // Whether the clause from `at` on begins as questions do.
    bool begins_question(const Sentence& sentence, std::size_t at, bool is_marked) const {
        const std::size_t end = clause_end(sentence, at);
        while (at < end && stands_in(words_[at], KnownList::kSkip) && !stands_in(words_[at], KnownList::kAux) &&
               !stands_in(words_[at], KnownList::kQuestion))
            ++at;
        if (at < end && stands_in(words_[at], KnownList::kJoin) && !stands_in(words_[at], KnownList::kQuestion)) ++at;
        for (std::size_t next = at; next < end && next < at + (is_marked ? 3 : 1); ++next)
            if (stands_in(words_[next], KnownList::kQuestion)) return true;
        return at + 1 < end && stands_in(words_[at], KnownList::kAux) &&
               (stands_in(words_[at + 1], KnownList::kSubject) || stands_in(words_[at + 1], KnownList::kOther));
    }

    // A question's own clause, and those behind it: "I'm vegan, what should I cook?" states what it begins with.
    void guard_questions(const Sentence& sentence) {
        for (std::size_t at = sentence.begin; at < sentence.end; at = clause_end(sentence, at)) {
            if (!begins_question(sentence, at, sentence.asks)) continue;
            block(at, sentence.end);
            return;
        }
        if (sentence.asks) block(sentence.begin, sentence.end);
    }

    bool is_own(const Sentence& sentence, std::size_t at) const {
        // "I said", "as I told you", «я же говорил»
        for (std::size_t before = at; before > sentence.begin && before + 3 > at;) {
            --before;
            if (words_[before].after_comma && before + 1 < at) break;
            if (stands_in(words_[before], KnownList::kSubject)) return true;
            if (stands_in(words_[before], KnownList::kOther)) return false;
        }
        return false;
    }

    // To the end of the sentence, or to "but".
    void block_on(const Sentence& sentence, std::size_t at) {
        std::size_t end = at + 1;
        while (end < sentence.end && !stands_in(words_[end], KnownList::kBut)) ++end;
        block(at, end);
    }

    void guard_words(const Sentence& sentence) {
        for (std::size_t at = sentence.begin; at < sentence.end; ++at) {
            const Token& word = words_[at];
            if (stands_in(word, KnownList::kUnreal)) {
                const std::size_t end = clause_end(sentence, at);
                for (std::size_t next = clause_begin(sentence, at); next < end; ++next) words_[next].is_wished = true;
            } else if (stands_in(word, KnownList::kReport)) {
                guard_report(sentence, at);
            } else if (stands_in(word, KnownList::kCondition)) {
                const std::size_t next = at + 1;
                const bool is_harmless = next < sentence.end && stands_in(words_[next], KnownList::kHarmless);
                if (is_harmless)
                    block(at, clause_end(sentence, at));
                else
                    block_condition(sentence, at);
            } else if (stands_in(word, KnownList::kWish)) {
                block_wish(sentence, at);
            } else if (stands_in(word, KnownList::kNegation)) {
                // "I don't think that I live …", "it's not true that …"
                for (std::size_t next = at + 1; next < sentence.end && next < at + 4; ++next)
                    if (stands_in(words_[next], KnownList::kBelief)) block_on(sentence, next);
            }
        }
    }

    void guard_report(const Sentence& sentence, std::size_t at) {
        if (is_own(sentence, at)) return;
        block_on(sentence, at);
        // "I'm 34, she said": what was told stands before.
        const std::size_t begin = clause_begin(sentence, at);
        if (begin > sentence.begin && clause_end(sentence, at) == sentence.end && sentence.end - begin <= 3 &&
            (stands_in(words_[begin], KnownList::kOther) || begin == at))
            block(sentence.begin, sentence.end);
    }

    void block_condition(const Sentence& sentence, std::size_t at) {
        block_on(sentence, at);
        // What stands right before it holds under it: "I live there if …", but not what a comma parts from it.
        block(clause_begin(sentence, at), at);
    }

    // To the end of the clause, or to where another subject begins.
    void block_wish(const Sentence& sentence, std::size_t at) {
        const std::size_t end = clause_end(sentence, at);
        std::size_t next = at;
        while (next < end && !stands_in(words_[next], KnownList::kBut) &&
               !(next > at + 1 && stands_in(words_[next - 1], KnownList::kJoin) &&
                 stands_in(words_[next], KnownList::kSubject)))
            ++next;
        for (; at < next; ++at) words_[at].is_wished = true;
    }

    Tokens& tokens_;
    std::vector<Token>& words_;
};

}  // namespace

std::vector<Replaced> rewrite_denials(Tokens& tokens, const RuleTable& table) {
    return Denials{tokens, table}.rewrite();
}

void apply_guards(Tokens& tokens, const RuleTable&) {
    Guards{tokens}.apply();
}

Reading read(const RuleTable& table, const Tokens& tokens) {
    Reading reading{.table = table, .tokens = tokens};
    const std::size_t size = tokens.all.size();
    reading.clause_starts.assign(size, false);
    reading.elided.assign(size, Elided::kNothing);
    reading.words.assign(table.words.size(), false);
    for (const Token& token : tokens.all) {
        reading.words[token.word] = true;
        reading.words[token.stem] = true;
        reading.lists |= token.lists;
    }
    for (const Sentence& sentence : tokens.sentences) {
        Elided subject = Elided::kNothing;  // of the clause under way
        for (std::size_t at = sentence.begin; at < sentence.end; ++at) {
            const Token& word = tokens.all[at];
            const bool is_start =
                at == sentence.begin || word.after_comma || word.after_dash ||
                stands_in(tokens.all[at - 1], KnownList::kJoin) ||
                ((stands_in(tokens.all[at - 1], KnownList::kSkip) || tokens.all[at - 1].is_date) &&
                 reading.clause_starts[at - 1]);
            reading.clause_starts[at] = is_start;
            if (is_start && at > sentence.begin) reading.elided[at] = subject;
            if (stands_in(word, KnownList::kSubject))
                subject = Elided::kSubject;
            else if (subject != Elided::kNothing && (word.word == kAm || word.word == kAre))
                subject = Elided::kSubjectAndBe;
            else if (stands_in(word, KnownList::kOther))
                subject = Elided::kNothing;
        }
    }
    return reading;
}

}  // namespace arq::memory
