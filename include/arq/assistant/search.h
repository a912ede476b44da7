// SPDX-License-Identifier: MIT
//
// What a user may ask of their own memory outside of a conversation. Reads only; errors: the storage codes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/model/memory.h"
#include "arq/store/user_file.h"

namespace arq::assistant {

template <typename T>
struct Found {
    T item;
    double score = 0;  // 0 to 1
};

// Best first, of equals the newest; at most `limit`.
std::vector<Found<model::Memory>> search_memories(store::UserFile& file, std::string_view query,
                                                  const store::Scope& scope, std::size_t limit);
// The same over all that was said by both, in one session or in all that are not isolated, behind the result
// `after` (kInvalidValue "after": it is none).
std::vector<Found<model::Message>> search_said(store::UserFile& file, std::string_view query,
                                               std::optional<util::Id> session, std::optional<util::Id> after,
                                               std::size_t limit);

// A memory that was written down by hand: its subject, value and, unless `kind` is given, kind, where the
// text states a fact of a subject that `scope` knows nothing of yet.
model::Memory describe_memory(store::UserFile& file, std::string_view text,
                              std::optional<model::MemoryKind> kind, const store::Scope& scope);
// What a text that was changed by hand says of the memory's subject.
std::string value_in(std::string_view text, std::string_view subject);

}  // namespace arq::assistant
