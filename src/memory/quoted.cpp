// SPDX-License-Identifier: MIT
#include "memory/quoted.h"

#include <algorithm>
#include <array>

namespace arq::memory {
namespace {

using std::string_view;

// Longer than what people type about themselves.
constexpr std::size_t kLongestTypedBytes = 3000;
constexpr std::ptrdiff_t kMostTypedLines = 40;

constexpr std::array<string_view, 14> kHeadLines{"From: ", "To: ",    "Subject: ", "Sent: ", "Date: ",
                                                 "Cc: ",   "Re: ",    "Fwd: ",     "От: ",   "Кому: ",
                                                 "Тема: ", "Дата: ", "-----",     "FW: "};
constexpr std::array<string_view, 8> kIntroductions{"wrote:",    "writes:",  "пишет:",   "написал:",
                                                    "написала:", "Original Message", "Lyrics:", "Текст песни:"};

bool begins_foreign(string_view line) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    return std::any_of(kHeadLines.begin(), kHeadLines.end(),
                       [&](string_view head) { return line.starts_with(head); });
}

// "name = x", "print("x")"
bool is_code(string_view line) {
    static constexpr std::array<string_view, 6> kMarks{" = ", " == ", "(\"", "('", "();", "{\""};
    return std::any_of(kMarks.begin(), kMarks.end(),
                       [&](string_view mark) { return line.find(mark) != string_view::npos; });
}

bool introduces_foreign(string_view line) {
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    return std::any_of(kIntroductions.begin(), kIntroductions.end(),
                       [&](string_view end) { return line.ends_with(end); });
}

}  // namespace

std::vector<Span> find_quoted(string_view message) {
    if (message.size() > kLongestTypedBytes ||
        std::count(message.begin(), message.end(), '\n') > kMostTypedLines)
        return {{0, message.size()}};
    std::vector<Span> spans;
    std::size_t begin = 0;
    bool in_code = false;
    while (begin < message.size()) {
        const std::size_t line_end = std::min(message.find('\n', begin), message.size());
        const string_view line = message.substr(begin, line_end - begin);
        const string_view text = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
        if (begins_foreign(line)) {
            spans.push_back({begin, message.size()});
            break;
        }
        const std::size_t fence = line.find("```");
        if (fence != string_view::npos) {
            // A fence that is closed on its line quotes what stands between.
            const std::size_t closing = line.find("```", fence + 3);
            if (closing != string_view::npos) {
                spans.push_back({begin + fence, begin + closing});
            } else {
                in_code = !in_code;
                spans.push_back({begin + (in_code ? fence : 0), line_end});
            }
        } else if (in_code || text.starts_with('>') || text.starts_with("&gt;") || line.starts_with("    ") ||
                   is_code(line)) {
            spans.push_back({begin, line_end});
        } else if (const std::size_t tick = line.find('`'); tick != string_view::npos) {
            const std::size_t closing = line.find('`', tick + 1);
            if (closing != string_view::npos) spans.push_back({begin + tick, begin + closing});
        }
        if (introduces_foreign(line) && line_end < message.size()) {
            spans.push_back({line_end, message.size()});
            break;
        }
        begin = line_end + 1;
    }
    return spans;
}

}  // namespace arq::memory
