// SPDX-License-Identifier: MIT
#include "dates/token.h"

#include <algorithm>

#include "arq/util/text.h"
#include "dates/holidays.h"

namespace arq::dates {
namespace {

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_capital(char byte) {
    return byte >= 'A' && byte <= 'Z';
}

std::string fold(std::string_view word) {
    std::string folded = util::fold_word(word);
    std::erase(folded, '\'');
    return folded;
}

class Tokeniser {
public:
    explicit Tokeniser(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        std::size_t at = 0;
        for (const std::string_view word : util::split_words(text_)) {
            const auto offset = static_cast<std::size_t>(word.data() - text_.data());
            add_marks(at, offset);
            add_word(offset, word);
            at = offset + word.size();
        }
        add_marks(at, text_.size());
        return std::move(tokens_);
    }

private:
    Token& add(Token::Type type, std::size_t offset, std::size_t size_bytes) {
        Token& token = tokens_.emplace_back();
        token.type = type;
        token.offset = offset;
        token.size_bytes = size_bytes;
        token.is_glued = end_ == offset && offset > 0;
        end_ = offset + size_bytes;
        return token;
    }

    void add_marks(std::size_t from, std::size_t to) {
        while (from < to) {
            std::size_t size = 1;
            while (from + size < to && (static_cast<unsigned char>(text_[from + size]) & 0xC0) == 0x80)
                ++size;
            const std::string_view mark = text_.substr(from, size);
            if (mark != " " && mark != "\t" && mark != "\r" && mark != "\u00A0" && mark != "\u202F")
                add(Token::Type::kMark, from, size).mark = name_of(mark);
            from += size;
        }
    }

    static char name_of(std::string_view mark) {
        if (mark == "–" || mark == "—" || mark == "‑" || mark == "−" || mark == "‒") return '-';
        if (mark == "’" || mark == "′") return '\'';
        return mark.size() == 1 ? mark[0] : '?';
    }

    void add_word(std::size_t offset, std::string_view word) {
        while (!word.empty()) {
            const bool is_number = is_digit(word[0]);
            const auto behind = std::find_if(word.begin(), word.end(),
                                             [&](char byte) { return is_digit(byte) != is_number; });
            const std::string_view piece = word.substr(0, static_cast<std::size_t>(behind - word.begin()));
            if (is_number)
                add_number(offset, piece);
            else
                add_letters(offset, piece);
            offset += piece.size();
            word.remove_prefix(piece.size());
        }
    }

    void add_number(std::size_t offset, std::string_view digits) {
        Token& token = add(Token::Type::kNumber, offset, digits.size());
        token.digits = static_cast<int>(std::min<std::size_t>(digits.size(), 10));
        if (token.digits > 9) return;
        token.may_begin = true;
        token.value = 0;
        for (const char digit : digits) token.value = token.value * 10 + (digit - '0');
    }

    void add_letters(std::size_t offset, std::string_view letters) {
        Token& token = add(Token::Type::kWord, offset, letters.size());
        constexpr std::size_t kLongestBytes = 48;  // no word of a date is as long
        if (letters.size() > kLongestBytes) return;
        token.text = fold(letters);
        token.is_capitalised = is_capital(letters[0]);
        token.is_upper = std::all_of(letters.begin(), letters.end(), is_capital);
        token.meanings = find_meanings(token.text);
        constexpr std::string_view kHalf = "пол";  // «полпятого»
        token.may_begin =
            token.meanings.count > 0 || begins_holiday(token.text) || token.text.starts_with(kHalf);
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t end_ = 0;  // of the last token
};

}  // namespace

std::vector<Token> tokenise(std::string_view text) {
    return Tokeniser{text}.run();
}

bool Tokens::is_word(std::size_t at, std::span<const std::string_view> words) const {
    const std::string& text = (*this)[at].text;
    return !text.empty() && std::find(words.begin(), words.end(), text) != words.end();
}

bool Tokens::is_mark(std::size_t at, char mark) const {
    const Token& token = (*this)[at];
    return token.type == Token::Type::kMark && token.mark == mark && token.size_bytes > 0;
}

bool Tokens::may_begin(std::size_t at) const {
    const Token& token = (*this)[at];
    if (token.type == Token::Type::kMark)
        return token.mark == '@' || token.mark == '+' || token.mark == '-' || token.mark == '~' ||
               token.mark == '\'';
    if (!token.may_begin || token.meanings.of(Kind::kLead) == nullptr) return token.may_begin;
    const Token& next = (*this)[at + 1];
    return next.may_begin || next.mark == '~' || next.mark == '@';
}

std::size_t Tokens::skip(std::size_t at, std::string_view phrase) const {
    while (!phrase.empty()) {
        const std::size_t blank = phrase.find(' ');
        if (!is_word(at, phrase.substr(0, blank))) return 0;
        ++at;
        phrase = blank == std::string_view::npos ? std::string_view{} : phrase.substr(blank + 1);
    }
    return at;
}

}  // namespace arq::dates
