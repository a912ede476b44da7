// SPDX-License-Identifier: MIT
//
// What a user's file was before it was repaired: `<file>.damaged-20261124T101500Z`, its log with `-wal`
// behind that. No other code takes it for a user's file. What the user deletes is deleted from it too: it
// goes with all that it holds. Errors: the storage codes.
#pragma once

#include <string>
#include <string_view>

#include "arq/util/clock.h"

namespace arq::store {

// Synced, also its folder. Returns the copy's path. An empty log is none.
std::string keep_copy(const std::string& path, std::string_view file, std::string_view log,
                      util::Timestamp now);

void unlink_copies(const std::string& path);

}  // namespace arq::store
