// SPDX-License-Identifier: MIT
#include "arq/memory/rules.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "arq/util/error.h"
#include "arq/util/text.h"
#include "memory/pattern_compiler.h"
#include "memory/rule_table.h"

namespace arq::memory {
namespace {

using std::string_view;

// In the order of KnownList.
constexpr std::array<string_view, static_cast<std::size_t>(KnownList::kCount)> kKnownLists{
    "skip", "stop",   "tail",      "lead",     "join", "subject",  "other",  "no-name", "number",  "question", "aux",
    "report", "condition", "harmless", "wish", "negation", "belief", "joke",    "quoting", "unreal",   "near", "but",
    "no-place", "no-thing", "no-note", "month", "person", "carry", "date-word"};

constexpr std::array<std::pair<string_view, model::MemoryKind>, 5> kKinds{
    {{"fact", model::MemoryKind::kFact},
     {"preference", model::MemoryKind::kPreference},
     {"event", model::MemoryKind::kEvent},
     {"instruction", model::MemoryKind::kInstruction},
     {"note", model::MemoryKind::kNote}}};
constexpr std::array<std::pair<string_view, RuleAction>, 4> kActions{
    {{"correct", RuleAction::kCorrect}, {"close", RuleAction::kClose}, {"forget", RuleAction::kForget}, {"ask", RuleAction::kAsk}}};

// Beyond those that lists of the table can have.
constexpr unsigned kVerbBit = 63;

class Reader {
public:
    explicit Reader(RuleTable& table) : table_{table} {}

    void read(string_view text, string_view name) {
        int line_number = 0;
        is_headed_ = false;
        while (!text.empty()) {
            ++line_number;
            const std::size_t end = std::min(text.find('\n'), text.size());
            const string_view line = util::trim(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            try {
                if (!util::is_valid_utf8(line)) throw PatternError{"this is no UTF-8"};
                if (!line.empty() && !line.starts_with('#')) read_line(line);
            } catch (const PatternError& error) {
                throw Error{ErrorCode::kInvalidValue,
                            std::string{name} + ", line " + std::to_string(line_number) + ": " + error.message};
            }
        }
    }

private:
    void read_line(string_view line) {
        if (line.starts_with('@') && line.find(" = ") != string_view::npos)
            read_list(line.substr(1));
        else if (line.starts_with("sort "))
            read_sorting(line.substr(5));
        else if (line.starts_with("about "))
            read_about(line.substr(6));
        else if (line.starts_with('[') && line.ends_with(']') && line.find_first_of("|<{@~") == string_view::npos &&
                 (line.starts_with("[en ") || line.starts_with("[ru ")))
            read_head(line.substr(1, line.size() - 2));
        else
            read_rule(line);
    }

    void read_list(string_view line) {
        const std::size_t equals = line.find('=');
        const unsigned list = list_number(table_, util::trim(line.substr(0, equals)), true);
        for (const string_view word : cut(line.substr(equals + 1)))
            table_.words.add_to_list(add_word(table_, word), list);
    }

    std::uint16_t relation_number(string_view name) {
        const auto known = std::find(table_.relations.begin(), table_.relations.end(), name);
        if (known == table_.relations.end()) {
            table_.relations.emplace_back(name);
            return static_cast<std::uint16_t>(table_.relations.size() - 1);
        }
        return static_cast<std::uint16_t>(known - table_.relations.begin());
    }

    // "sort have @pet pet"
    void read_sorting(string_view line) {
        const std::vector<string_view> words = cut(line);
        if (words.size() != 3 || !words[1].starts_with('@'))
            throw PatternError{"a sorting is written `sort relation @list relation`"};
        table_.sortings.push_back({.from = relation_number(words[0]),
                                   .to = relation_number(words[2]),
                                   .list = list_number(table_, words[1].substr(1), false)});
    }

    // "about home = address city"
    void read_about(string_view line) {
        const std::size_t equals = line.find('=');
        if (equals == string_view::npos) throw PatternError{"this is written `about relation = word word …`"};
        const std::uint16_t relation = relation_number(util::trim(line.substr(0, equals)));
        for (const string_view word : cut(line.substr(equals + 1)))
            table_.abouts.push_back({.word = add_word(table_, word), .relation = relation});
    }

    static std::vector<string_view> cut(string_view line) {
        std::vector<string_view> words;
        while (!(line = util::trim(line)).empty()) {
            const std::size_t blank = std::min(line.find(' '), line.size());
            words.push_back(line.substr(0, blank));
            line.remove_prefix(blank);
        }
        return words;
    }

    template <typename List>
    static auto find(const List& list, string_view name) -> std::optional<decltype(list.front().second)> {
        for (const auto& [known, value] : list)
            if (known == name) return value;
        return std::nullopt;
    }

    void read_head(string_view head) {
        rule_ = {};
        is_headed_ = true;
        std::string relation;
        bool is_first = true;
        while (!(head = util::trim(head)).empty()) {
            const std::size_t blank = std::min(head.find(' '), head.size());
            const string_view word = head.substr(0, blank);
            head.remove_prefix(blank);
            if (is_first) {
                is_first = false;  // the language: for the reader
            } else if (const auto kind = find(kKinds, word); kind && !relation.empty()) {
                rule_.kind = *kind;
            } else if (const auto action = find(kActions, word); action && !relation.empty()) {
                rule_.action = *action;
            } else if (word == "single" || word == "list") {
                rule_.is_single = word == "single";
            } else if (word == "dated") {
                rule_.is_dated = true;
            } else if (word == "also") {
                rule_.is_also = true;
            } else if (word == "presupposed") {
                rule_.is_also = rule_.is_presupposed = true;
            } else if (word == "told") {
                rule_.is_told = true;
            } else if (relation.empty()) {
                relation = word;
            } else {
                throw PatternError{"`" + std::string{word} +
                                   "` can't stand in a head: language, relation, then single or list, a kind (fact, "
                                   "preference, event, instruction, note), close, forget, correct or ask, also, dated, presupposed, told"};
            }
        }
        if (relation.empty()) throw PatternError{"the head names no relation: `[en home single fact]`"};
        rule_.relation = relation_number(relation);
    }

    void read_rule(string_view line) {
        if (!is_headed_) throw PatternError{"a head such as `[en home single fact]` has to stand above the first rule"};
        Rule rule = rule_;
        rule.first_step = static_cast<std::uint32_t>(table_.steps.size());
        const Needed needed = compile_pattern(line, table_);
        rule.needed = static_cast<std::uint32_t>(table_.needed.size());
        table_.needed.insert(table_.needed.end(), needed.words.begin(), needed.words.end());
        rule.needed_end = static_cast<std::uint32_t>(table_.needed.size());
        rule.needed_lists = needed.lists;
        const Step& first = table_.steps[rule.first_step];
        rule.begins_with_slot =
            first.op == Op::kSlot && (static_cast<Slot>(first.detail) == Slot::kThing ||
                                      static_cast<Slot>(first.detail) == Slot::kList);
        if (table_.rules.size() >= std::numeric_limits<std::uint16_t>::max())
            throw PatternError{"there are too many rules"};
        table_.rules.push_back(rule);
    }

    RuleTable& table_;
    Rule rule_;
    bool is_headed_ = false;
};

// The words that rules can begin with.
class Index {
public:
    explicit Index(RuleTable& table) : table_{table} {}

