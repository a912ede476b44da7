// SPDX-License-Identifier: MIT
//
// The numbered steps that make a database of any age into today's. Each is one transaction, is only
// ever added to, and sets its own user_version; the .sql files below migrations/ are compiled in.
#pragma once

#include <span>

namespace arq::store {

class Connection;

struct Migration {
    int version;
    const char* sql;
};

std::span<const Migration> user_migrations();
std::span<const Migration> host_migrations();

// Brings the database to the newest step that this build knows. A newer database is left as it is: steps only
// add, so this build can serve it, unless it states that it can't (kStorageNewer). A step that fails leaves
// the database at the one before. Safe when several processes do it at once.
void migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace arq::store
