// SPDX-License-Identifier: MIT
//
// Looks whether users' files are whole, and puts into a damaged one what can still be read of it. Safe beside
// running workers: a file is replaced in one transaction of SQLite's, so those who have it open go on with
// the new content, and what they write is in the one or the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arq/store/user_files.h"
#include "arq/util/clock.h"

namespace arq::store {

// Below the users' folder, in the order of their names.
std::vector<UserKey> list_user_files(const std::string& folder);

// What is wrong with the user's file; empty where it is whole. Errors: kStorageNewer, kStorageBusy, and
// kNotFound where the user has none.
std::string find_damage(const std::string& folder, const UserKey& user, int busy_timeout_ms);

// How many rows of each there are after a repair, and what is known to be missing.
struct Recovered {
    std::int64_t sessions = 0;
    std::int64_t messages = 0;  // of both roles
    std::int64_t memories = 0;
    std::int64_t sessions_rebuilt = 0;  // lost, but something said in them was found
    std::int64_t messages_lost = 0;     // by what the sessions that were found say
    std::int64_t rows_unreadable = 0;   // of any table
    std::int64_t rows_refused = 0;      // read, but against the schema
};

struct Repair {
    enum class Outcome { kWhole, kNothingFound, kRecovered, kStartedAfresh };
    Outcome outcome = Outcome::kWhole;  // with the first two the file is as it was
    std::string damage;                 // what was wrong
    std::string kept;                   // where the damaged file was copied to
    Recovered recovered;
};

struct RepairOptions {
    bool fresh = false;  // recover nothing, begin with an empty file
    int busy_timeout_ms = 5000;
};

// Errors: as find_damage; kStorageBusy also where somebody has the file open and doesn't let go of it.
Repair repair_user_file(const std::string& folder, const UserKey& user, const RepairOptions& options,
                        util::Clock& clock);

}  // namespace arq::store
