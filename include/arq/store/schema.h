// SPDX-License-Identifier: MIT
//
// What this build makes of the files, and who else can serve them: what a deploy and a rollback go by.
#pragma once

#include <cstdint>

namespace arq::store {

struct Schema {
    std::int64_t newest = 0;  // what it knows and brings every file to that it opens
    std::int64_t oldest = 0;  // the oldest schema whose builds can serve a file that it has written
};

Schema user_schema();
Schema host_schema();

}  // namespace arq::store
