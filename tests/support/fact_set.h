// SPDX-License-Identifier: MIT
//
// The hand-written sentences and dialogues that the memory is judged by (tests/data/memory/README.md says what
// counts as found and as wrong).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "arq/memory/extract.h"

namespace arq::tests {

struct GoldFact {
    std::string relation, object, of, when;
};

struct GoldSentence {
    std::string id, text;
    bool is_held = false;
    std::vector<GoldFact> facts;
    std::string trap;
};

struct GoldTurn {
    std::string at, text;
};

struct GoldDialogue {
    std::string id, language;
    bool is_held = false;
    std::vector<GoldTurn> turns;
    std::vector<GoldFact> now, before, absent;
    std::vector<std::string> forgotten;
};

// Throw std::runtime_error with file and line where they can't be read.
std::vector<GoldSentence> read_gold_sentences(const std::filesystem::path& file);
std::vector<GoldDialogue> read_gold_dialogues(const std::filesystem::path& file);

// Whether all words of `gold`, folded and stemmed, stand in `extracted`, which has at most three more.
bool is_same_object(std::string_view gold, std::string_view extracted);
bool is_same_fact(const GoldFact& gold, std::string_view relation, std::string_view object, std::string_view of);

struct FactScore {
    std::size_t facts = 0;      // that there are to find
    std::size_t found = 0;      // of them
    std::size_t stated = 0;     // by the extraction
    std::size_t right = 0;      // of them
    std::size_t traps = 0;      // messages with nothing to keep
    std::size_t silent = 0;     // of them those of which nothing was kept

    double recall() const { return facts == 0 ? 1 : static_cast<double>(found) / static_cast<double>(facts); }
    double precision() const { return stated == 0 ? 1 : static_cast<double>(right) / static_cast<double>(stated); }
};

void judge_sentence(const GoldSentence& gold, FactScore& score);

}  // namespace arq::tests
