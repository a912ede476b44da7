// SPDX-License-Identifier: MIT
//
// What the pieces of UserFile share: user_file.cpp (opening, sessions), user_messages.cpp,
// user_memories.cpp, user_search.cpp, user_topics.cpp, user_forget.cpp, user_limits.cpp, user_transfer.cpp.
#pragma once

#include <optional>

#include "arq/store/user_file.h"
#include "store/recent_stems.h"
#include "store/sqlite.h"

namespace arq::store {

// What is forgotten: to be found in summaries by its stems, all of them together, or as a part of the text of
// a message that is hidden.
struct Erased {
    std::optional<util::Id> isolated_session;  // whose; none: what all others hold
    std::vector<std::string> stems;
    std::string text;
};

struct UserFile::Impl {
    Impl(const std::string& file_path, const UserFileOptions& file_options, util::Clock& file_clock)
        : path(file_path),
          connection(file_path, Connection::Mode::kExisting),
          options(file_options),
          clock(file_clock) {}

    // After so many new messages: index_messages(), if there may be enough of them.
    void index_when_due(int said);
    // Brings `recent` up to what is in the file, without what is indexed or still waits for its answer.
    void update_recent();
    // After each reply: counts what replies used and what messages are about, if enough of them wait.
    void count_when_due();

    bool is_scrub_due();

    const std::string path;
    Connection connection;
    const UserFileOptions options;
    util::Clock& clock;
    bool leaves_log = false;  // see UserFile::open_alone
    bool left_unscrubbed = false;
    // How many messages wait for the index, as far as this process knows, so that they needn't be counted
    // each time; none where nobody has counted.
    std::optional<std::int64_t> waiting;
    std::optional<std::int64_t> uncounted;  // the same of replies that wait to be counted
    std::vector<Erased> erased;             // by the transaction under way
    bool has_erased = false;
    void finish_erasing();
    bool has_imported = false;     // something that was not there
    util::Id imported_memory = 0;  // the last one
    bool is_scrub_wanted = false;  // a committed transaction has forgotten something
    RecentStems recent;
};

// In the transaction that deletes, so that a crash before the scrubbing doesn't make it forgotten.
void mark_scrub_due(Connection& connection);
// What of a memory its history keeps, too: text, value, valid_from, valid_to and grain.
void bind_content(Query& query, const model::Memory& memory);
// What a reply told of the memory, with the texts as they were then; what was forgotten stands elsewhere.
model::MemoryUse read_memory_use(Connection& connection, util::Id reply_id);
// From what replies told: each message's topics, and the uses of memories if `uses` is set. Replies behind
// counted_through, if there are at least `least`; how many wait then.
std::int64_t count_replies(Connection& connection, std::int64_t least, bool uses = true);

inline std::int64_t to_column(util::Timestamp time) {
    return time.time_since_epoch().count();
}
inline std::optional<std::int64_t> to_column(std::optional<util::Timestamp> time) {
    if (!time) return std::nullopt;
    return to_column(*time);
}
inline util::Timestamp to_time(std::int64_t column) {
    return util::Timestamp{util::Milliseconds{column}};
}
inline std::optional<util::Timestamp> to_time(std::optional<std::int64_t> column) {
    if (!column) return std::nullopt;
    return to_time(*column);
}

}  // namespace arq::store
