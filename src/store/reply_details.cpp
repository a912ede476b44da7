// SPDX-License-Identifier: MIT
#include "store/reply_details.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "arq/util/ids.h"

namespace arq::store {
namespace {

constexpr double kScoreUnits = 1000;

// Control characters would end the line, or the name.
void append_words(std::string& line, std::string_view text) {
    for (const char letter : text) line += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
}

// Up to the next blank, which goes with it.
std::string_view take_word(std::string_view& line) {
    const std::size_t blank = line.find(' ');
    const std::string_view word = line.substr(0, blank);
    line = blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1);
    return word;
}

int take_number(std::string_view& line) {
    const std::string_view word = take_word(line);
    int number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

bool is_empty(const model::ContextUse& use) {
    return use.window_tokens == 0 && use.prompt_tokens == 0 && use.turns_kept == 0 &&
           use.turns_summarised == 0;
}

}  // namespace

std::string format_details(const ReplyDetails& details) {
    std::string text;
    const model::ContextUse& context = details.context;
    if (!is_empty(context)) {
        text += 'w';
        for (const int number :
             {context.window_tokens, context.prompt_tokens, context.turns_kept, context.turns_summarised})
            text.append(" ").append(std::to_string(number));
        text += '\n';
    }
    for (const auto& [id, kind] : details.forgotten)
        text.append("f ")
            .append(util::format_id(id))
            .append(" ")
            .append(std::to_string(static_cast<int>(kind)))
            .append("\n");
    for (const model::Topic& topic : details.topics) {
        text.append("t ").append(
            std::to_string(std::lround(std::clamp(topic.score, 0.0, 1.0) * kScoreUnits)));
        text += ' ';
        append_words(text, topic.name);
        text += '\t';
        append_words(text, topic.category);
        text += '\n';
    }
    return text;
}

ReplyDetails parse_details(std::string_view text) {
    ReplyDetails details;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        const std::string_view what = take_word(line);
        if (what == "w") {
            model::ContextUse& context = details.context;
            for (int* const number : {&context.window_tokens, &context.prompt_tokens, &context.turns_kept,
                                      &context.turns_summarised})
                *number = take_number(line);
        } else if (what == "f") {
            const auto id = util::parse_id(take_word(line));
            if (id) details.forgotten.push_back({*id, static_cast<model::MemoryKind>(take_number(line))});
        } else if (what == "t") {
            model::Topic topic;
            topic.score = take_number(line) / kScoreUnits;
            const std::size_t tab = line.find('\t');
            topic.name = line.substr(0, tab);
            if (tab != std::string_view::npos) topic.category = line.substr(tab + 1);
            if (!topic.name.empty()) details.topics.push_back(std::move(topic));
        }
    }
    return details;
}

}  // namespace arq::store
