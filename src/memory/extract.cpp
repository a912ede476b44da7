// SPDX-License-Identifier: MIT
#include "arq/memory/extract.h"

#include <algorithm>

#include "arq/dates/dates.h"
#include "arq/util/text.h"
#include "memory/guards.h"
#include "memory/matcher.h"
#include "memory/rule_table.h"
#include "memory/tokens.h"

namespace arq::memory {
namespace {

using std::string_view;

constexpr std::size_t kMostValues = 12;    // of one list
constexpr std::size_t kLongestSorted = 5;  // what is longer is no thing that somebody has

bool stands_in(const Token& token, KnownList list) {
    return (token.lists & bit_of(list)) != 0;
}

string_view between(string_view first, string_view last) {
    const char* const end = last.data() + last.size();
    return end <= first.data() ? first
                               : string_view{first.data(), static_cast<std::size_t>(end - first.data())};
}

class Extractor {
public:
    Extractor(string_view message, const Rules& rules)
        : message_{message}, table_{rules.table()}, tokens_{split_tokens(message, table_.words)} {}

    std::vector<Statement> extract(util::LocalTime said_at) {
        said_at_ = said_at;
        mark_dates(said_at);
        replaced_ = rewrite_denials(tokens_, table_);
        apply_guards(tokens_, table_);
        const Reading reading = read(table_, tokens_);
        std::size_t floor = 0;  // what is before was taken by a rule
        for (std::size_t at = 0; at < tokens_.all.size();) {
            const Token& word = tokens_.all[at];
            std::size_t next = at + 1;
            memory::match_at(
                reading, at, floor, [&](const Rule& rule) { return !rule.is_also && is_allowed(rule, word); },
                [&](const Match& match) {
                    if (!add(reading, match)) return false;
                    // What is to be forgotten, or holds no more, is not told by the way.
                    if (match.rule->action == RuleAction::kForget || match.rule->action == RuleAction::kClose)
                        for (std::size_t told = match.begin; told < match.end; ++told)
                            tokens_.all[told].is_blocked = true;
                    const bool is_note = match.rule->is_told &&
                                         match.rule->kind == model::MemoryKind::kNote &&
                                         !match.pieces.empty();
                    // What is to be remembered may state facts too.
                    next = std::max(is_note && match.rule->action == RuleAction::kState
                                        ? match.pieces.front().begin
                                        : match.end,
                                    next);
                    return true;
                });
            if (next > at + 1) floor = next;
            at = next;
        }
        add_beside(reading);
        apply_corrections();
        drop_told_twice();
        return std::move(statements_);
    }

    std::vector<Asked> find_asked() {
        const Reading reading = read(table_, tokens_);
        std::vector<Asked> asked;
        for (std::size_t at = 0; at < tokens_.all.size(); ++at) {
            if (tokens_.all[at].is_quoted) continue;
            memory::match_at(
                reading, at, 0, [](const Rule& rule) { return rule.action == RuleAction::kAsk; },
                [&](const Match& match) {
                    Asked found{.subject = table_.relations[match.rule->relation]};
                    for (const Piece& piece : match.pieces) {
                        if (!found.words.empty()) found.words += ' ';
                        found.words += text_of(trim_piece(reading, piece));
                    }
                    asked.push_back(std::move(found));
                    return true;
                });
        }
        return asked;
    }

private:
    // Beside what other rules found in the same words: "I love my dog".
    void add_beside(const Reading& reading) {
        for (std::size_t at = 0; at < tokens_.all.size(); ++at) {
            const Token& word = tokens_.all[at];
            if (word.is_blocked || word.is_quoted) continue;
            memory::match_at(
                reading, at, 0, [&](const Rule& rule) { return rule.is_also && is_allowed(rule, word); },
                [&](const Match& match) {
                    const std::size_t before = statements_.size();
                    add(reading, match);
                    for (std::size_t added = before; added < statements_.size();) {
                        if (is_known(statements_[added], before))
                            statements_.erase(statements_.begin() + static_cast<std::ptrdiff_t>(added));
                        else
                            ++added;
                    }
                    return false;
                });
        }
    }

    // Whether one of the first statements says the same.
    bool is_known(const Statement& fact, std::size_t count) const {
        return std::any_of(statements_.begin(), statements_.begin() + static_cast<std::ptrdiff_t>(count),
                           [&](const Statement& known) {
                               return known.subject == fact.subject &&
                                      (known.value.find(fact.value) != std::string::npos ||
                                       holds_words(fact.value, known.value));
                           });
    }

