// SPDX-License-Identifier: MIT
//
// What a search over the past finds, before anybody reads it.
#pragma once

#include <cstdint>

#include "arq/util/ids.h"

namespace arq::model {

struct Hit {
    util::Id id = 0;
    std::uint64_t stems = 0;  // bit i: the i-th of the stems that were looked for stands in it
};

}  // namespace arq::model
