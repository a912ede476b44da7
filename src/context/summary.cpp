// SPDX-License-Identifier: MIT
#include "arq/context/summary.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

#include "arq/context/tokens.h"
#include "arq/util/text.h"
#include "context/sentences.h"
#include "context/signals.h"

namespace arq::context {
namespace {

constexpr std::size_t kMostPerMessage = 6;  // a long paste doesn't push all else out
constexpr std::size_t kLineTokens = 4;      // who said it, and the line's end
constexpr int kForgetting = 256;            // with each message a sentence loses this part of its worth
constexpr int kLeastWorth = 100;            // below, a sentence isn't taken in
constexpr int kAnswered = 3;                // an answered question is worth this part

// A bit for each word, by its beginning: sentences that say the same share nearly all.
std::uint64_t signature_of(std::string_view text) {
    constexpr std::size_t kBeginning = 10;
    std::uint64_t bits = 0;
    for (const std::string& word : util::words(text)) {
        std::uint64_t hash = 0xcbf29ce484222325U;
        for (const char c : std::string_view{word}.substr(0, kBeginning))
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        bits |= std::uint64_t{1} << (hash >> 58U);
    }
    return bits;
}

bool says_the_same(std::uint64_t a, std::uint64_t b) {
    return std::popcount(a & b) * 10 >= std::popcount(a | b) * 8;
}

class Folder {
public:
    Folder(Summary summary, const SummaryLimits& limits) : summary_(std::move(summary)), limits_(limits) {
        for (const SummarySentence& sentence : summary_.sentences) note(sentence);
    }

    void add(const model::Message& message) {
        if (summary_.last_message != 0 && message.id <= summary_.last_message) return;
        settle_questions(message);
        for (SummarySentence& sentence : summary_.sentences)
            sentence.worth = std::max(1, sentence.worth - (sentence.worth + kForgetting - 1) / kForgetting);
        for (SummarySentence& sentence : best_of(message)) {
            drop_what_it_repeats(sentence);
            note(sentence);
            summary_.sentences.push_back(std::move(sentence));
        }
        if (summary_.first_message == 0) summary_.first_message = message.id;
        summary_.last_message = message.id;
        if (message.role == model::Role::kUser) ++summary_.turns;
        drop_what_is_too_much();
    }

    Summary take() { return std::move(summary_); }

private:
    void note(const SummarySentence& sentence) {
        signatures_.push_back(signature_of(sentence.text));
        costs_.push_back(tokens_of(sentence));
        tokens_ += costs_.back();
    }

    // What the message before asked is answered by this one, unless it says that it can't tell.
    void settle_questions(const model::Message& message) {
        if (message.role == model::Role::kAssistant && leaves_open(message.text)) return;
        for (SummarySentence& sentence : summary_.sentences) {
            if (!sentence.is_open || sentence.message != summary_.last_message ||
                sentence.role == message.role)
                continue;
            sentence.is_open = false;
            sentence.worth = std::max(1, sentence.worth / kAnswered);
        }
    }

    std::vector<SummarySentence> best_of(const model::Message& message) const {
        std::vector<SummarySentence> found;
        for (const std::string_view text : split_sentences(message.text)) {
            // A tab ends a sentence where it is stored; where one stands it is a table's.
            if (text.size() > limits_.sentence_bytes || text.find('\t') != std::string_view::npos) continue;
            const int worth = worth_of(text, message.role);
            if (worth < kLeastWorth) continue;
            found.push_back({.message = message.id,
                             .role = message.role,
                             .worth = worth,
                             .is_open = is_question(text),
                             .text = std::string{text}});
        }
        while (found.size() > kMostPerMessage) found.erase(least(found));
        return found;
    }

    // Of equals the oldest.
    static std::vector<SummarySentence>::iterator least(std::vector<SummarySentence>& sentences) {
        return std::min_element(sentences.begin(), sentences.end(),
                                [](const auto& a, const auto& b) { return a.worth < b.worth; });
    }

