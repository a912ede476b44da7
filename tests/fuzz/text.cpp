// SPDX-License-Identifier: MIT
#include "arq/util/text.h"

#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

bool lies_within(std::string_view inner, std::string_view outer) {
    return inner.data() >= outer.data() && inner.data() + inner.size() <= outer.data() + outer.size();
}

}  // namespace

void check_text(std::string_view input) {
    const bool is_text = is_utf8(input);
    require(util::is_valid_utf8(input) == is_text, "another opinion on what is UTF-8");

    // Any bytes may come this far.
    std::string_view last = input.substr(0, 0);
    for (const std::string_view word : util::split_words(input)) {
        require(!word.empty() && lies_within(word, input), "a word that doesn't stand in the text");
        require(is_utf8(word), "a word is no UTF-8");
        require(word.data() >= last.data() + last.size(), "words out of order");
        last = word;
    }
    util::detect_language(input, util::Language::kEnglish);
    require(lies_within(util::trim(input), input), "trimmed to something else");
    if (!is_text) return;

    util::has_control_characters(input);
    const std::string_view trimmed = util::trim(input);
    require(is_utf8(trimmed) && util::trim(trimmed) == trimmed, "trimmed by halves");
    for (std::size_t limit = 0; limit <= input.size() && limit < 70; ++limit) {
        const std::string_view front = util::truncate(input, limit);
        require(front.size() <= limit && limit - front.size() < 4, "truncated to the wrong length");
        require(is_utf8(front) && input.starts_with(front), "a character cut in half");
    }
    for (const std::string& word : util::words(input)) {
        require(is_utf8(word), "a folded word is no UTF-8");
        require(util::fold_word(word) == word, "folded by halves: " + word);
    }
    const std::vector<std::string> stems = util::stems(input);
    require(stems.size() == util::words(input).size(), "more or fewer stems than words");
    for (const std::string& stem : stems) require(is_utf8(stem), "a stem is no UTF-8");
}

}  // namespace arq::fuzz
