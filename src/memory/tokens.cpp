// SPDX-License-Identifier: MIT
#include "memory/tokens.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "arq/util/text.h"
#include "memory/quoted.h"

namespace arq::memory {
namespace {

using std::string_view;

struct Parts {
    string_view word, first, second;
};
// Written without an apostrophe.
constexpr std::array<Parts, 16> kSlack{{{"im", "i", "am"},
                                        {"ive", "i", "have"},
                                        {"dont", "do", "not"},
                                        {"doesnt", "does", "not"},
                                        {"didnt", "did", "not"},
                                        {"isnt", "is", "not"},
                                        {"wasnt", "was", "not"},
                                        {"arent", "are", "not"},
                                        {"cant", "can", "not"},
                                        {"cannot", "can", "not"},
                                        {"wont", "will", "not"},
                                        {"havent", "have", "not"},
                                        {"whats", "what", "is"},
                                        {"thats", "that", "is"},
                                        {"couldnt", "could", "not"},
                                        {"gonna", "going", "to"}}};
// What stands behind the apostrophe, and the word that it is short for.
constexpr std::array<std::pair<string_view, string_view>, 6> kShort{
    {{"m", "am"}, {"re", "are"}, {"ve", "have"}, {"ll", "will"}, {"d", "would"}, {"s", "'s"}}};

// "don" of "don't" and of "don t".
string_view whole_of(string_view before_not) {
    if (before_not == "ca") return "can";
    if (before_not == "wo" || before_not == "won") return "will";
    if (before_not.ends_with('n') && before_not != "can") return before_not.substr(0, before_not.size() - 1);
    return before_not;
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

// Of the alphabets that English and Russian are written in, Latin-1's letters too.
bool begins_with_capital(string_view word) {
    const auto first = static_cast<unsigned char>(word.front());
    if (first < 0x80) return first >= 'A' && first <= 'Z';
    if (word.size() < 2) return false;
    const unsigned code = (first & 0x1FU) << 6U | (static_cast<unsigned char>(word[1]) & 0x3FU);
    if (first == 0xC3) return code <= 0xDE;
    return (first == 0xD0) && (code == 0x401 || (code >= 0x410 && code <= 0x42F));
}

class Splitter {
public:
    Splitter(string_view message, const Vocabulary& vocabulary)
        : message_{message}, vocabulary_{vocabulary} {}

    Tokens split() {
        const std::vector<string_view> words = util::split_words(message_);
        tokens_.all.reserve(words.size() + 8);
        std::size_t end = 0;
        for (const string_view word : words) {
            const auto begin = static_cast<std::size_t>(word.data() - message_.data());
            next_ = {};
            read_gap(end, begin);
            end = begin + word.size();
            add(word);
        }
        next_ = {};
        read_gap(end, message_.size());
        finish_sentence(false);
        mark_quotes();
        return std::move(tokens_);
    }

private:
    void finish_sentence(bool asks) {
        const std::size_t begin = tokens_.sentences.empty() ? 0 : tokens_.sentences.back().end;
        if (tokens_.all.size() > begin)
            tokens_.sentences.push_back({.begin = begin, .end = tokens_.all.size(), .asks = asks});
        else if (asks && !tokens_.sentences.empty())
            tokens_.sentences.back().asks = true;
    }

    // "Dr. Smith", «г. Казань», "J. R. Smith": the full stop ends nothing.
    bool is_abbreviation(std::size_t at) const {
        static constexpr std::array<string_view, 12> kAbbreviations{"Dr", "Mr", "Mrs", "Ms", "St", "Mt",
                                                                    "г",  "ул", "д",   "им", "т",  "пос"};
        const std::size_t limit = std::min<std::size_t>(at, 8);
        const string_view before = message_.substr(at - limit, limit);
        const std::size_t blank = before.find_last_of(" \n,(");
        if (blank == string_view::npos && limit < at) return false;
        const string_view word = blank == string_view::npos ? before : before.substr(blank + 1);
        return std::find(kAbbreviations.begin(), kAbbreviations.end(), word) != kAbbreviations.end();
    }

    void read_gap(std::size_t at, std::size_t end) {
        // "kira.petrova@example.ru", "07.05", "Jean-Luc", "C++"
        if (at > 0 && end > at && end - at <= 2 && end < message_.size() &&
            message_.substr(at, end - at).find_first_not_of("@._-+&") == string_view::npos) {
            next_.joined = true;
            return;
        }
        while (at < end) {
            const auto byte = static_cast<unsigned char>(message_[at]);
            const char before = at == 0 ? ' ' : message_[at - 1];
            const char after = at + 1 < message_.size() ? message_[at + 1] : ' ';
            switch (byte) {
                case ' ': break;
                case '.':
                    if (after == ' ' || after == '\n' || after == '.' || after == '"' || after == ')' ||
                        at + 1 == message_.size() || static_cast<unsigned char>(after) >= 0xC2)
                        if (!is_abbreviation(at)) finish_sentence(false);
                    break;
                case '!':
                case ';':
                case '\n': finish_sentence(false); break;
                case '?': finish_sentence(true); break;
                case ',':
                case '(':
                case ')':
                case '*':
                case '/': next_.after_comma = true; break;
                case ':': next_.after_dash = true; break;
                case '-':
                    if (before == ' ' || after == ' ') next_.after_dash = true;
                    break;
                case '"': toggle_quote(at); break;
                case 0xC2:
                    if (static_cast<unsigned char>(after) == 0xAB) open_quote();
                    if (static_cast<unsigned char>(after) == 0xBB) close_quote();
                    break;
                case 0xE2:
                    read_general_punctuation(at);
                    break;
                default:
                    if (byte >= 0xE3) next_.after_comma = true;  // an emoji
            }
            ++at;
            while (at < end && (static_cast<unsigned char>(message_[at]) & 0xC0U) == 0x80) ++at;
        }
    }

    // U+2013 and U+2014 are dashes, U+201C to U+201E quotation marks, U+2026 the ellipsis.
    void read_general_punctuation(std::size_t at) {
        if (at + 2 >= message_.size()) return;
        const auto second = static_cast<unsigned char>(message_[at + 1]);
        const auto third = static_cast<unsigned char>(message_[at + 2]);
        if (second != 0x80) {
            next_.after_comma = true;
        } else if (third == 0x93 || third == 0x94) {
            next_.after_dash = true;
        } else if (third == 0x9E) {
            open_quote();
        } else if (third == 0x9C) {
            is_quote_open_ ? close_quote() : open_quote();
        } else if (third == 0x9D) {
            close_quote();
        } else if (third == 0xA6) {
            finish_sentence(false);
        }
    }

    void toggle_quote(std::size_t at) {
        if (at > 0 && is_digit(message_[at - 1]) && !is_quote_open_) return;  // 15" screen
        is_quote_open_ ? close_quote() : open_quote();
    }
    void open_quote() {
        is_quote_open_ = true;
        quote_begin_ = tokens_.all.size();
    }
    // Only what is closed was quoted: a lone mark quotes nothing.
    void close_quote() {
        if (!is_quote_open_) return;
        is_quote_open_ = false;
        for (std::size_t at = quote_begin_; at < tokens_.all.size(); ++at) {
            tokens_.all[at].is_quoted = true;
            tokens_.all[at].opens_quote = at == quote_begin_;
        }
    }

    void mark_quotes() {
        for (const Span& span : find_quoted(message_))
            for (Token& token : tokens_.all) {
                const auto at = static_cast<std::size_t>(token.text.data() - message_.data());
                if (at >= span.begin && at < span.end) {
                    token.is_quoted = true;
                    token.is_blocked = true;
                }
            }
    }

    void push(string_view text, string_view folded, bool is_first) {
        Token token = is_first ? next_ : Token{};
        token.text = text;
        token.word = vocabulary_.find(folded);
        token.sentence = static_cast<std::uint32_t>(tokens_.sentences.size());
        token.is_number = std::all_of(folded.begin(), folded.end(), is_digit);
        token.is_capitalised = is_first && begins_with_capital(text);
        token.stem = folded == "'s" ? vocabulary_.find("is")
                                    : (token.is_number ? kNoWord : vocabulary_.find_stem(util::stem(folded)));
        token.lists = vocabulary_.lists_of(token.word) | vocabulary_.lists_of(token.stem);
        tokens_.all.push_back(token);
    }

    void add(string_view text) {
        const std::string folded = util::fold_word(text);
        const string_view word = folded;
        if (const std::size_t mark = word.find('\''); mark != string_view::npos && mark > 0) {
            const string_view tail = word.substr(mark + 1);
            if (tail == "t" && word[mark - 1] == 'n') {
                push(text, whole_of(word.substr(0, mark)), true);
                push(text, "not", false);
                return;
            }
            for (const auto& [shortened, full] : kShort)
                if (tail == shortened) {
                    push(text, word.substr(0, mark), true);
                    push(text, full, false);
                    return;
                }
        }
        for (const Parts& parts : kSlack)
            if (word == parts.word) {
                push(text, parts.first, true);
                push(text, parts.second, false);
                return;
            }
        if (word.size() <= 2 && !tokens_.all.empty() && !next_.after_comma && add_torn_off(text, word)) return;
        add_plain(text, word);
    }

    // "i m", "don t", "that s": texts that were cut at apostrophes.
    bool add_torn_off(string_view text, string_view word) {
        Token& before = tokens_.all.back();
        const bool is_same_sentence =
            tokens_.sentences.empty() || tokens_.sentences.back().end < tokens_.all.size();
        if (!is_same_sentence) return false;
        if (word == "t" && (before.text.ends_with('n') || before.text == "can")) {
            const string_view whole = whole_of(before.text);
            before.word = vocabulary_.find(whole);
            before.lists = vocabulary_.lists_of(before.word);
            push(text, "not", true);
            return true;
        }
        const bool is_subject = before.text == "i" || before.text == "I" || before.text == "we";
        for (const auto& [shortened, full] : kShort)
            if (word == shortened && (shortened == "s" || is_subject)) {
                push(text, full, true);
                return true;
            }
        return false;
    }

    // "28yo", «27лет» are a number and a word.
    void add_plain(string_view text, string_view word) {
        std::size_t digits = 0;
        while (digits < text.size() && is_digit(text[digits])) ++digits;
        const string_view tail = text.substr(digits);
        if (digits == 0 || tail.empty() || word.size() != text.size() ||
            !(tail == "yo" || tail == "y" || tail == "yrs" || tail == "лет" || tail == "года" || tail == "год")) {
            push(text, word, true);
            return;
        }
        push(text.substr(0, digits), word.substr(0, digits), true);
        push(tail, word.substr(digits), true);
        Token& second = tokens_.all.back();
        second.after_comma = second.after_dash = second.joined = false;
    }

    string_view message_;
    const Vocabulary& vocabulary_;
    Tokens tokens_;
    Token next_;  // what the gap before the next word says of it
    bool is_quote_open_ = false;
    std::size_t quote_begin_ = 0;
};

}  // namespace

Tokens split_tokens(string_view message, const Vocabulary& vocabulary) {
    return Splitter{message, vocabulary}.split();
}

}  // namespace arq::memory
