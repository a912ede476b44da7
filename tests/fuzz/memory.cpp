// SPDX-License-Identifier: MIT
#include "arq/memory/extract.h"
#include "arq/memory/rank.h"
#include "fuzz/checks.h"

namespace arq::fuzz {

// The text of a message: UTF-8, for that is checked before.
void check_memory(std::string_view input) {
    if (!is_utf8(input)) return;
    for (const memory::Statement& statement : memory::extract_statements(input)) {
        require(!statement.text.empty(), "nothing is to be remembered");
        require(input.find(statement.text) != std::string_view::npos, "what nobody said: " + statement.text);
        require(is_utf8(statement.text), "what is to be remembered is no UTF-8");
        require(statement.subject.empty() == statement.value.empty(), "a subject without value");
        require(statement.text.ends_with(statement.value), "a value that the statement doesn't end with");
    }
    if (!memory::subjects_asked_about(input).empty())
        require(memory::is_question(input), "a subject is asked about, and nothing is asked");

    std::vector<memory::Term> query;
    for (const std::string& stem : memory::query_stems(input)) {
        require(!stem.empty() && is_utf8(stem), "a stem that is no word");
        query.push_back(
            {.stem = stem, .weight = memory::term_weight(static_cast<std::int64_t>(query.size()), 10)});
    }
    require(query.size() <= 64, "too many stems");
    const double score = memory::score_text(query, input);
    require(score >= 0 && score <= 1, "a score beyond 0 to 1");
}

}  // namespace arq::fuzz