    void make() {
        table_.verbs = std::uint64_t{1} << kVerbBit;
        std::vector<std::vector<std::uint16_t>> rules_of(table_.words.size());
        for (std::size_t at = 0; at < table_.rules.size(); ++at) {
            Rule& rule = table_.rules[at];
            begins_.assign(table_.words.size(), false);
            visit(rule, rule.begins_with_slot ? 1 : 0, false, 0);
            for (std::size_t word = 1; word < begins_.size(); ++word)
                if (begins_[word]) rules_of[word].push_back(static_cast<std::uint16_t>(at));
        }
        for (const auto& rules : rules_of) {
            table_.first_of_word.push_back(static_cast<std::uint32_t>(table_.rules_of_words.size()));
            table_.rules_of_words.insert(table_.rules_of_words.end(), rules.begin(), rules.end());
        }
        table_.first_of_word.push_back(static_cast<std::uint32_t>(table_.rules_of_words.size()));
        table_.rules_of_words.shrink_to_fit();
        table_.steps.shrink_to_fit();
        table_.rules.shrink_to_fit();
    }

private:
    void visit(Rule& rule, std::size_t at, bool elided, int depth) {
        if (depth > 200) return;
        for (;; ++at) {
            const Step& step = table_.steps[rule.first_step + at];
            switch (step.op) {
                case Op::kWord:
                    begins_[step.target] = true;
                    if (elided && rule.action == RuleAction::kState) table_.words.add_to_list(step.target, kVerbBit);
                    return;
                case Op::kList: add_list(step.detail, elided && rule.action == RuleAction::kState); return;
                case Op::kSubject:
                    add_list(static_cast<unsigned>(KnownList::kSubject), false);
                    visit(rule, at + 1, true, depth + 1);
                    return;
                case Op::kBe:
                    begins_[kAm] = begins_[kAre] = true;
                    elided = false;
                    break;
                case Op::kSplit: visit(rule, step.target, elided, depth + 1); break;
                case Op::kJump: at = step.target - 1U; break;
                case Op::kSlot:
                    // Which word a slot takes isn't known: it is found by the one behind it.
                    rule.has_lead = true;
                    elided = false;
                    break;
                case Op::kMatch: return;
                default: break;
            }
        }
    }

    void add_list(unsigned list, bool is_verb) {
        for (std::size_t at = 1; at < begins_.size(); ++at) {
            const auto word = static_cast<WordId>(at);
            if ((table_.words.lists_of(word) >> list & 1U) == 0) continue;
            begins_[at] = true;
            if (is_verb) table_.words.add_to_list(word, kVerbBit);
        }
    }

    RuleTable& table_;
    std::vector<bool> begins_;
};

std::shared_ptr<const RuleTable> read_table(string_view owners_text) {
    auto table = std::make_shared<RuleTable>();
    table->lists.assign(kKnownLists.begin(), kKnownLists.end());
    for (const char* word : {"am", "are", "'s", "is"}) table->words.add(word);  // kAm, kAre, kPossessive, kIs
    Reader reader{*table};
    reader.read(standard_rules_text(), "facts.rules");
    reader.read(owners_text, "memory.rules_file");
    Index{*table}.make();
    return table;
}

}  // namespace

const Rules& Rules::standard() {
    static const Rules rules{read_table({})};
    return rules;
}

Rules Rules::with(string_view owners_text) {
    return Rules{read_table(owners_text)};
}

}  // namespace arq::memory