    static bool holds_words(string_view text, string_view words) {
        const std::vector<std::string> there = util::words(text);
        const std::vector<std::string> wanted = util::words(words);
        return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
            return std::find(there.begin(), there.end(), word) != there.end();
        });
    }

    bool is_allowed(const Rule& rule, const Token& word) const {
        if (rule.action == RuleAction::kAsk || word.is_quoted) return false;
        return rule.is_told || (!word.is_blocked && (!word.is_wished || rule.is_presupposed));
    }

    string_view text_of(const Piece& piece) const {
        if (piece.begin >= piece.end) return {};
        return between(tokens_.all[piece.begin].text, tokens_.all[piece.end - 1].text);
    }

    // Most messages hold no word that a date could be made of.
    void mark_dates(util::LocalTime said_at) {
        const bool may_have_any = std::any_of(tokens_.all.begin(), tokens_.all.end(), [](const Token& token) {
            return (token.text.front() >= '0' && token.text.front() <= '9') ||
                   stands_in(token, KnownList::kDateWord) || stands_in(token, KnownList::kMonth);
        });
        if (!may_have_any) return;
        mentions_ = dates::find_dates(message_, said_at);
        for (const dates::Mention& mention : mentions_)
            for (Token& token : tokens_.all) {
                const auto at = static_cast<std::size_t>(token.text.data() - message_.data());
                if (at >= mention.offset && at < mention.offset + mention.words.size()) token.is_date = true;
            }
    }

    // What the sentence of the match says of when; nothing where it says nothing.
    const dates::Mention* find_mention(const Match& match) const {
        const Sentence& sentence = tokens_.sentences[tokens_.all[match.begin].sentence];
        const auto offset_of = [&](std::size_t at) {
            return static_cast<std::size_t>(tokens_.all[at].text.data() - message_.data());
        };
        const std::size_t begin = offset_of(sentence.begin);
        const std::size_t end = offset_of(sentence.end - 1) + tokens_.all[sentence.end - 1].text.size();
        for (const dates::Mention& mention : mentions_)
            if (mention.from && mention.offset + mention.words.size() > begin && mention.offset < end)
                return &mention;
        return nullptr;
    }

    // What matched, and when it is, in the user's words: "the appointment is on Monday".
    std::string with_time(const Match& match, const dates::Mention& mention) const {
        const Token& last = tokens_.all[match.end - 1];
        const auto offset_of = [&](string_view text) {
            return static_cast<std::size_t>(text.data() - message_.data());
        };
        const std::size_t begin = std::min(offset_of(tokens_.all[match.begin].text), mention.offset);
        const std::size_t end =
            std::max(offset_of(last.text) + last.text.size(), mention.offset + mention.words.size());
        return std::string{message_.substr(begin, end - begin)};
    }

    // «Не» right before: "не живу в Риме".
    bool is_denied(std::size_t at) const {
        const std::size_t sentence = tokens_.sentences[tokens_.all[at].sentence].begin;
        while (at > sentence && !tokens_.all[at].after_comma) {
            const Token& before = tokens_.all[--at];
            if (stands_in(before, KnownList::kNegation)) return before.text != "no" && before.text != "нет";
            if (!stands_in(before, KnownList::kSkip)) return false;
        }
        return false;
    }

