// SPDX-License-Identifier: MIT
#include "arq/memory/change.h"

#include <algorithm>
#include <array>

#include "arq/util/function_words.h"
#include "arq/util/text.h"
#include "memory/rule_table.h"

namespace arq::memory {
namespace {

using std::string_view;
using Stems = std::vector<std::string>;

// The stems that tell one value from another: without articles, and without how often.
Stems value_stems(string_view value) {
    Stems stems;
    for (const std::string& word : util::words(value)) {
        static constexpr std::array<string_view, 14> kEmpty{"a",      "an",    "the", "my",    "our",
                                                            "of",     "in",    "мой", "моя",   "всегда",
                                                            "always", "never", "to",  "please"};
        if (std::find(kEmpty.begin(), kEmpty.end(), word) == kEmpty.end()) stems.push_back(util::stem(word));
    }
    std::sort(stems.begin(), stems.end());
    stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
    return stems;
}

bool includes(const Stems& all, const Stems& some) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

bool is_proper(string_view word) {
    return util::fold_word(word) != word;
}

// "Rex" of "dog Rex", by stems: people and animals are told apart by their names.
Stems names_of(string_view value) {
    Stems names;
    for (const string_view word : util::split_words(value))
        if (is_proper(word)) names.push_back(util::stem(util::fold_word(word)));
    return names;
}

bool shares_name(string_view a, string_view b) {
    const Stems names = names_of(a);
    const Stems others = names_of(b);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(others.begin(), others.end(), name) != others.end();
    });
}

bool is_named(string_view subject) {
    return subject == "pet" || subject == "family";
}

bool holds(const model::Memory& memory, util::Timestamp now) {
    if (memory.kind == model::MemoryKind::kEvent) return !memory.valid_to || *memory.valid_to > now;
    return !memory.valid_to;
}

// What an instruction is about: its verb. "Answer briefly" takes the place of "answer at length".
std::string verb_of(string_view instruction) {
    static constexpr std::array<string_view, 12> kBefore{"always", "never",   "please", "from", "now", "on",
                                                         "всегда", "никогда", "впредь", "не",   "do",  "not"};
    for (const std::string& word : util::words(instruction))
        if (std::find(kBefore.begin(), kBefore.end(), word) == kBefore.end()) return util::stem(word);
    return {};
}

bool is_replacing(const Statement& statement, const model::Memory& memory) {
    const std::string verb = verb_of(memory.value);
    if (verb.empty() || verb != verb_of(statement.value)) return false;
    // What is said of answers as such excludes each other; what is to be used only where both are but a word.
    static constexpr std::array<string_view, 6> kOfAnswers{"answer", "repli",  "respond",
                                                           "speak",  "отвеча", "говор"};
    return std::find(kOfAnswers.begin(), kOfAnswers.end(), verb) != kOfAnswers.end() ||
           (util::split_words(statement.value).size() <= 2 && util::split_words(memory.value).size() <= 2);
}

class Decision {
public:
    Decision(const Statement& statement, const std::vector<model::Memory>& known, util::Timestamp now)
        : statement_{statement}, known_{known}, now_{now}, stems_{value_stems(statement.value)} {}

    std::vector<Change> decide() {
        if (statement_.action == Action::kClose) {
            close();
        } else if (statement_.subject.empty()) {
            add_note();
        } else if (statement_.is_single) {
            state_single();
        } else {
            state_listed();
        }
        return std::move(changes_);
    }

private:
    void add() {
        model::Memory memory{.text = statement_.text,
                             .kind = statement_.kind,
                             .subject = subject_key(statement_),
                             .value = statement_.value};
        changes_.push_back({.what = Change::What::kAdd, .memory = std::move(memory)});
    }

    void change(const model::Memory& memory) {
        model::Memory changed = memory;
        changed.text = statement_.text;
        changed.value = statement_.value;
        changed.kind = statement_.kind;
        changed.valid_from.reset();
        changed.valid_to.reset();
        changes_.push_back({.what = Change::What::kChange, .memory = std::move(changed)});
    }

    void add_note() {
        const bool is_known = std::any_of(known_.begin(), known_.end(), [&](const model::Memory& memory) {
            return memory.text == statement_.text;
        });
        if (!is_known) add();
    }

    void state_single() {
        // There is one memory of it, with all that it was before in its history.
        if (known_.empty()) {
            add();
            return;
        }
        const auto open = std::find_if(known_.rbegin(), known_.rend(),
                                       [&](const model::Memory& memory) { return holds(memory, now_); });
        const model::Memory& memory = open == known_.rend() ? known_.back() : *open;
        if (open != known_.rend() && value_stems(memory.value) == stems_) return;
        change(memory);
    }

    // The memory that says the same, or less, or more of the same.
    const model::Memory* find_same() const {
        const model::Memory* found = nullptr;
        for (const model::Memory& memory : known_) {
            const Stems stems = value_stems(memory.value);
            const bool is_same =
                includes(stems, stems_) || includes(stems_, stems) ||
                (is_named(statement_.subject) && shares_name(memory.value, statement_.value));
            if (!is_same) continue;
            if (found == nullptr || stems == stems_ || (!holds(*found, now_) && holds(memory, now_)))
                found = &memory;
        }
        return found;
    }

