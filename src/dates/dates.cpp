// SPDX-License-Identifier: MIT
#include "arq/dates/dates.h"

#include <algorithm>

#include "dates/parser.h"

namespace arq::dates {
namespace {

LocalTime to_time(Instant instant) {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(instant);
}

bool is_in_calendar(const std::optional<Instant>& time) {
    if (!time) return true;
    const int year = static_cast<int>(date_of(*time).year());
    return year >= 1 && year <= 9999;
}

// What a date may begin with: most tokens of a text can't.
bool may_begin(const Tokens& tokens, std::size_t at) {
    const Token& token = tokens[at];
    return token.type != Token::Type::kMark || token.mark == '@' || token.mark == '+' || token.mark == '-' ||
           token.mark == '\'';
}

}  // namespace

std::vector<Mention> find_dates(std::string_view text, LocalTime now, const Options& options) {
    std::vector<Mention> mentions;
    const Tokens tokens{text};
    const bool is_russian = util::detect_language(text, util::Language::kEnglish) == util::Language::kRussian;
    const Reference reference{std::chrono::floor<Seconds>(now), &options};
    const Parser parser{tokens, reference, is_russian};
    // A phrase that would say little within a text is a date where it is all that is said.
    std::size_t first_word = 0;
    while (first_word < tokens.size() && tokens[first_word].type == Token::Type::kMark) ++first_word;
    std::size_t behind_words = tokens.size();
    while (behind_words > first_word && tokens[behind_words - 1].type == Token::Type::kMark) --behind_words;
    std::size_t at = 0;
    while (at < tokens.size()) {
        const std::optional<Found> found = may_begin(tokens, at) ? parser.read_mention(at) : std::nullopt;
        if (!found) {
            ++at;
            continue;
        }
        const bool is_whole = found->first <= first_word && found->next >= behind_words;
        const bool has_ends =
            (found->from || found->to) && is_in_calendar(found->from) && is_in_calendar(found->to);
        if (has_ends && (found->is_strong || is_whole)) {
            const Token& first = tokens[found->first];
            const Token& last = tokens[found->next - 1];
            const std::size_t size = last.offset + last.size_bytes - first.offset;
            Mention mention{.words = text.substr(first.offset, size),
                            .offset = first.offset,
                            .grain = found->grain,
                            .is_range = found->is_range};
            if (found->from) mention.from = to_time(*found->from);
            if (found->to) mention.to = to_time(*found->to);
            mentions.push_back(mention);
        }
        // What was read and is none may hold one behind its first word: "may" in "may be on Friday".
        at = !has_ends || found->is_strong || is_whole ? std::max(found->next, at + 1) : at + 1;
    }
    return mentions;
}

}  // namespace arq::dates
