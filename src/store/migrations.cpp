// SPDX-License-Identifier: MIT
#include "store/migrations.h"

#include "arq/util/error.h"
#include "arq/util/log.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

void require_servable(Connection& connection, std::int64_t version, int newest) {
    Query query{connection, "SELECT value FROM state WHERE name = 'oldest_schema'"};
    const std::int64_t oldest = query.next() ? query.integer(0) : version;
    if (oldest <= newest) return;
    util::log_error("a file has schema " + std::to_string(version) +
                    " and asks for a build that knows schema " + std::to_string(oldest) +
                    "; this one knows " + std::to_string(newest) + ": run the newer release again");
    throw Error{
        ErrorCode::kStorageNewer,
        "this user's file was written by a newer release, which this one can't stand in for: the operator "
        "has to run the newer one again"};
}

}  // namespace

void migrate(Connection& connection, std::span<const Migration> steps) {
    std::int64_t version = connection.pragma("user_version");
    for (const Migration& step : steps) {
        if (version >= step.version) continue;
        ImmediateTransaction transaction{connection};
        // Asked again under the lock: another process may have taken this step, or more.
        version = connection.pragma("user_version");
        if (version >= step.version) continue;
        connection.execute_script(step.sql);
        transaction.commit();
        version = step.version;
    }
    const int newest = steps.back().version;
    if (version > newest) require_servable(connection, version, newest);
}

}  // namespace arq::store
