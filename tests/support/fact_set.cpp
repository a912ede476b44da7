// SPDX-License-Identifier: MIT
#include "support/fact_set.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "arq/json/reader.h"
#include "arq/util/error.h"
#include "arq/util/text.h"

namespace arq::tests {
namespace {

constexpr std::size_t kMostFurtherWords = 3;

GoldFact read_fact(json::Object& object) {
    return {.relation = object.required_string("relation"),
            .object = object.required_string("object"),
            .of = object.optional_string("of").value_or(""),
            .when = object.optional_string("when").value_or("")};
}

std::vector<GoldFact> read_facts(json::Object& object, std::string_view name) {
    std::vector<GoldFact> facts;
    for (json::Object& fact : object.objects(name)) facts.push_back(read_fact(fact));
    return facts;
}

template <typename Item, typename Read>
std::vector<Item> read_lines(const std::filesystem::path& path, Read read) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error{"cannot open " + path.string()};
    std::vector<Item> items;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        try {
            const json::Document document{line};
            json::Object object = document.root();
            items.push_back(read(object));
        } catch (const Error& error) {
            throw std::runtime_error{path.string() + ", line " + std::to_string(number) + ": " + error.what()};
        }
    }
    return items;
}

}  // namespace

std::vector<GoldSentence> read_gold_sentences(const std::filesystem::path& path) {
    return read_lines<GoldSentence>(path, [](json::Object& object) {
        return GoldSentence{.id = object.required_string("id"),
                            .text = object.required_string("text"),
                            .is_held = object.required_string("part") == "held",
                            .facts = read_facts(object, "facts"),
                            .trap = object.optional_string("trap").value_or("")};
    });
}

std::vector<GoldDialogue> read_gold_dialogues(const std::filesystem::path& path) {
    return read_lines<GoldDialogue>(path, [](json::Object& object) {
        GoldDialogue dialogue{.id = object.required_string("id"),
                              .language = object.required_string("language"),
                              .is_held = object.required_string("part") == "held"};
        for (json::Object& turn : object.objects("turns"))
            dialogue.turns.push_back({.at = turn.required_string("at"), .text = turn.required_string("text")});
        dialogue.now = read_facts(object, "now");
        dialogue.before = read_facts(object, "before");
        dialogue.absent = read_facts(object, "absent");
        dialogue.forgotten = object.optional_strings("forgotten").value_or(std::vector<std::string>{});
        return dialogue;
    });
}

bool is_same_object(std::string_view gold, std::string_view extracted) {
    const std::vector<std::string> wanted = util::stems(gold);
    const std::vector<std::string> there = util::stems(extracted);
    return there.size() <= wanted.size() + kMostFurtherWords &&
           std::all_of(wanted.begin(), wanted.end(), [&](const std::string& stem) {
               return std::find(there.begin(), there.end(), stem) != there.end();
           });
}

bool is_same_fact(const GoldFact& gold, std::string_view relation, std::string_view object, std::string_view of) {
    return gold.relation == relation && is_same_object(gold.object, object) &&
           (gold.of.empty() || is_same_object(gold.of, of));
}

void judge_sentence(const GoldSentence& gold, FactScore& score) {
    std::vector<bool> is_found(gold.facts.size(), false);
    std::size_t stated = 0;
    for (const memory::Statement& statement : memory::extract_statements(gold.text)) {
        if (statement.action != memory::Action::kState) continue;
        const std::string relation = statement.subject.empty() ? "note" : statement.subject;
        const std::string& object = statement.subject.empty() ? statement.text : statement.value;
        bool is_right = false;
        for (std::size_t at = 0; at < gold.facts.size(); ++at)
            if (is_same_fact(gold.facts[at], relation, object, statement.of)) is_found[at] = is_right = true;
        if (!is_right && relation == "note" && !gold.facts.empty()) continue;
        ++stated;
        ++score.stated;
        if (is_right) ++score.right;
    }
    score.facts += gold.facts.size();
    score.found += static_cast<std::size_t>(std::count(is_found.begin(), is_found.end(), true));
    if (!gold.facts.empty()) return;
    ++score.traps;
    if (stated == 0) ++score.silent;
}

}  // namespace arq::tests
