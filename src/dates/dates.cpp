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

bool ends_sentence(const Tokens& tokens, std::size_t at) {
    const Token& token = tokens[at];
    if (token.type != Token::Type::kMark) return false;
    return token.mark == '!' || token.mark == ';' || token.mark == '\n' ||
           ((token.mark == '.' || token.mark == '?') && token.size_bytes == 1 && !tokens[at + 1].is_glued);
}

}  // namespace

std::vector<Mention> find_dates(std::string_view text, LocalTime now, const Options& options) {
    std::vector<Mention> mentions;
    const Tokens tokens{text};
    const bool is_russian = util::detect_language(text, util::Language::kEnglish) == util::Language::kRussian;
    Reference reference{.now = std::chrono::floor<Seconds>(now), .options = &options};
    // A phrase that would say little within a text is a date where it is all that is said.
    std::size_t first_word = 0;
    while (first_word < tokens.size() && tokens[first_word].type == Token::Type::kMark) ++first_word;
    std::size_t behind_words = tokens.size();
    while (behind_words > first_word && tokens[behind_words - 1].type == Token::Type::kMark) --behind_words;
    std::size_t at = 0;
    while (at < tokens.size()) {
        if (ends_sentence(tokens, at)) reference.day.reset();
        const std::optional<Found> found =
            tokens.may_begin(at) ? Parser{tokens, reference, is_russian}.read_mention(at) : std::nullopt;
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
            if (found->from && found->to && found->grain <= Grain::kDay && !found->is_range)
                reference.day = unit_at(*found->from, Grain::kDay);
        }
        // What was read and is none may hold one behind its first word: "may" in "may be on Friday".
        at = !has_ends || found->is_strong || is_whole ? std::max(found->next, at + 1) : at + 1;
    }
    return mentions;
}

}  // namespace arq::dates