    void drop_what_it_repeats(const SummarySentence& sentence) {
        const std::uint64_t signature = signature_of(sentence.text);
        for (std::size_t at = summary_.sentences.size(); at-- > 0;)
            if (summary_.sentences[at].role == sentence.role && says_the_same(signatures_[at], signature))
                drop(at);
    }

    void drop_what_is_too_much() {
        while (tokens_ > limits_.tokens)
            drop(static_cast<std::size_t>(least(summary_.sentences) - summary_.sentences.begin()));
    }

    void drop(std::size_t at) {
        const auto offset = static_cast<std::ptrdiff_t>(at);
        tokens_ -= costs_[at];
        costs_.erase(costs_.begin() + offset);
        signatures_.erase(signatures_.begin() + offset);
        summary_.sentences.erase(summary_.sentences.begin() + offset);
    }

    Summary summary_;
    const SummaryLimits limits_;
    std::vector<std::uint64_t> signatures_;  // of each sentence
    std::vector<std::size_t> costs_;         // of each sentence
    std::size_t tokens_ = 0;
};

constexpr std::string_view kHead = "summary 1 ";

void append_number(std::string& text, std::int64_t number) {
    text += std::to_string(number);
}

// Takes the number at the front of `text`, and the blank behind it.
template <typename T>
bool take_number(std::string_view& text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    return true;
}

std::optional<SummarySentence> decode_sentence(std::string_view line) {
    const std::size_t tab = line.find('\t');
    if (tab == 0 || tab == std::string_view::npos) return std::nullopt;
    SummarySentence sentence{.text = std::string{line.substr(0, tab)}};
    line.remove_prefix(tab + 1);
    int role = 0;
    int open = 0;
    if (!take_number(line, sentence.message) || !take_number(line, role) ||
        !take_number(line, sentence.worth) || !take_number(line, open) || role < 0 || role > 1)
        return std::nullopt;
    sentence.role = static_cast<model::Role>(role);
    sentence.is_open = open != 0;
    return sentence;
}

}  // namespace

std::size_t tokens_of(const SummarySentence& sentence) {
    return estimate_tokens(sentence.text) + kLineTokens;
}

Summary fold(Summary summary, std::span<const model::Message> messages, const SummaryLimits& limits) {
    Folder folder{std::move(summary), limits};
    for (const model::Message& message : messages) folder.add(message);
    return folder.take();
}

Summary without_messages(Summary summary, std::span<const util::Id> messages) {
    std::erase_if(summary.sentences, [&](const SummarySentence& sentence) {
        return std::find(messages.begin(), messages.end(), sentence.message) != messages.end();
    });
    return summary;
}

std::string encode_summary(const Summary& summary) {
    std::string text{kHead};
    append_number(text, summary.first_message);
    text += ' ';
    append_number(text, summary.last_message);
    text += ' ';
    append_number(text, summary.turns);
    text += '\n';
    for (const SummarySentence& sentence : summary.sentences) {
        text += sentence.text;
        text += '\t';
        append_number(text, sentence.message);
        text += ' ';
        append_number(text, static_cast<int>(sentence.role));
        text += ' ';
        append_number(text, sentence.worth);
        text += sentence.is_open ? " 1\n" : " 0\n";
    }
    return text;
}

std::optional<Summary> decode_summary(std::string_view text) {
    if (!text.starts_with(kHead)) return std::nullopt;
    text.remove_prefix(kHead.size());
    Summary summary;
    if (!take_number(text, summary.first_message) || !take_number(text, summary.last_message) ||
        !take_number(text, summary.turns))
        return std::nullopt;
    const std::size_t line_end = text.find('\n');
    text = line_end == std::string_view::npos ? std::string_view{} : text.substr(line_end + 1);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (auto sentence = decode_sentence(text.substr(0, end)))
            summary.sentences.push_back(*std::move(sentence));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return summary;
}

}  // namespace arq::context
