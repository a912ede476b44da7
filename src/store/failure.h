// SPDX-License-Identifier: MIT
//
// What a failure of the storage means to the caller, from the system's or SQLite's word for it.
#pragma once

#include "arq/util/error.h"

namespace arq::store {

// Of an errno.
Error storage_error(int system_error);

// Of SQLite's (extended) result code, with the errno behind it where there is one.
Error storage_error(int result, int system_error);

}  // namespace arq::store
