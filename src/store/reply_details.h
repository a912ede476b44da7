// SPDX-License-Identifier: MIT
//
// What a reply told beside its text and the memories it names: a column of its row. One line an item:
//
//     w 4096 812 6 2          the window: its tokens, the prompt's, turns kept, turns summarised
//     f 0n97b7d2tjsh 3        a forgotten memory: its id and kind; of what it said nothing is kept
//     t 870 bicycle|travel    a topic: its score in thousandths, its name, a tab (here |), its category
//
// Format on disk: never change, only add. Lines of other letters are skipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"

namespace arq::store {

struct ReplyDetails {
    std::vector<model::Topic> topics;
    model::ContextUse context;
    std::vector<model::MemoryUse::Forgotten> forgotten;
};

// Empty where there is nothing to tell.
std::string format_details(const ReplyDetails& details);
// Never fails: what it can't read it leaves out.
ReplyDetails parse_details(std::string_view text);

}  // namespace arq::store
