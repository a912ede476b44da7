// SPDX-License-Identifier: MIT
#include "arq/context/follow_up.h"
#include "arq/context/summary.h"
#include "arq/context/tokens.h"
#include "arq/context/window.h"
#include "fuzz/checks.h"

namespace arq::fuzz {

// A talk, a message a line, and then the message.
void check_context(std::string_view input) {
    require((context::estimate_tokens(input) > 0) == !input.empty(), "something that takes no tokens");
    (void)context::decode_summary(input);
    if (!is_utf8(input)) return;
    const std::vector<std::string_view> lines = split(input, '\n');
    const std::string_view message = lines.back();

    std::vector<model::Message> messages;
    context::Material material{.message = std::string{message}};
    for (const std::string_view line : lines) {
        const auto id = static_cast<util::Id>(messages.size() + 1);
        messages.push_back({.id = id,
                            .session_id = 1,
                            .role = id % 2 == 1 ? model::Role::kUser : model::Role::kAssistant,
                            .text = std::string{line}});
        material.turns.push_back({.message = std::string{line}, .reply = std::string{message}});
        material.facts.push_back({.text = std::string{line}, .worth = 0.5});
        if (const auto completed =
                context::complete_follow_up(message, {.message = line, .reply = lines[0]})) {
            require(context::may_be_follow_up(message) || message.size() > 200,
                    "a follow-up that can't be one");
            require(is_utf8(*completed), "a completed message that is no UTF-8");
        }
    }

    const context::SummaryLimits limits{.tokens = 50, .sentence_bytes = 100};
    const context::Summary summary = context::fold({}, messages, limits);
    std::size_t tokens = 0;
    for (const context::SummarySentence& sentence : summary.sentences) {
        tokens += context::tokens_of(sentence);
        require(messages.at(static_cast<std::size_t>(sentence.message - 1)).text.find(sentence.text) !=
                    std::string::npos,
                "a summary of what nobody said: " + sentence.text);
    }
    require(tokens <= limits.tokens, "a summary that is too long");
    require(context::decode_summary(context::encode_summary(summary)) == summary,
            "a summary that isn't read as it was written");

    const std::size_t budget = input.size() % 300;
    const context::Window window = context::fill_window(material, budget);
    require(window.prompt_tokens <= budget, "a prompt that is too long");
    require(is_utf8(window.message), "a message that is cut in the middle of a character");
}

}  // namespace arq::fuzz
