// SPDX-License-Identifier: MIT
#include "arq/util/stem_set.h"

#include "arq/util/text.h"

namespace arq::util {
namespace {

constexpr char32_t kOther = 0;
constexpr char32_t kEnd = 1;

// The next letter of a word, as fold_word() would have it, with y as i; kOther for what takes Unicode's
// tables to fold, kEnd behind the last.
char32_t take_letter(std::string_view& word) {
    if (word.empty()) return kEnd;
    const auto first = static_cast<unsigned char>(word[0]);
    if (first < 0x80) {
        word.remove_prefix(1);
        const char32_t letter = first >= 'A' && first <= 'Z' ? first + ('a' - 'A') : first;
        return letter == 'y' ? U'i' : letter;
    }
    if ((first & 0xE0) != 0xC0 || word.size() < 2) return kOther;
    const auto second = static_cast<unsigned char>(word[1]);
    const char32_t letter = (first & 0x1FU) << 6 | (second & 0x3FU);
    word.remove_prefix(2);
    if (letter == U'ё' || letter == U'Ё') return U'е';
    if (letter >= U'А' && letter <= U'Я') return letter + (U'а' - U'А');
    if (letter >= U'а' && letter <= U'я') return letter;
    return kOther;
}

std::size_t hash(char32_t first, char32_t second) {
    return (first * 31 + second) % 256;
}

}  // namespace

// A stemmer takes endings away and may write y as i in what is left (dying, die; try, tri), but the
// beginning stays: of English words two letters, of Russian ones all up to the first vowel.
StemSet::StemSet(std::vector<std::string> stems) : stems_(std::move(stems)) {
    if (stems_.size() > kMost) stems_.resize(kMost);
    for (std::size_t at = 0; at < stems_.size(); ++at) {
        const std::uint64_t bit = std::uint64_t{1} << at;
        std::string_view rest{stems_[at]};
        const char32_t first = take_letter(rest);
        const char32_t second = first == kOther ? kOther : take_letter(rest);
        if (first == kOther || second == kOther) continue;  // only words with such a beginning have it
        (second == kEnd ? singles_ : pairs_)[hash(first, second == kEnd ? 0 : second)] |= bit;
    }
}

std::uint64_t StemSet::candidates(std::string_view word) const {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    const char32_t first = take_letter(word);
    if (first == kOther) return kAll;
    const char32_t second = take_letter(word);
    if (second == kOther) return kAll;
    return pairs_[hash(first, second)] | singles_[hash(first, 0)];
}

std::uint64_t StemSet::find_in(std::string_view text) const {
    std::uint64_t found = 0;
    for (const std::string_view word : split_words(text)) {
        if ((candidates(word) & ~found) == 0) continue;
        const std::string stemmed = stem(fold_word(word));
        for (std::size_t at = 0; at < stems_.size(); ++at)
            if (stemmed == stems_[at]) found |= std::uint64_t{1} << at;
    }
    return found;
}

std::size_t StemSet::count_in(std::string_view text, std::span<std::uint8_t> counts) const {
    const std::vector<std::string_view> words = split_words(text);
    for (const std::string_view word : words) {
        if (candidates(word) == 0) continue;
        const std::string stemmed = stem(fold_word(word));
        for (std::size_t at = 0; at < stems_.size(); ++at)
            if (stemmed == stems_[at] && counts[at] < 0xFF) ++counts[at];
    }
    return words.size();
}

}  // namespace arq::util
