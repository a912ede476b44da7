// SPDX-License-Identifier: MIT
//
// Search over everything that was said, by both.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/store/user_file.h"
#include "arq/util/clock.h"

namespace arq::assistant {

struct SearchRequest {
    std::string_view query;
    store::Scope scope;
    std::optional<util::Id> session_id;  // of this session alone
    std::optional<util::Id> after;       // behind this message in the list that the same request gave
    std::size_t limit = 50;
    util::Timestamp now;
};

struct FoundMessage {
    model::Message message;
    double score = 0;  // 0 to 1
};

// Best first, of at most a thousand. Errors: kInvalidValue "after" where the list holds no such message; the
// storage codes.
std::vector<FoundMessage> search(store::UserFile& file, const SearchRequest& request);

}  // namespace arq::assistant
