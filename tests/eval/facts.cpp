// SPDX-License-Identifier: MIT
//
// What is kept of messages: the hand-written sentences and dialogues of tests/data/memory, and PersonaExt
// (utterances of a chat, lower-cased and cut at apostrophes, each with one relation and its object).
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "arq/json/reader.h"
#include "eval/eval.h"
#include "support/fact_dialogues.h"
#include "support/fact_set.h"

namespace arq::eval {
namespace {

using std::string_view;

double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_sentences(const std::filesystem::path& folder, std::vector<Row>& rows) {
    for (const char* language : {"en", "ru"}) {
        std::array<tests::FactScore, 2> scores;
        for (const tests::GoldSentence& gold :
             tests::read_gold_sentences(folder / ("sentences." + std::string{language} + ".jsonl")))
            tests::judge_sentence(gold, scores[gold.is_held ? 1 : 0]);
        for (std::size_t part = 0; part < 2; ++part) {
            const tests::FactScore& score = scores[part];
            const std::string data =
                std::string{"own set, "} + language + (part == 1 ? ", held" : ", tuned on");
            rows.push_back({.task = "fact with its object: recall",
                            .data = data,
                            .n = score.facts,
                            .value = score.recall()});
            rows.push_back({.task = "fact with its object: precision",
                            .data = data,
                            .n = score.stated,
                            .value = score.precision()});
            rows.push_back({.task = "traps of which nothing is kept",
                            .data = data,
                            .n = score.traps,
                            .value = share(score.silent, score.traps)});
        }
    }
}

void add_dialogues(const std::filesystem::path& folder, std::vector<Row>& rows) {
    std::array<std::size_t, 2> count{}, whole{}, claims{}, kept{};
    for (const tests::GoldDialogue& gold : tests::read_gold_dialogues(folder / "dialogues.jsonl")) {
        const tests::DialogueScore score = tests::judge_dialogue(gold);
        const std::size_t part = gold.is_held ? 1 : 0;
        ++count[part];
        whole[part] += score.is_whole() ? 1 : 0;
        claims[part] += score.claims;
        kept[part] += score.kept;
    }
    for (std::size_t part = 0; part < 2; ++part) {
        const std::string data = part == 1 ? "own dialogues, held" : "own dialogues, tuned on";
        rows.push_back({.task = "what memory holds at a dialogue's end",
                        .data = data,
                        .n = claims[part],
                        .value = share(kept[part], claims[part])});
        rows.push_back({.task = "dialogues with all of it right",
                        .data = data,
                        .n = count[part],
                        .value = share(whole[part], count[part])});
    }
}

// PersonaExt's relations, and those of ours that state the same. Its annotators saw the speaker's whole
// profile, so that "my dog" may stand there as a liked animal. What has no counterpart (wishes for a job,
// what somebody has not) is in n all the same, and never found.
const std::map<string_view, std::set<string_view>>& relations() {
    static const std::set<string_view> likes{"likes", "favorite", "skill"};
    static const std::set<string_view> dislikes{"dislikes", "diet", "allergy"};
    static const std::map<string_view, std::set<string_view>> table{
        {"like_activity", likes},
        {"like_food", likes},
        {"like_drink", likes},
        {"like_general", {"likes", "favorite", "family", "owns"}},
        {"like_animal", {"likes", "favorite", "pet"}},
        {"like_read", likes},
        {"like_watching", likes},
        {"like_color", likes},
        {"like_character", likes},
        {"like_subject", likes},
        {"like_sport", likes},
        {"favorite_music_artist", likes},
        {"favorite_color", likes},
        {"favorite_season", likes},
        {"favorite_drink", likes},
        {"favorite_movie", likes},
        {"favorite_place", likes},
        {"favorite_show", likes},
        {"favorite_book", likes},
        {"favorite_animal", likes},
        {"favorite_hobby", likes},
        {"favorite_sport", likes},
        {"international_exp", {"likes"}},
        {"dislike", dislikes},
        {"dislike_food", dislikes},
        {"dislike_activity", dislikes},
        {"dislike_animal", dislikes},
        {"dislike_sport", dislikes},
        {"dislike_color", dislikes},
        {"dislike_drink", dislikes},
        {"dislike_job", dislikes},
        {"dislike_subject", dislikes},
        {"dislike_music", dislikes},
        {"weakness", {"dislikes"}},
        {"do_not_eat", dislikes},
        {"do_not_drink", dislikes},
        {"diet", dislikes},
        {"have_pet", {"pet"}},
        {"own", {"owns", "pet"}},
        {"have_vehicle", {"owns"}},
        {"live_in_citystatecountry", {"home", "origin", "home_before"}},
        {"live_in_general", {"home", "origin", "home_before", "owns"}},
        {"employed_by_company", {"employer", "job"}},
        {"employed_by_general", {"employer", "job"}},
        {"pre_employed_by_company", {"employer", "job"}},
        {"job_status", {"job", "study"}},
        {"member_of", {"employer", "likes"}},
        {"attend_school", {"study"}},
        {"school_status", {"study"}},
        {"has_degree", {"study"}},
        {"has_ability", {"skill", "likes", "language", "job"}},
        {"have_chidren", {"family"}},
        {"have_children", {"family"}},
        {"have_sibling", {"family"}},
        {"have_family", {"family"}},
        {"marital_status", {"marital", "family"}},
        {"relationship", {"marital", "family"}},
        {"name", {"name"}},
        {"physical_attribute", {"attribute", "health", "allergy"}},
        {"health_status", {"health", "allergy", "attribute"}},
        {"race", {"attribute", "origin"}},
        {"belief", {"attribute"}},
        {"gender", {"attribute"}},
    };
    return table;
}

void add_persona(const std::filesystem::path& path, std::vector<Row>& rows) {
    static const std::set<string_view> speaker{"i", "my", "me", "we", "mine", "our", "us"};
    std::ifstream file{path};
    if (!file) return;
    std::size_t count = 0;
    std::size_t found = 0;
    std::size_t stated = 0;
    std::string line;
    while (std::getline(file, line)) {
        const json::Document document{line};
        json::Object object = document.root();
        const std::string text = object.required_string("text");
        const std::string relation = object.required_string("relation");
        const std::string gold = object.required_string("object");
        const auto statements = memory::extract_statements(text);
        stated += statements.size();
        if (!speaker.contains(object.required_string("subject"))) continue;
        ++count;
        const auto ours = relations().find(relation);
        if (ours == relations().end()) continue;
        for (const memory::Statement& statement : statements)
            if (statement.action == memory::Action::kState && ours->second.contains(statement.subject) &&
                tests::is_same_object(gold, statement.value)) {
                ++found;
                break;
            }
    }
    rows.push_back({.task = "fact with its object: recall",
                    .data = "PersonaExt",
                    .n = count,
                    .value = share(found, count),
                    .reference = "38.9 at 87",
                    .goal = "50 at 90"});
    rows.push_back({.task = "facts kept of it",
                    .data = "PersonaExt",
                    .n = stated,
                    .value = static_cast<double>(stated),
                    .unit = "facts"});
}

// Of the extractions that were read by hand those that are right, with how many words each.
void add_judged(const std::filesystem::path& path, std::vector<Row>& rows) {
    std::ifstream file{path};
    if (!file) return;
    std::size_t count = 0;
    std::size_t right = 0;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line.starts_with('#')) continue;
        ++count;
        right += line.ends_with("\tright") ? 1 : 0;
    }
    rows.push_back({.task = "fact with its object: precision, read by hand",
                    .data = "PersonaExt",
                    .n = count,
                    .value = share(right, count),
                    .reference = "87",
                    .goal = "90"});
}

}  // namespace

std::vector<Row> measure_facts(const std::filesystem::path& data, const std::filesystem::path& project) {
    std::vector<Row> rows;
    const std::filesystem::path own = project / "tests/data/memory";
    add_sentences(own, rows);
    add_dialogues(own, rows);
    add_persona(data / "facts/personaext.jsonl", rows);
    add_judged(own / "personaext-judged.tsv", rows);
    return rows;
}

}  // namespace arq::eval
