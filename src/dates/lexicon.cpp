// SPDX-License-Identifier: MIT
#include "dates/lexicon.h"

#include <algorithm>

namespace arq::dates {
namespace {

// Separated and enclosed by blanks; "-" stands for none.
constexpr std::string_view endings_of(Endings endings) {
    switch (endings) {
        case Endings::kNone:
            return " - ";
        case Endings::kPlural:
            return " - s ";
        case Endings::kAdjective:
            return " ый ий ой ая яя ое ее ого его ому ему ым им ом ем ей ую юю ые ие ых их ыми ими ья ье "
                   "ьего "
                   "ьему ьим ьем ьей ью ьи ьих ";
        case Endings::kMasculine:
            return " - а у ом е ы и ов ам ами ах ";
        case Endings::kSoft:
            return " ь я ю ем е и ей ям ями ях ";
        case Endings::kFeminine:
            return " - а ы е у и ой ам ами ах ";
    }
    return " - ";
}

bool may_end(Endings endings, std::string_view ending) {
    if (ending.empty()) ending = "-";
    const std::string_view all = endings_of(endings);
    for (std::size_t at = all.find(ending); at != std::string_view::npos; at = all.find(ending, at + 1))
        if (all[at - 1] == ' ' && all[at + ending.size()] == ' ') return true;
    return false;
}

void add_meanings(Meanings& meanings, std::span<const Meaning> table, std::string_view base,
                  std::string_view ending) {
    const auto earlier = [](const Meaning& meaning, std::string_view word) { return meaning.word < word; };
    auto at = std::lower_bound(table.begin(), table.end(), base, earlier);
    for (; at != table.end() && at->word == base; ++at)
        if (meanings.count < meanings.found.size() && may_end(at->endings, ending))
            meanings.found[meanings.count++] = &*at;
}

}  // namespace

Meanings find_meanings(std::string_view word) {
    Meanings meanings;
    constexpr std::size_t kLongestBytes = 40;
    if (word.empty() || word.size() > kLongestBytes) return meanings;
    const bool is_ascii = static_cast<unsigned char>(word[0]) < 0x80;
    const std::span<const Meaning> table = is_ascii ? english_meanings() : russian_meanings();
    const std::size_t letter_bytes = is_ascii ? 1 : 2;
    const std::size_t longest_ending = is_ascii ? 1 : 8;
    for (std::size_t cut = 0; cut <= longest_ending && cut + letter_bytes < word.size() + letter_bytes;
         cut += letter_bytes)
        add_meanings(meanings, table, word.substr(0, word.size() - cut), word.substr(word.size() - cut));
    return meanings;
}

}  // namespace arq::dates
