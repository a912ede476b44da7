// SPDX-License-Identifier: MIT
#include "context/question.h"

#include <algorithm>
#include <chrono>

#include "arq/dates/dates.h"
#include "arq/util/text.h"
#include "context/characters.h"
#include "context/follow_up_words.h"

namespace arq::context {
namespace {

bool is_same_preposition(std::string_view a, std::string_view b) {
    const auto plain = [](std::string_view word) {
        if (word == "во") return std::string_view{"в"};
        if (word == "со") return std::string_view{"с"};
        if (word == "ко") return std::string_view{"к"};
        if (word == "об") return std::string_view{"о"};
        return word;
    };
    return plain(a) == plain(b);
}

std::size_t end_of_name(const Phrase& phrase, std::size_t first) {
    std::size_t end = first;
    while (end < phrase.size() && phrase.is_capitalised(end)) ++end;
    return end;
}

bool is_function_word(const std::string& word) {
    return is_one_of(kQuestionWords, word) || is_one_of(kPrepositions, word) ||
           is_one_of(kPossessives, word) || is_one_of(kArticles, word) || is_one_of(kHe, word) ||
           is_one_of(kShe, word) || is_one_of(kThey, word) || is_one_of(kOwnPronouns, word) ||
           is_one_of(kLeads, word);
}

bool is_of_time(const std::optional<Slot>& time, std::size_t word) {
    return time && time->holds(word);
}

}  // namespace

Phrase::Phrase(std::string_view text) : text_(text), spelt_(util::split_words(text)) {
    folded_.reserve(spelt_.size());
    for (const std::string_view word : spelt_) folded_.push_back(util::fold_word(word));
}

std::size_t Phrase::offset_of(std::size_t word) const {
    return static_cast<std::size_t>(spelt_[word].data() - text_.data());
}

std::string_view Phrase::words(Slot slot) const {
    if (slot.first >= slot.last) return {};
    const std::size_t begin = offset_of(slot.first);
    return text_.substr(begin, offset_of(slot.last - 1) + spelt_[slot.last - 1].size() - begin);
}

std::string Phrase::joined() const {
    std::string line;
    for (const std::string& word : folded_) {
        if (!line.empty()) line += ' ';
        line += word;
    }
    return line;
}

bool Phrase::starts_with(std::string_view folded_words) const {
    std::size_t word = 0;
    while (!folded_words.empty()) {
        const std::size_t blank = folded_words.find(' ');
        if (word >= size() || folded_[word] != folded_words.substr(0, blank)) return false;
        folded_words = blank == std::string_view::npos ? std::string_view{} : folded_words.substr(blank + 1);
        ++word;
    }
    return true;
}

bool Phrase::asks() const {
    return util::trim(text_).ends_with('?');
}

bool Phrase::is_capitalised(std::size_t word) const {
    return character_at(spelt_[word], 0).kind == Class::kUpper && folded_[word] != "i" &&
           !folded_[word].starts_with("i'");
}

std::string Phrase::with(Slot slot, std::string_view words) const {
    const std::string_view replaced = this->words(slot);
    const auto begin = static_cast<std::size_t>(replaced.data() - text_.data());
    std::string result{text_.substr(0, begin)};
    result += words;
    result += text_.substr(begin + replaced.size());
    return result;
}

std::string Phrase::with_appended(std::string_view words) const {
    const std::size_t end = empty() ? 0 : offset_of(size() - 1) + spelt_[size() - 1].size();
    std::string result{text_.substr(0, end)};
    result += ' ';
    result += words;
    result += text_.substr(end);
    return result;
}

std::optional<Slot> find_prepositional(const Phrase& phrase, std::string_view preposition) {
    const auto time = find_time(phrase);
    for (std::size_t at = phrase.size(); at-- > 0;) {
        if (!is_same_preposition(phrase[at], preposition) || is_of_time(time, at)) continue;
        std::size_t end = at + 1;
        while (end < phrase.size() &&
               (is_one_of(kPossessives, phrase[end]) || is_one_of(kArticles, phrase[end])))
            ++end;
        if (end >= phrase.size()) continue;
        const std::size_t behind_name = end_of_name(phrase, end);
        return Slot{at, behind_name > end ? behind_name : end + 1};
    }
    return std::nullopt;
}

std::optional<Slot> find_possessive(const Phrase& phrase) {
    const auto time = find_time(phrase);
    for (std::size_t at = phrase.size(); at-- > 0;) {
        if (!is_one_of(kPossessives, phrase[at]) || at + 1 >= phrase.size()) continue;
        std::size_t end = at + 2;
        // Behind "is" all up to the end is of it ("is my dentist appointment"); behind "does" a verb follows.
        if (at > 0 && is_one_of(kCopulas, phrase[at - 1]))
            while (end < phrase.size() && end < at + 4 && !phrase[end - 1].ends_with("'s") &&
                   !is_function_word(phrase[end]) && !is_of_time(time, end))
                ++end;
        return Slot{at, std::max(end, end_of_name(phrase, end))};
    }
    return std::nullopt;
}

std::optional<Slot> find_name(const Phrase& phrase) {
    const auto time = find_time(phrase);
    for (std::size_t at = phrase.size(); at-- > 1;) {
        if (!phrase.is_capitalised(at) || is_of_time(time, at)) continue;
        std::size_t first = at;
        while (first > 1 && phrase.is_capitalised(first - 1) && !is_of_time(time, first - 1)) --first;
        return Slot{first, at + 1};
    }
    return std::nullopt;
}

std::optional<Slot> find_with_article(const Phrase& phrase, std::size_t nouns) {
    const auto time = find_time(phrase);
    for (std::size_t at = phrase.size(); at-- > 0;) {
        if (!is_one_of(kArticles, phrase[at]) || at + 1 >= phrase.size()) continue;
        std::size_t end = at + 2;
        while (end < phrase.size() && end < at + 1 + nouns && !is_function_word(phrase[end]) &&
               !is_of_time(time, end))
            ++end;
        return Slot{at, end};
    }
    return std::nullopt;
}

std::optional<Slot> find_thing(const Phrase& phrase) {
    const auto time = find_time(phrase);
    if (phrase.size() > 2 && is_one_of(kWhich, phrase[0]) && !is_function_word(phrase[1]) &&
        !is_of_time(time, 1))
        return Slot{1, 2};
    for (std::size_t at = 1; at + 2 < phrase.size(); ++at)
        if (is_one_of(kDoing, phrase[at]) && !is_function_word(phrase[at + 1]) &&
            !phrase.is_capitalised(at + 1))
            return Slot{at + 1, at + 2};
    for (std::size_t at = phrase.size(); at-- > 1;)
        if (!is_function_word(phrase[at]) && !is_of_time(time, at)) return Slot{at, at + 1};
    return std::nullopt;
}

namespace {

std::optional<Slot> find_last_date(const Phrase& phrase) {
    // Where a time stands doesn't depend on the day on which it is said.
    constexpr dates::LocalTime kAnyDay{std::chrono::local_days{std::chrono::year{2026} / 1 / 14}};
    const std::vector<dates::Mention> mentions = dates::find_dates(phrase.text(), kAnyDay);
    if (mentions.empty()) return std::nullopt;
    const char* const begin = phrase.text().data() + mentions.back().offset;
    const char* const end = begin + mentions.back().words.size();
    Slot slot{phrase.size(), 0};
    for (std::size_t at = 0; at < phrase.size(); ++at) {
        if (phrase.spelt(at).data() < begin || phrase.spelt(at).data() >= end) continue;
        slot.first = std::min(slot.first, at);
        slot.last = at + 1;
    }
    return slot.first < slot.last ? std::optional{slot} : std::nullopt;
}

}  // namespace

std::optional<Slot> find_time(const Phrase& phrase) {
    if (!phrase.time_) phrase.time_ = find_last_date(phrase);
    return *phrase.time_;
}

}  // namespace arq::context
