// SPDX-License-Identifier: MIT
#include "arq/store/schema.h"

#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::store {
namespace {

// Asked of a database that has taken all steps: nothing else can be forgotten when one is added.
Schema schema_after(std::span<const Migration> steps) {
    Connection connection{"", Connection::Mode::kInMemory};
    migrate(connection, steps);
    Query query{connection, "SELECT value FROM state WHERE name = 'oldest_schema'"};
    const std::int64_t newest = connection.pragma("user_version");
    return {.newest = newest, .oldest = query.next() ? query.integer(0) : newest};
}

}  // namespace

Schema user_schema() {
    return schema_after(user_migrations());
}

Schema host_schema() {
    return schema_after(host_migrations());
}

}  // namespace arq::store
