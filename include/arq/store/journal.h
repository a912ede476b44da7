// SPDX-License-Identifier: MIT
//
// How a commit to a user's file is kept whole. A write-ahead log costs one sync, but its index is memory that
// all processes map, which two of them don't share where a network file system or FUSE is between: there a
// rollback journal is used, with four syncs more and twice the bytes.
#pragma once

#include <string>
#include <string_view>

#include "arq/util/file_system.h"

namespace arq::store {

enum class Journal { kWriteAheadLog, kRollback };

struct JournalChoice {
    Journal journal = Journal::kWriteAheadLog;
    std::string reason;  // a sentence for the log
};

// `setting` is that of store.journal: "wal" or "rollback", else the file system decides.
JournalChoice choose_journal(std::string_view setting, const util::FileSystem& below);

}  // namespace arq::store
