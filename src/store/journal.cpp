// SPDX-License-Identifier: MIT
#include "arq/store/journal.h"

namespace arq::store {

JournalChoice choose_journal(std::string_view setting, const util::FileSystem& below) {
    constexpr std::string_view kLog = "users' files are kept whole by a write-ahead log";
    constexpr std::string_view kRollback = "users' files are kept whole by a rollback journal";
    const std::string lies = "data/users lies on " + std::string{below.name};
    JournalChoice choice;
    if (setting == "rollback") {
        choice.journal = Journal::kRollback;
        choice.reason = std::string{kRollback} + ": store.journal says so";
    } else if (setting == "wal") {
        choice.reason = std::string{kLog} + ": store.journal says so";
        if (below.is_network)
            choice.reason +=
                ", although " + lies + ", where it may damage them: set store.journal to \"auto\"";
    } else if (below.is_network) {
        choice.journal = Journal::kRollback;
        choice.reason =
            std::string{kRollback} + ": " + lies + ", where processes can't share the memory of a log";
    } else {
        choice.reason = std::string{kLog} + ": data/users lies on no network file system";
    }
    return choice;
}

}  // namespace arq::store
