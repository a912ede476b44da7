// SPDX-License-Identifier: MIT
//
// A question taken apart as far as it takes to put other words into the place of some of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arq::context {

// Words from `first` up to `last`, which isn't one of them.
struct Slot {
    std::size_t first = 0, last = 0;

    bool holds(std::size_t word) const noexcept { return word >= first && word < last; }
};

// A text with its words, as they stand and folded. The text outlives it.
class Phrase {
public:
    explicit Phrase(std::string_view text);

    std::string_view text() const noexcept { return text_; }
    std::size_t size() const noexcept { return folded_.size(); }
    bool empty() const noexcept { return folded_.empty(); }
    const std::string& operator[](std::size_t word) const { return folded_[word]; }
    std::string_view spelt(std::size_t word) const { return spelt_[word]; }
    // As they stand in the text, with what stands between them.
    std::string_view words(Slot slot) const;
    std::string_view from(std::size_t word) const { return words({word, size()}); }
    // Its words, folded, with single blanks.
    std::string joined() const;
    bool starts_with(std::string_view folded_words) const;
    bool asks() const;  // ends with a question mark
    bool is_capitalised(std::size_t word) const;

    // The text with other words in the slot's place.
    std::string with(Slot slot, std::string_view words) const;
    // The text with words in front of its last mark.
    std::string with_appended(std::string_view words) const;

private:
    friend std::optional<Slot> find_time(const Phrase& phrase);

    std::size_t offset_of(std::size_t word) const;

    std::string_view text_;
    std::vector<std::string_view> spelt_;
    std::vector<std::string> folded_;
    mutable std::optional<std::optional<Slot>> time_;  // once it was looked for
};

// What it says of time, with its preposition; the last such.
std::optional<Slot> find_time(const Phrase& phrase);
// The last phrase that begins with the preposition (в is во), and is not of time.
std::optional<Slot> find_prepositional(const Phrase& phrase, std::string_view preposition);
// "my sister Anna", the last such; its noun alone is what may have been changed.
std::optional<Slot> find_possessive(const Phrase& phrase);
// "Anna", "New York", "Anna's": the last name that neither begins the phrase nor tells a time.
std::optional<Slot> find_name(const Phrase& phrase);
// "the museum": the last such, with as many words behind the article as are to take their place.
std::optional<Slot> find_with_article(const Phrase& phrase, std::size_t nouns);
// What it is about: "books" of "which books do I like?", "tea" of "how much does tea cost?" and of "does Anna
// like tea?".
std::optional<Slot> find_thing(const Phrase& phrase);

}  // namespace arq::context