    // Gives whether it was a statement.
    bool add(const Reading& reading, const Match& match) {
        const Rule& rule = *match.rule;
        if (!rule.is_told && is_denied(match.begin)) return false;
        const dates::Mention* mention = rule.is_dated ? find_mention(match) : nullptr;
        if (rule.is_dated && mention == nullptr) return false;
        // What is over is no plan.
        if (mention != nullptr && mention->to && *mention->to <= said_at_) return false;
        Statement statement{.kind = rule.kind,
                            .subject = table_.relations[rule.relation],
                            .action = action_of(rule, match),
                            .is_single = rule.is_single};
        const bool is_note = rule.kind == model::MemoryKind::kNote && rule.action == RuleAction::kState;
        statement.text = between(tokens_.all[match.begin].text, tokens_.all[match.end - 1].text);
        if (is_note) return add_note(std::move(statement), match);
        if (mention != nullptr) {
            statement.when = mention->words;
            statement.text = with_time(match, *mention);
            statement.from = mention->from;
            statement.to = mention->to;
            statement.grain = mention->grain;
        }
        std::vector<std::string> values;
        subjects_.clear();
        texts_.clear();
        for (const Piece& piece : match.pieces) add_piece(reading, piece, statement, values);
        if (values.empty() && !match.pieces.empty() && statement.of.empty()) return false;
        if (values.empty()) {
            if (statement.action == Action::kState) return false;
            values.emplace_back();
        }
        for (const Replaced& replaced : replaced_)
            if (replaced.sentence == tokens_.all[match.begin].sentence)
                statement.replaces = between(replaced.first, replaced.last);
        bool has_any = false;
        for (std::size_t at = 0; at < values.size(); ++at) {
            Statement one = statement;
            one.value = std::move(values[at]);
            if (at < subjects_.size()) one.subject = subjects_[at];
            if (texts_.size() > 1 && at < texts_.size()) one.text = texts_[at];
            // A relation that is only sorted into others has no memories of its own.
            if (one.subject.empty()) continue;
            has_any = true;
            statements_.push_back(std::move(one));
        }
        return has_any;
    }

    // "I have a parrot" of "I have two cats and a parrot": each fact is told, and forgotten, by itself.
    std::string text_of_item(const Statement& statement, const Piece& list, Piece item) const {
        while (item.begin > list.begin && stands_in(tokens_.all[item.begin - 1], KnownList::kLead))
            --item.begin;
        std::size_t first = list.begin;
        while (first > 0 && tokens_.all[first].joined) --first;
        const auto before = static_cast<std::size_t>(tokens_.all[first].text.data() - message_.data());
        const auto begin = static_cast<std::size_t>(message_.find(statement.text));
        const string_view head = begin < before ? message_.substr(begin, before - begin) : string_view{};
        return std::string{head} + std::string{text_of(item)};
    }

    // The relation of a list's item by its last word that has one; empty where none has.
    std::string sort(const std::string& relation, const Piece& item) const {
        bool is_sorted = false;
        const bool is_long = item.end - item.begin > kLongestSorted;
        for (std::size_t at = item.end; at > item.begin; --at)
            for (const Sorting& sorting : table_.sortings) {
                if (table_.relations[sorting.from] != relation) continue;
                is_sorted = true;
                if (!is_long && (tokens_.all[at - 1].lists >> sorting.list & 1U) != 0)
                    return table_.relations[sorting.to];
            }
        return is_sorted ? std::string{} : relation;
    }

    Action action_of(const Rule& rule, const Match& match) const {
        if (rule.action == RuleAction::kForget) return Action::kForget;
        if (rule.action == RuleAction::kClose) return Action::kClose;
        if (rule.action == RuleAction::kCorrect) return Action::kCorrect;
        return tokens_.all[match.end - 1].is_closed && tokens_.all[match.begin].is_closed ? Action::kClose
                                                                                          : Action::kState;
    }

    void add_piece(const Reading& reading, const Piece& piece, Statement& statement,
                   std::vector<std::string>& values) {
        if (piece.slot == Slot::kOf) {
            statement.of = text_of(trim_piece(reading, piece));
        } else if (piece.slot == Slot::kList) {
            for (const Piece& item : split_list(reading, piece)) {
                const string_view text = text_of(item);
                const bool is_number = std::all_of(
                    tokens_.all.begin() + static_cast<std::ptrdiff_t>(item.begin),
                    tokens_.all.begin() + static_cast<std::ptrdiff_t>(item.end),
                    [](const Token& word) { return word.is_number || stands_in(word, KnownList::kNumber); });
                if (text.empty() || is_number || values.size() >= kMostValues) continue;
                values.emplace_back(text);
                subjects_.push_back(sort(statement.subject, item));
                texts_.push_back(text_of_item(statement, piece, item));
            }
        } else {
            const string_view text = text_of(trim_piece(reading, piece));
            if (text.empty()) return;
            const std::string subject = sort(statement.subject, piece);
            if (values.empty()) {
                values.emplace_back(text);
                subjects_.push_back(subject);
            } else {
                (values.back() += ' ') += text;
                if (subjects_.back().empty()) subjects_.back() = subject;
            }
        }
    }

