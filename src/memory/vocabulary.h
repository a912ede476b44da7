// SPDX-License-Identifier: MIT
//
// The words of a table of rules by numbers, so that a text's words are looked up once each and compared as
// numbers from then on. Immutable once the table is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arq::memory {

using WordId = std::uint16_t;
constexpr WordId kNoWord = 0;

class Vocabulary {
public:
    // The number of a word, a new one where it has none yet; stems live apart from words. Gives kNoWord where
    // there is no room for more.
    WordId add(std::string_view word);
    WordId add_stem(std::string_view stem);

    // kNoWord where the word stands in no rule.
    WordId find(std::string_view word) const;
    WordId find_stem(std::string_view stem) const;

    void add_to_list(WordId id, unsigned list);
    std::uint64_t lists_of(WordId id) const { return lists_[id]; }
    std::size_t size() const { return ends_.size(); }
    void shrink_to_fit();

private:
    std::size_t slot_of(std::string_view prefix, std::string_view word) const;
    WordId insert(std::string_view prefix, std::string_view word);
    std::string_view entry(WordId id) const;
    void grow();

    std::string letters_;                                             // all entries, one behind the other
    std::vector<std::uint32_t> ends_{0};                              // where entry i ends in them
    std::vector<std::uint64_t> lists_{0};                             // bit n: entry i stands in list n
    std::vector<WordId> table_ = std::vector<WordId>(1024, kNoWord);  // open addressing
};

}  // namespace arq::memory
