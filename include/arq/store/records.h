// SPDX-License-Identifier: MIT
//
// A message with all that the file keeps of it: what an export holds. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arq/model/conversation.h"

namespace arq::store {

struct MessageRecord {
    model::Message message;
    bool is_hidden = false;
    bool is_isolated = false;  // its session
    // Of a reply:
    std::optional<util::Id> answers;  // the message; none where that is lost
    model::Finish finish = model::Finish::kStop;
    std::string responder;
    model::Variant variant = model::Variant::kProduction;
    model::MemoryUse memory;  // by id and version, without texts
    std::vector<model::Topic> topics;
    model::ContextUse context;
};

}  // namespace arq::store
