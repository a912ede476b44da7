// SPDX-License-Identifier: MIT
//
// The rolling summary of a session: of the messages that no longer fit into the window, the sentences that
// carry facts, decisions, open questions, names and dates, in the words in which they were said. Pure,
// deterministic, bounded; folding message by message gives what folding all at once does.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/util/ids.h"

namespace arq::context {

struct SummarySentence {
    util::Id message = 0;  // that it stands in
    model::Role role = model::Role::kUser;
    int worth = 0;         // 1 to 1000 when it is said; less as the talk goes on
    bool is_open = false;  // a question that the next message didn't answer, or hasn't yet
    std::string text;      // whole, as it was said; no line break or tab in it

    bool operator==(const SummarySentence&) const = default;
};

struct Summary {
    util::Id first_message = 0;  // the span that it covers, both included; 0 where it covers nothing
    util::Id last_message = 0;
    int turns = 0;                           // messages of the user's in that span
    std::vector<SummarySentence> sentences;  // as they were said, oldest first

    bool operator==(const Summary&) const = default;
};

struct SummaryLimits {
    std::size_t tokens = 400;          // of all its sentences, by estimate_tokens() and a few for each line
    std::size_t sentence_bytes = 400;  // what is longer is no sentence worth quoting
};

// The summary with `messages` folded in, which are of the same session, oldest first. Those that the span
// covers already are passed over, so that folding the same twice changes nothing.
Summary fold(Summary summary, std::span<const model::Message> messages, const SummaryLimits& limits = {});

// Without the sentences of those messages (which were forgotten, or deleted). The span stays.
Summary without_messages(Summary summary, std::span<const util::Id> messages);

// What one sentence takes in a prompt.
std::size_t tokens_of(const SummarySentence& sentence);

// The form in which it is stored: a head line with the span, then each sentence on a line of its own, a tab,
// and what is known of it. Written by one release and read by another: never change, only add. Lines that
// were taken out, or were damaged by it, are left out; nothing where `text` is no summary.
std::string encode_summary(const Summary& summary);
std::optional<Summary> decode_summary(std::string_view text);

}  // namespace arq::context
