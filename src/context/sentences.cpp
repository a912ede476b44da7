// SPDX-License-Identifier: MIT
#include "context/sentences.h"

#include <algorithm>
#include <array>

#include "arq/util/text.h"
#include "context/characters.h"

namespace arq::context {
namespace {

// What a full stop behind doesn't end a sentence.
constexpr std::array<std::string_view, 28> kAbbreviations{
    "mr",  "mrs", "ms",  "dr",  "prof", "st", "vs", "etc", "e.g", "i.e", "no",  "approx", "fig", "inc",
    "т.е", "т.д", "т.п", "т.к", "г",    "гг", "ул", "д",   "кв",  "стр", "руб", "тыс",    "им",  "см"};

// The word that ends at `end`.
std::string_view last_word(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && text[begin - 1] != ' ' && text[begin - 1] != '(') --begin;
    return text.substr(begin, end - begin);
}

bool is_number(std::string_view word) {
    return !word.empty() && word.size() <= 2 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "J." and «А.»: a single capital letter.
bool is_initial(std::string_view word) {
    const Character first = character_at(word, 0);
    return first.kind == Class::kUpper && first.size_bytes == word.size() && word != "I";
}

bool ends_sentence(std::string_view line, std::size_t stop) {
    const std::string_view word = last_word(line, stop);
    if (is_initial(word) || (is_number(word) && word.size() == stop)) return false;
    const std::string folded = util::fold_word(word);
    return std::find(kAbbreviations.begin(), kAbbreviations.end(), folded) == kAbbreviations.end();
}

void split_line(std::string_view line, std::vector<std::string_view>& sentences) {
    const auto add = [&](std::string_view part) {
        part = util::trim(part);
        if (!part.empty()) sentences.push_back(part);
    };
    constexpr std::string_view kEllipsis = "…";
    std::size_t begin = 0;
    std::size_t at = 0;
    while (at < line.size()) {
        const bool is_stop = line[at] == '.';
        const bool is_ellipsis = line.substr(at).starts_with(kEllipsis);
        if (!is_stop && !is_ellipsis && line[at] != '!' && line[at] != '?') {
            ++at;
            continue;
        }
        const std::size_t mark = at;
        at += is_ellipsis ? kEllipsis.size() : 1;
        while (at < line.size() && std::string_view{".!?\")'"}.find(line[at]) != std::string_view::npos) ++at;
        for (const std::string_view close : {"»", "”"})
            if (line.substr(at).starts_with(close)) at += close.size();
        if (at < line.size() && line[at] != ' ' && line[at] != '\t') continue;
        if (is_stop && at == mark + 1 && !ends_sentence(line, mark)) continue;
        add(line.substr(begin, at - begin));
        begin = at;
    }
    add(line.substr(begin));
}

}  // namespace

std::vector<std::string_view> split_sentences(std::string_view text) {
    std::vector<std::string_view> sentences;
    bool is_fenced = false;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        const std::string_view line = util::trim(text.substr(0, end));
        if (line.starts_with("```"))
            is_fenced = !is_fenced;
        else if (!is_fenced && !line.starts_with('>'))
            split_line(line, sentences);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return sentences;
}

}  // namespace arq::context