    // What is to be remembered is kept to the end of the message, not of the sentence.
    bool add_note(Statement statement, const Match& match) {
        if (match.pieces.empty()) return false;
        const Token& first = tokens_.all[match.pieces.front().begin];
        const auto begin = static_cast<std::size_t>(first.text.data() - message_.data());
        const string_view rest = util::trim(message_.substr(begin));
        if (rest.ends_with('?')) return false;
        statement.subject.clear();
        statement.text = rest;
        statements_.push_back(std::move(statement));
        return true;
    }

    // "I'm 36, no wait, 35": what is corrected in the same message was never stated.
    void apply_corrections() {
        for (std::size_t at = 1; at < statements_.size();) {
            Statement& correction = statements_[at];
            Statement& before = statements_[at - 1];
            if (correction.action != Action::kCorrect || before.action != Action::kState ||
                !fits_correction(before.value, correction.value)) {
                ++at;
                continue;
            }
            before.text = between(
                std::string_view{message_}.substr(message_.find(before.text), before.text.size()),
                std::string_view{message_}.substr(message_.find(correction.text), correction.text.size()));
            before.value = correction.value;
            statements_.erase(statements_.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }

    // A note of nothing but one fact is that fact.
    void drop_told_twice() {
        const auto note =
            std::find_if(statements_.begin(), statements_.end(), [](const Statement& statement) {
                return statement.subject.empty() && statement.action == Action::kState;
            });
        if (note == statements_.end()) return;
        const bool is_covered =
            std::any_of(statements_.begin(), statements_.end(), [&](const Statement& fact) {
                if (fact.subject.empty()) return false;
                const std::size_t at = note->text.find(fact.text);
                return at == 0 && util::words(note->text).size() <= util::words(fact.text).size() + 2;
            });
        if (is_covered) statements_.erase(note);
    }

    string_view message_;
    const RuleTable& table_;
    Tokens tokens_;
    std::vector<Replaced> replaced_;
    std::vector<dates::Mention> mentions_;
    util::LocalTime said_at_;
    std::vector<Statement> statements_;
    std::vector<std::string> texts_;     // of a list's items
    std::vector<std::string> subjects_;  // of the values of the match under way, where they are sorted
};

}  // namespace

bool fits_correction(string_view before, string_view after) {
    const auto has_digit = [](string_view text) {
        return text.find_first_of("0123456789") != string_view::npos;
    };
    return !before.empty() && !after.empty() && has_digit(before) == has_digit(after) &&
           util::split_words(after).size() <= util::split_words(before).size() + 3;
}

std::string subject_key(const Statement& statement) {
    if (statement.of.empty()) return statement.subject;
    std::string key = statement.subject;
    for (const std::string& word : util::words(statement.of)) (key += ' ') += word;
    return key;
}

std::vector<Statement> extract_statements(string_view message, util::LocalTime said_at, const Rules& rules) {
    return Extractor{message, rules}.extract(said_at);
}

std::vector<Asked> find_asked(string_view message, const Rules& rules) {
    if (!is_question(message)) return {};
    return Extractor{message, rules}.find_asked();
}

std::vector<std::string> subjects_asked_about(string_view message) {
    std::vector<std::string> subjects;
    for (Asked& asked : find_asked(message))
        if (std::find(subjects.begin(), subjects.end(), asked.subject) == subjects.end())
            subjects.push_back(std::move(asked.subject));
    return subjects;
}

namespace {

bool asks(const Tokens& tokens, const Sentence& sentence) {
    if (sentence.asks) return true;
    const Token& first = tokens.all[sentence.begin];
    if (stands_in(first, KnownList::kQuestion)) return true;
    return stands_in(first, KnownList::kAux) && sentence.begin + 1 < sentence.end &&
           (stands_in(tokens.all[sentence.begin + 1], KnownList::kSubject) ||
            stands_in(tokens.all[sentence.begin + 1], KnownList::kOther));
}

}  // namespace

bool is_question(string_view message) {
    const Tokens tokens = split_tokens(message, Rules::standard().table().words);
    return std::any_of(tokens.sentences.begin(), tokens.sentences.end(),
                       [&](const Sentence& sentence) { return asks(tokens, sentence); });
}

bool only_asks(string_view message) {
    const Tokens tokens = split_tokens(message, Rules::standard().table().words);
    return !tokens.sentences.empty() &&
           std::all_of(tokens.sentences.begin(), tokens.sentences.end(),
                       [&](const Sentence& sentence) { return asks(tokens, sentence); });
}

}  // namespace arq::memory