    const model::Memory* find_replaced() const {
        if (!statement_.replaces.empty()) {
            const Stems replaced = value_stems(statement_.replaces);
            for (const model::Memory& memory : known_)
                if (holds(memory, now_) && includes(value_stems(memory.value), replaced)) return &memory;
        }
        if (statement_.subject == "instruction")
            for (const model::Memory& memory : known_)
                if (holds(memory, now_) && is_replacing(statement_, memory)) return &memory;
        return nullptr;
    }

    void state_listed() {
        const model::Memory* same = find_same();
        if (statement_.kind == model::MemoryKind::kEvent) {
            // A past one of the same name is another; one to come was moved, or is told again. The times are
            // the caller's to set, who knows the time zone.
            if (same != nullptr && holds(*same, now_))
                change(*same);
            else
                add();
            return;
        }
        if (same == nullptr) {
            if (const model::Memory* replaced = find_replaced())
                change(*replaced);
            else
                add();
            return;
        }
        const Stems stems = value_stems(same->value);
        if (!holds(*same, now_) || (stems != stems_ && includes(stems_, stems))) change(*same);
    }

    void close() {
        std::vector<const model::Memory*> open;
        for (const model::Memory& memory : known_)
            if (holds(memory, now_)) open.push_back(&memory);
        if (statement_.value.empty() && !statement_.is_single && open.size() != 1) return;
        for (const model::Memory* memory : open) {
            const Stems stems = value_stems(memory->value);
            const bool is_meant = stems_.empty() || includes(stems, stems_) || includes(stems_, stems) ||
                                  shares_name(memory->value, statement_.value);
            if (is_meant) changes_.push_back({.what = Change::What::kClose, .memory = *memory});
        }
    }

    const Statement& statement_;
    const std::vector<model::Memory>& known_;
    util::Timestamp now_;
    Stems stems_;
    std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> decide(const Statement& statement, const std::vector<model::Memory>& known,
                           util::Timestamp now) {
    return Decision{statement, known, now}.decide();
}

std::string contradicted_subject(const Statement& statement) {
    if (statement.action != Action::kState) return {};
    if (statement.subject == "likes") return "dislikes";
    if (statement.subject == "dislikes") return "likes";
    return {};
}

std::optional<model::Memory> correct(const Statement& correction, const model::Memory& memory) {
    if (!fits_correction(memory.value, correction.value)) return std::nullopt;
    // "Sister Anna", "no, Alla": only the name was wrong.
    std::string value = correction.value;
    std::string before = memory.value;
    const std::vector<string_view> words = util::split_words(memory.value);
    if (words.size() > 1 && util::split_words(correction.value).size() == 1 && is_proper(correction.value) &&
        is_proper(words.back())) {
        before = words.back();
        value = memory.value.substr(0, memory.value.size() - before.size()) + correction.value;
    }
    model::Memory changed = memory;
    const std::size_t at = changed.text.find(before);
    if (at == std::string::npos)
        changed.text = correction.text;
    else
        changed.text.replace(at, before.size(), correction.value);
    changed.value = std::move(value);
    return changed;
}

Forgetting read_forgetting(const Statement& statement, const Rules& rules) {
    static constexpr std::array<string_view, 8> kMyself{"me",         "myself", "мне", "меня",
                                                        "everything", "all",    "все", "i"};
    const RuleTable& table = rules.table();
    Forgetting forgetting;
    bool is_all = true;
    for (const std::string& word : util::words(statement.value)) {
        if (std::find(kMyself.begin(), kMyself.end(), word) != kMyself.end()) continue;
        const WordId id = table.words.find(word);
        const auto about = std::find_if(table.abouts.begin(), table.abouts.end(), [&](const About& known) {
            return id != kNoWord && known.word == id;
        });
        if (about != table.abouts.end()) {
            is_all = false;
            const std::string& subject = table.relations[about->relation];
            if (std::find(forgetting.subjects.begin(), forgetting.subjects.end(), subject) ==
                forgetting.subjects.end())
                forgetting.subjects.push_back(subject);
            continue;
        }
        if (util::is_function_word(word)) continue;
        is_all = false;
        forgetting.stems.push_back(util::stem(word));
    }
    forgetting.everything = is_all && !util::words(statement.value).empty();
    return forgetting;
}

bool is_about(const Forgetting& forgetting, const model::Memory& memory,
              const std::vector<model::MemoryVersion>& history) {
    if (forgetting.everything) return true;
    const bool is_subject =
        forgetting.subjects.empty() || std::find(forgetting.subjects.begin(), forgetting.subjects.end(),
                                                 memory.subject) != forgetting.subjects.end();
    if (forgetting.stems.empty()) return is_subject && !forgetting.subjects.empty();
    const auto holds_all = [&](string_view text, string_view value) {
        Stems stems = util::stems(text);
        for (std::string& stem : util::stems(value)) stems.push_back(std::move(stem));
        for (std::string& stem : util::stems(memory.subject)) stems.push_back(std::move(stem));
        return std::all_of(forgetting.stems.begin(), forgetting.stems.end(), [&](const std::string& stem) {
            return std::find(stems.begin(), stems.end(), stem) != stems.end();
        });
    };
    return holds_all(memory.text, memory.value) ||
           std::any_of(history.begin(), history.end(), [&](const model::MemoryVersion& version) {
               return holds_all(version.text, version.value);
           });
}

}  // namespace arq::memory
