// SPDX-License-Identifier: MIT
//
// What is known of what a message asks about: "where do I live?", "where did I live before?", "when is my
// dentist appointment?".
#include <algorithm>

#include "arq/assistant/search.h"
#include "arq/dates/dates.h"
#include "arq/util/calendar.h"
#include "arq/util/text.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

constexpr int kMostLookedThrough = 200;
constexpr std::size_t kMostTold = 12;

bool holds_words(const model::Memory& memory, std::string_view words) {
    if (words.empty()) return true;
    std::vector<std::string> stems = util::stems(memory.text);
    for (std::string& stem : util::stems(memory.value)) stems.push_back(std::move(stem));
    for (std::string& stem : util::stems(memory.subject)) stems.push_back(std::move(stem));
    const std::vector<std::string> wanted = util::stems(words);
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& stem) {
        return std::find(stems.begin(), stems.end(), stem) != stems.end();
    });
}

class Finder {
public:
    Finder(store::UserFile& file, const store::Scope& scope, util::Timestamp now, std::string_view zone,
           util::Language language)
        : file_{file}, scope_{scope}, now_{now}, zone_{zone}, language_{language} {}

    std::vector<responder::Fact> find(const std::vector<memory::Asked>& asked) {
        for (const memory::Asked& one : asked) {
            if (one.subject == "home_before") {
                find_former("home", one.subject);
                continue;
            }
            for (const model::Memory& memory : find_by_subject(one.subject))
                if (is_current(memory) && holds_words(memory, one.words)) add(one.subject, memory);
        }
        return std::move(facts_);
    }

private:
    // "favorite color" and whatever else begins with "favorite".
    std::vector<model::Memory> find_by_subject(const std::string& subject) {
        std::vector<model::Memory> found = file_.find_memories_by_subject(subject, scope_);
        if (subject != "favorite" && subject != "attribute") return found;
        for (model::Memory& memory :
             file_.list_memories(scope_, std::nullopt, std::nullopt, kMostLookedThrough))
            if (memory.subject.starts_with(subject + ' ')) found.push_back(std::move(memory));
        return found;
    }

    bool is_current(const model::Memory& memory) const {
        if (memory.kind == model::MemoryKind::kEvent) return !memory.valid_to || *memory.valid_to > now_;
        return !memory.valid_to;
    }

    // What it was before, newest first, and what was told of the past as such.
    void find_former(std::string_view subject, const std::string& told_as) {
        for (const model::Memory& memory : file_.find_memories_by_subject(subject, scope_)) {
            if (memory.valid_to) add(told_as, memory);
            std::vector<model::MemoryVersion> history = file_.memory_history(memory.id);
            std::reverse(history.begin(), history.end());
            for (const model::MemoryVersion& version : history) {
                if (version.value == memory.value) continue;
                model::Memory former = memory;
                former.text = version.text;
                former.value = version.value;
                former.updated_at = version.changed_at;
                add(told_as, former);
            }
        }
        for (const model::Memory& memory : file_.find_memories_by_subject(told_as, scope_))
            add(told_as, memory);
    }

    void add(const std::string& subject, const model::Memory& memory) {
        const bool is_told = std::any_of(facts_.begin(), facts_.end(), [&](const responder::Fact& fact) {
            return fact.subject == subject && fact.text == memory.text && fact.value == memory.value;
        });
        if (is_told || facts_.size() >= kMostTold) return;
        responder::Fact fact{
            .subject = subject,
            .of = memory.subject.starts_with(subject + ' ') ? memory.subject.substr(subject.size() + 1)
                                                            : std::string{},
            .text = memory.text,
            // What a build before schema 5 remembered has none of its own.
            .value = memory.value.empty() ? value_in(memory.text, memory.subject) : memory.value,
            .day = util::local_day(memory.updated_at, zone_)};
        if (memory.kind == model::MemoryKind::kEvent && memory.valid_from) {
            const std::optional<util::LocalTime> to =
                memory.valid_to ? std::optional{util::to_local(*memory.valid_to, zone_)} : std::nullopt;
            fact.when = dates::speak_relatively(util::to_local(*memory.valid_from, zone_), to,
                                                memory.grain.value_or(model::Grain::kDay),
                                                util::to_local(now_, zone_), language_);
        }
        facts_.push_back(std::move(fact));
    }

    store::UserFile& file_;
    const store::Scope& scope_;
    util::Timestamp now_;
    std::string_view zone_;
    util::Language language_;
    std::vector<responder::Fact> facts_;
};

}  // namespace

Known find_known(store::UserFile& file, const store::Scope& scope, std::string_view text, util::Timestamp now,
                 std::string_view zone, util::Language language, const memory::Rules& rules) {
    const std::vector<memory::Asked> asked = memory::find_asked(text, rules);
    Known known;
    for (const memory::Asked& one : asked) known.asked.push_back(one.subject);
    if (!asked.empty()) known.facts = Finder{file, scope, now, zone, language}.find(asked);
    return known;
}

}  // namespace arq::assistant
