// SPDX-License-Identifier: MIT
//
// What goes into a prompt of so many tokens: instructions, facts, summary, recalled quotes, the latest turns,
// the message. Each part has its share of what the message leaves, and what one doesn't need goes to the
// others, the worthiest first. Never more than the budget, by estimate_tokens(); nothing is cut in half, but
// for a message that is longer than the whole budget. Pure, thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace arq::context {

// Percent of what the message leaves; at most 100 together.
struct Shares {
    int instructions = 15;
    int facts = 15;
    int summary = 15;
    int quotes = 15;
    int turns = 40;
};

// Goes in whole or not at all.
struct Item {
    std::string text;
    double worth = 0;  // 0 to 1, comparable between parts
};

// A message of the user's and the answer to it, empty where there is none. Goes in whole or not at all.
struct Turn {
    std::string message;
    std::string reply;

    bool operator==(const Turn&) const = default;
};

struct Material {
    std::vector<Item> instructions;
    std::vector<Item> facts;
    std::vector<Item> summary;  // oldest first
    std::vector<Item> quotes;
    std::vector<Turn> turns;  // oldest first; those that go in are the last ones, without a gap
    double turns_worth = 1;   // of the last one beside items; less where the message is of another topic
    std::string message;      // valid UTF-8
};

struct Window {
    // Each in the order in which it was given.
    std::vector<std::string> instructions;
    std::vector<std::string> facts;
    std::vector<std::string> summary;
    std::vector<std::string> quotes;
    std::vector<Turn> turns;
    std::string message;
    // It was longer than the budget: its beginning (two thirds) and its end are kept, cut between words, with
    // kOmission between them; all other parts are empty. Empty where not even that fits.
    bool is_message_cut = false;
    std::size_t budget_tokens = 0;
    std::size_t prompt_tokens = 0;  // with what the parts' headings and the framing of messages take
};

inline constexpr const char* kOmission = " […] ";

// What is taken of a budget beside the texts themselves; a responder that builds the prompt keeps to it.
inline constexpr std::size_t kPromptTokens = 4;   // the beginning of the answer
inline constexpr std::size_t kMessageTokens = 5;  // a message's frame and role
inline constexpr std::size_t kPartTokens = 10;    // a part's heading, where the part isn't empty
inline constexpr std::size_t kItemTokens = 3;     // a bullet and the line's end

Window fill_window(const Material& material, std::size_t budget_tokens, const Shares& shares = {});

}  // namespace arq::context
