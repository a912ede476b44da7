// SPDX-License-Identifier: MIT
#include "arq/assistant/search.h"

#include <algorithm>

#include "arq/memory/rank.h"
#include "arq/util/error.h"
#include "arq/util/stem_set.h"

namespace arq::assistant {

std::vector<FoundMessage> search(store::UserFile& file, const SearchRequest& request) {
    constexpr std::size_t kMost = 1000;
    std::vector<FoundMessage> found;
    const util::StemSet wanted{memory::query_stems(request.query)};
    std::vector<memory::Candidate> candidates;
    if (!wanted.empty()) {
        const std::vector<model::Stretch> said = file.search_messages(wanted, request.scope);
        candidates = memory::find_candidates({.stems = wanted.stems().size(), .now = request.now}, said,
                                             memory::Roles::kBoth, kMost);
    }
    bool is_behind = !request.after;
    for (const memory::Candidate& candidate : candidates) {
        if (found.size() == request.limit) break;
        // Only what holds a word itself is found; what merely stands beside it is not.
        if (candidate.share <= 0) continue;
        auto message = file.find_said(candidate.id, candidate.role);
        if (!message) continue;
        if (request.session_id && message->session_id != *request.session_id) continue;
        if (is_behind)
            found.push_back({.message = *std::move(message), .score = std::min(candidate.score, 1.0)});
        else
            is_behind = message->id == *request.after;
    }
    if (!is_behind)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last result of the page before",
                    "after"};
    return found;
}

}  // namespace arq::assistant
