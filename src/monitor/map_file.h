// SPDX-License-Identifier: MIT
//
// The file below a PoolMap, and its place in memory.
#pragma once

#include <string>
#include <utility>

#include "arq/util/clock.h"
#include "arq/util/file.h"
#include "monitor/layout.h"

namespace arq::monitor {

// The file of this layout at `path`, made where it is missing or another. Its blocks are reserved, so that a
// disk that fills up later takes nothing away. Errors: std::system_error with the errno.
std::pair<util::UniqueFd, Layout*> map_file(const std::string& path, util::Clock& clock);

// Memory of this process's own.
Layout* map_memory(util::Clock& clock);

void unmap(Layout* layout);

}  // namespace arq::monitor
