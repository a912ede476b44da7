// SPDX-License-Identifier: MIT
#include "arq/dates/dates.h"

#include "fuzz/checks.h"

namespace arq::fuzz {

// Any bytes: the text of a message, though those are UTF-8.
void check_dates(std::string_view input) {
    using namespace std::chrono_literals;
    const dates::LocalTime now = std::chrono::local_days{2026y / 11 / 24} + 9h + 10min;
    const bool is_text = is_utf8(input);
    for (const bool looks_back : {false, true}) {
        std::size_t behind = 0;
        for (const dates::Mention& mention :
             dates::find_dates(input, now, {.looks_back = looks_back, .utc_offset = 3h})) {
            require(!mention.words.empty() && mention.offset >= behind, "dates that overlap, or of no words");
            behind = mention.offset + mention.words.size();
            require(
                behind <= input.size() && input.substr(mention.offset, mention.words.size()) == mention.words,
                "words that don't stand there");
            require(!is_text || is_utf8(mention.words), "a character cut in half");
            require(mention.from || mention.to, "a date without ends");
            require(!mention.from || !mention.to || *mention.from < *mention.to,
                    "a date that ends before it begins");
            require((mention.from && mention.to) || mention.is_range, "what is open is no range");
            for (const auto language : {util::Language::kEnglish, util::Language::kRussian}) {
                const std::string spoken =
                    dates::speak_relatively(mention.from, mention.to, mention.grain, now, language);
                require(!spoken.empty() && is_utf8(spoken), "a date that can't be spoken");
            }
        }
    }
}

}  // namespace arq::fuzz
