// SPDX-License-Identifier: MIT
#include "arq/util/text.h"

#include <libstemmer.h>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <optional>

namespace arq::util {
namespace {

// One character at the front of `text`; size 0 where it is not valid UTF-8.
struct Character {
    utf8proc_int32_t code = -1;
    std::size_t size_bytes = 0;
};

inline Character first_character(std::string_view text) {
    // ASCII by the shortest way: every text is walked through character by character, often.
    if (!text.empty() && static_cast<unsigned char>(text[0]) < 0x80)
        return {.code = text[0], .size_bytes = 1};
    Character character;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &character.code);
    if (size > 0) character.size_bytes = static_cast<std::size_t>(size);
    return character;
}

// Unicode's property White_Space (PropList.txt).
bool is_white_space(utf8proc_int32_t code) {
    return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

bool is_word_character(utf8proc_int32_t code) {
    // What most texts are made of, without Unicode's tables.
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9');
    if (code >= 0x410 && code <= 0x44F) return true;
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND:
            return true;
        default:
            return false;
    }
}

bool is_apostrophe(utf8proc_int32_t code) {
    return code == '\'' || code == 0x2019;
}
bool is_cyrillic(utf8proc_int32_t code) {
    return code >= 0x400 && code <= 0x4FF;
}
bool is_latin(utf8proc_int32_t code) {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0x24F);
}

struct StemmerDelete {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// libstemmer's objects belong to one thread at a time.
class Stemmer {
public:
    std::string stem(std::string_view word) {
        constexpr std::size_t kLongestBytes = 64;
        if (word.size() > kLongestBytes) return std::string{truncate(word, kLongestBytes)};
        const utf8proc_int32_t code = first_character(word).code;
        if (is_cyrillic(code)) return apply(russian_, "russian", word);
        if (is_latin(code)) return apply(english_, "english", word);
        return std::string{word};
    }

private:
    using Handle = std::unique_ptr<sb_stemmer, StemmerDelete>;

    static std::string apply(Handle& handle, const char* algorithm, std::string_view word) {
        if (!handle) handle.reset(sb_stemmer_new(algorithm, nullptr));
        const sb_symbol* stemmed = sb_stemmer_stem(
            handle.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
        if (stemmed == nullptr) return std::string{word};
        return {reinterpret_cast<const char*>(stemmed),
                static_cast<std::size_t>(sb_stemmer_length(handle.get()))};
    }

    Handle english_, russian_;
};

// A word of ASCII and the letters of Russian, of which nothing composes; none where there is anything else.
std::optional<std::string> fold_plain_word(std::string_view word) {
    std::string result;
    result.reserve(word.size());
    for (std::size_t at = 0; at < word.size(); ++at) {
        const auto byte = static_cast<unsigned char>(word[at]);
        if (byte < 0x80) {
            result += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
            continue;
        }
        if ((byte != 0xD0 && byte != 0xD1) || at + 1 == word.size()) return std::nullopt;
        unsigned code = (byte & 0x1FU) << 6 | (static_cast<unsigned char>(word[++at]) & 0x3FU);
        if (code == 0x401 || code == 0x451)
            code = 0x435;
        else if (code >= 0x410 && code <= 0x42F)
            code += 0x20;
        else if (code < 0x430 || code > 0x44F)
            return std::nullopt;
        result += static_cast<char>(0xC0 | code >> 6);
        result += static_cast<char>(0x80 | (code & 0x3F));
    }
    return result;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.size_bytes == 0) return false;
        text.remove_prefix(character.size_bytes);
    }
    return true;
}

bool has_control_characters(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.size_bytes == 0 || utf8proc_category(character.code) == UTF8PROC_CATEGORY_CC)
            return true;
        text.remove_prefix(character.size_bytes);
    }
    return false;
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.size_bytes == 0 || !is_white_space(character.code)) break;
        text.remove_prefix(character.size_bytes);
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
        if (!is_white_space(first_character(text.substr(start)).code)) break;
        text = text.substr(0, start);
    }
    return text;
}

std::string_view truncate(std::string_view text, std::size_t limit_bytes) {
    if (text.size() <= limit_bytes) return text;
    while (limit_bytes > 0 && (static_cast<unsigned char>(text[limit_bytes]) & 0xC0) == 0x80) --limit_bytes;
    return text.substr(0, limit_bytes);
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> found;
    found.reserve(text.size() / 5);
    std::size_t start = 0;  // of the word under way
    std::size_t end = 0;    // behind its last letter or digit: an apostrophe at its end isn't part of it
    const auto finish = [&] {
        if (end > start) found.push_back(text.substr(start, end - start));
    };
    std::size_t at = 0;
    while (at < text.size()) {
        const Character character = first_character(text.substr(at));
        if (character.size_bytes == 0) break;
        const bool in_word = end > start;
        if (character.code == ' ') {
            if (in_word) finish();
            start = end = ++at;
            continue;
        }
        if (is_word_character(character.code)) {
            if (!in_word) start = at;
            end = at + character.size_bytes;
        } else if (!in_word || end != at || !is_apostrophe(character.code)) {
            finish();
            start = end = at;
        } else {
            // An apostrophe right behind a letter: inside the word if a letter follows.
            const Character next = first_character(text.substr(at + character.size_bytes));
            if (next.size_bytes > 0 && is_word_character(next.code)) {
                end = at + character.size_bytes;
            } else {
                finish();
                start = end = at;
            }
        }
        at += character.size_bytes;
    }
    finish();
    return found;
}

std::string fold_word(std::string_view word) {
    if (auto folded = fold_plain_word(word)) return *std::move(folded);
    // NFC and full case folding: composition keeps й one letter, where stripping marks would make it и.
    utf8proc_uint8_t* folded = nullptr;
    const auto size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(word.data()), static_cast<utf8proc_ssize_t>(word.size()),
        &folded, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&free)> owner{folded, &free};
    std::string result;
    std::string_view rest{reinterpret_cast<const char*>(folded),
                          size < 0 ? 0 : static_cast<std::size_t>(size)};
    while (!rest.empty()) {
        const Character character = first_character(rest);
        if (character.code == 0x451)
            result += "е";
        else if (is_apostrophe(character.code))
            result += '\'';
        else
            result += rest.substr(0, character.size_bytes);
        rest.remove_prefix(character.size_bytes);
    }
    return result;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> folded;
    for (const std::string_view word : split_words(text)) folded.push_back(fold_word(word));
    return folded;
}

std::string stem(std::string_view word) {
    thread_local Stemmer stemmer;
    return stemmer.stem(word);
}

std::vector<std::string> stems(std::string_view text) {
    std::vector<std::string> all = words(text);
    for (std::string& word : all) word = stem(word);
    return all;
}

Language detect_language(std::string_view text, Language fallback) {
    std::size_t cyrillic = 0;
    std::size_t latin = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.size_bytes == 0) break;
        if (is_cyrillic(character.code)) ++cyrillic;
        if (is_latin(character.code)) ++latin;
        text.remove_prefix(character.size_bytes);
    }
    if (cyrillic == latin) return fallback;
    return cyrillic > latin ? Language::kRussian : Language::kEnglish;
}

}  // namespace arq::util
