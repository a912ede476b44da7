// SPDX-License-Identifier: MIT
//
// Keeps the index of one user's file (schema step 6, store/recall_block.h): what was said goes into blocks
// many messages at a time, what was deleted or hidden out of them. Inside a transaction of the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/recall_block.h"
#include "store/recent_stems.h"
#include "store/sqlite.h"

namespace arq::store {

// Numbers on disk.
enum class BlockKind { kExchanges = 0, kMemories = 1 };

// So many memories are read one by one before they are put into blocks.
inline constexpr int kMostMemoriesReadThrough = 16;

// The newest message of the user's, or memory, that is in a block; 0: none.
std::int64_t indexed_through(Connection& connection, BlockKind kind);

// Puts what waits for it into blocks, if there are at least so many messages of both roles, or memories. At
// most a thousand exchanges at a time, so that a long history from before this index costs no request much:
// until it is through, what is found is the newest. How many wait then. `recent` may know the stems of some.
std::int64_t index_messages(Connection& connection, std::int64_t least, const RecentStems* recent);
void index_memories(Connection& connection, std::int64_t least);

// An answer that came late, after its message was put into a block.
void index_late_answer(Connection& connection, util::Id message_id, util::Id session_id);

// A block whose content was taken away by who deleted or hid something in it, made anew: empty where nothing
// is left. Writes it back too, inside a transaction.
std::string renew_block(Connection& connection, BlockKind kind, std::int64_t scope, util::Id first_id,
                        util::Id last_id);

// Makes all such blocks anew, and takes the words of what was deleted out of everything else that is an
// index. Then all that waits is indexed, if there are at least so many.
void rebuild_indexes(Connection& connection, int least);
// Drops all blocks, for rows came in between that are older than the newest. Follow it by rebuild_indexes().
void drop_index(Connection& connection);

// The term by which recall_directory knows a stem in the blocks of a scope.
std::string directory_term(std::int64_t scope, std::uint32_t stem);
// The last block of the scope that is in the directory; 0: none is.
util::Id listed_through(Connection& connection, std::int64_t scope);

}  // namespace arq::store
