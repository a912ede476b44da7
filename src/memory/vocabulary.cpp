// SPDX-License-Identifier: MIT
#include "memory/vocabulary.h"

#include <limits>

namespace arq::memory {
namespace {

constexpr std::string_view kWordPrefix = "";
constexpr std::string_view kStemPrefix = "~";  // no word holds it

std::uint32_t hash(std::uint32_t value, std::string_view text) {
    for (const char letter : text) value = (value ^ static_cast<unsigned char>(letter)) * 16777619U;
    return value;
}

}  // namespace

std::string_view Vocabulary::entry(WordId id) const {
    return std::string_view{letters_}.substr(ends_[id - 1U], ends_[id] - ends_[id - 1U]);
}

// Where the entry stands in the table, or the free place for it.
std::size_t Vocabulary::slot_of(std::string_view prefix, std::string_view word) const {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = hash(hash(2166136261U, prefix), word) & mask;
    for (; table_[at] != kNoWord; at = (at + 1) & mask) {
        const std::string_view known = entry(table_[at]);
        if (known.size() == prefix.size() + word.size() && known.starts_with(prefix) && known.ends_with(word))
            break;
    }
    return at;
}

void Vocabulary::grow() {
    table_.assign(table_.size() * 2, kNoWord);
    for (std::size_t id = 1; id < ends_.size(); ++id)
        table_[slot_of("", entry(static_cast<WordId>(id)))] = static_cast<WordId>(id);
}

WordId Vocabulary::insert(std::string_view prefix, std::string_view word) {
    std::size_t at = slot_of(prefix, word);
    if (table_[at] != kNoWord) return table_[at];
    if (ends_.size() >= std::numeric_limits<WordId>::max()) return kNoWord;
    if (ends_.size() * 2 > table_.size()) {
        grow();
        at = slot_of(prefix, word);
    }
    const auto id = static_cast<WordId>(ends_.size());
    letters_ += prefix;
    letters_ += word;
    ends_.push_back(static_cast<std::uint32_t>(letters_.size()));
    lists_.push_back(0);
    table_[at] = id;
    return id;
}

WordId Vocabulary::add(std::string_view word) {
    return insert(kWordPrefix, word);
}

WordId Vocabulary::add_stem(std::string_view stem) {
    return insert(kStemPrefix, stem);
}

WordId Vocabulary::find(std::string_view word) const {
    return table_[slot_of(kWordPrefix, word)];
}

WordId Vocabulary::find_stem(std::string_view stem) const {
    return table_[slot_of(kStemPrefix, stem)];
}

void Vocabulary::shrink_to_fit() {
    letters_.shrink_to_fit();
    ends_.shrink_to_fit();
    lists_.shrink_to_fit();
}

void Vocabulary::add_to_list(WordId id, unsigned list) {
    lists_[id] |= std::uint64_t{1} << list;
}

}  // namespace arq::memory
