// SPDX-License-Identifier: MIT
#include "store/migrations.h"

#include "store/sqlite.h"

namespace arq::store {

void migrate(Connection& connection, std::span<const Migration> steps) {
    if (connection.pragma("user_version") >= steps.back().version) return;
    for (const Migration& step : steps) {
        ImmediateTransaction transaction{connection};
        // Asked again under the lock: another process may have taken this step.
        if (connection.pragma("user_version") >= step.version) continue;
        connection.execute_script(step.sql);
        transaction.commit();
    }
}

}  // namespace arq::store
