// SPDX-License-Identifier: MIT
#include "memory/phrases.h"

#include "arq/util/text.h"

namespace arq::memory {
namespace {

Clause make_clause(std::string_view text, bool asks) {
    Clause clause{.text = util::trim(text), .asks = asks};
    clause.words = util::split_words(clause.text);
    for (const std::string_view word : clause.words) clause.folded.push_back(util::fold_word(word));
    return clause;
}

// A full stop inside a number or an address ("4.5", "shop.example") ends nothing.
bool ends_clause(std::string_view message, std::size_t at) {
    switch (message[at]) {
        case '!':
        case '?':
        case ';':
        case '\n':
            return true;
        case '.':
            return at + 1 == message.size() || message[at + 1] == ' ' || message[at + 1] == '\n' ||
                   message[at + 1] == '.';
        default:
            return false;
    }
}

}  // namespace

std::vector<Clause> split_clauses(std::string_view message) {
    std::vector<Clause> clauses;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= message.size(); ++at) {
        if (at < message.size() && !ends_clause(message, at)) continue;
        Clause clause =
            make_clause(message.substr(start, at - start), at < message.size() && message[at] == '?');
        if (!clause.words.empty()) clauses.push_back(std::move(clause));
        start = at + 1;
    }
    return clauses;
}

std::size_t match_at(const Clause& clause, std::size_t at, std::string_view phrase) {
    std::size_t count = 0;
    while (!phrase.empty()) {
        const std::size_t blank = phrase.find(' ');
        const std::string_view word = phrase.substr(0, blank);
        if (at + count >= clause.folded.size() || clause.folded[at + count] != word) return 0;
        ++count;
        phrase = blank == std::string_view::npos ? std::string_view{} : phrase.substr(blank + 1);
    }
    return count;
}

}  // namespace arq::memory
