// SPDX-License-Identifier: MIT
#include "support/fact_dialogues.h"

#include <algorithm>
#include <sstream>

#include "arq/assistant/assistant.h"
#include "arq/dates/dates.h"
#include "arq/responder/embedded.h"
#include "arq/util/text.h"
#include "support/store_fixture.h"

namespace arq::tests {
namespace {

util::Timestamp parse_time(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    if (std::sscanf(text.c_str(), "%d-%u-%uT%u:%u", &year, &month, &day, &hour, &minute) != 5)
        throw std::runtime_error{"no time: " + text};
    return util::Timestamp{std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}} +
           std::chrono::hours{hour} + std::chrono::minutes{minute};
}

// A text that a memory has or had.
struct Held {
    std::string relation, of, value, text;
    bool is_current = false;
    std::optional<util::Timestamp> from;
};

class Talk {
public:
    explicit Talk(const GoldDialogue& gold) : gold_{gold} {
        for (const GoldTurn& turn : gold.turns) {
            fixture_.clock.advance(std::chrono::duration_cast<util::Milliseconds>(parse_time(turn.at) -
                                                                                  fixture_.clock.now()));
            assistant_.take_turn({.user = StoreFixture::user(1),
                                  .text = turn.text,
                                  .message_id = "turn-" + std::to_string(++turns_)});
        }
        read();
    }

    DialogueScore judge() {
        for (const GoldFact& fact : gold_.now) {
            const auto count = std::count_if(held_.begin(), held_.end(), [&](const Held& held) {
                return held.is_current && is_same(fact, held) && is_at(fact, held);
            });
            claim(count == 1, "now " + fact.relation + " " + fact.object + " " + std::to_string(count) + " times");
        }
        for (const GoldFact& fact : gold_.before)
            claim(std::any_of(held_.begin(), held_.end(),
                              [&](const Held& held) {
                                  return (!held.is_current || held.relation == fact.relation + "_before") &&
                                         is_same(fact, held);
                              }),
                  "before " + fact.relation + " " + fact.object);
        for (const GoldFact& fact : gold_.absent)
            claim(std::none_of(held_.begin(), held_.end(), [&](const Held& held) { return is_same(fact, held); }),
                  "absent " + fact.relation + " " + fact.object);
        for (const std::string& words : gold_.forgotten) {
            const std::vector<std::string> stems = util::stems(words);
            claim(std::none_of(held_.begin(), held_.end(),
                               [&](const Held& held) {
                                   const std::vector<std::string> there = util::stems(held.text + ' ' + held.value);
                                   return std::all_of(stems.begin(), stems.end(), [&](const std::string& stem) {
                                       return std::find(there.begin(), there.end(), stem) != there.end();
                                   });
                               }),
                  "forgotten " + words);
        }
        return std::move(score_);
    }

private:
    void claim(bool is_kept, const std::string& what) {
        ++score_.claims;
        if (is_kept)
            ++score_.kept;
        else
            score_.broken.push_back(what);
    }

    static bool is_same(const GoldFact& gold, const Held& held) {
        const std::string relation = held.relation.ends_with("_before") && gold.relation == "home" ? "home" : held.relation;
        return is_same_fact(gold, relation, held.value, held.of);
    }

    // Of an event the day: that of the words of the dialogue that say it.
    bool is_at(const GoldFact& gold, const Held& held) const {
        if (gold.when.empty()) return true;
        for (const GoldTurn& turn : gold_.turns) {
            const std::size_t at = turn.text.find(gold.when);
            if (at == std::string::npos) continue;
            for (const dates::Mention& mention :
                 dates::find_dates(turn.text, util::to_local(parse_time(turn.at), "UTC")))
                if (mention.offset < at + gold.when.size() && at < mention.offset + mention.words.size() &&
                    mention.from && held.from == util::to_utc(*mention.from, "UTC"))
                    return true;
        }
        return false;
    }

    void read() {
        const auto file = fixture_.files.open(StoreFixture::user(1));
        for (const model::Memory& memory : (*file)->list_memories({}, std::nullopt, std::nullopt, 200)) {
            Held held{.value = memory.value.empty() ? memory.text : memory.value, .text = memory.text};
            const std::size_t blank = std::min(memory.subject.find(' '), memory.subject.size());
            held.relation = memory.subject.empty() ? "note" : memory.subject.substr(0, blank);
            if (blank < memory.subject.size()) held.of = memory.subject.substr(blank + 1);
            held.from = memory.valid_from;
            // An event was called off where it ends before it begins.
            held.is_current = memory.kind == model::MemoryKind::kEvent
                                  ? !memory.valid_to || !memory.valid_from || *memory.valid_to > *memory.valid_from
                                  : !memory.valid_to;
            held_.push_back(held);
            held.is_current = false;
            for (const model::MemoryVersion& version : (*file)->memory_history(memory.id)) {
                held.text = version.text;
                held.value = version.value.empty() ? version.text : version.value;
                held.from = version.valid_from;
                held_.push_back(held);
            }
        }
    }

    const GoldDialogue& gold_;
    StoreFixture fixture_;
    responder::EmbeddedResponder responder_;
    assistant::Assistant assistant_{fixture_.files, responder_, fixture_.clock, {}};
    int turns_ = 0;
    std::vector<Held> held_;
    DialogueScore score_;
};

}  // namespace

DialogueScore judge_dialogue(const GoldDialogue& gold) {
    return Talk{gold}.judge();
}

}  // namespace arq::tests
