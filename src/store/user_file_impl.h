// SPDX-License-Identifier: MIT
//
// What the pieces of UserFile share: user_file.cpp (opening, sessions), user_messages.cpp,
// user_memories.cpp, user_search.cpp.
#pragma once

#include <optional>

#include "arq/store/user_file.h"
#include "store/recent_stems.h"
#include "store/sqlite.h"

namespace arq::store {

struct UserFile::Impl {
    Impl(const std::string& file_path, const UserFileOptions& file_options, util::Clock& file_clock)
        : path(file_path),
          connection(file_path, Connection::Mode::kExisting),
          options(file_options),
          clock(file_clock) {}

    // After so many new messages: index_messages(), if there may be enough of them.
    void index_when_due(int said);
    // Drops from `recent` what may not be so any more, and what is indexed.
    void keep_recent();

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
    RecentStems recent;
};

inline std::int64_t to_column(util::Timestamp time) {
    return time.time_since_epoch().count();
}
inline util::Timestamp to_time(std::int64_t column) {
    return util::Timestamp{util::Milliseconds{column}};
}

}  // namespace arq::store
