// SPDX-License-Identifier: MIT
//
// The estimate of tokens against o200k_base. The tokenizer is no part of the project: true numbers come with
// the texts, from tests/unit/context/counted_texts.h and, where it is there, from tokens/counted.jsonl in the
// data, a line {"set": "…", "text": "…", "tokens": n} for each text.
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>

#include "arq/context/tokens.h"
#include "arq/json/reader.h"
#include "arq/util/error.h"
#include "eval/eval.h"
#include "unit/context/counted_texts.h"

namespace arq::eval {
namespace {

struct Counted {
    std::size_t texts = 0;
    double tokens = 0;
    double estimated = 0;

    void add(std::string_view text, double true_tokens) {
        ++texts;
        tokens += true_tokens;
        estimated += static_cast<double>(context::estimate_tokens(text));
    }
};

Row row_of(const std::string& set, const Counted& counted) {
    return {.task = "tokens estimated: too many (+), too few (-)",
            .data = set,
            .n = counted.texts,
            .value = counted.tokens > 0 ? counted.estimated / counted.tokens - 1 : 0,
            .goal = "-2 at least"};
}

void read_counted(const std::filesystem::path& path, std::map<std::string, Counted>& sets) {
    std::ifstream file{path};
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (line.empty()) continue;
        try {
            const json::Document document{line};
            json::Object object = document.root();
            const auto tokens = object.optional_integer("tokens", 0, 1'000'000'000);
            sets[object.required_string("set")].add(object.required_string("text"),
                                                    static_cast<double>(tokens.value_or(0)));
        } catch (const Error& error) {
            throw std::runtime_error{path.string() + ", line " + std::to_string(number) + ": " +
                                     error.what()};
        }
    }
}

}  // namespace

std::vector<Row> measure_tokens(const std::filesystem::path& data, const std::filesystem::path&) {
    std::map<std::string, Counted> sets;
    const auto add_own = [&](const char* set, std::span<const tests::CountedText> texts) {
        for (const tests::CountedText& text : texts)
            sets[set].add(text.text, static_cast<double>(text.tokens));
    };
    add_own("own: English", tests::kCountedEnglish);
    add_own("own: Russian", tests::kCountedRussian);
    add_own("own: code", tests::kCountedCode);
    const std::filesystem::path counted = data / "tokens" / "counted.jsonl";
    if (std::filesystem::exists(counted)) read_counted(counted, sets);
    std::vector<Row> rows;
    for (const auto& [set, of_set] : sets) rows.push_back(row_of(set, of_set));
    return rows;
}

}  // namespace arq::eval
