// SPDX-License-Identifier: MIT
//
// What the account allows a worker (`ulimit`), and how much of it is used for what.
#pragma once

#include <cstddef>

#include "arq/config/config.h"

namespace arq::main {

// Lowers pool.threads and store.open_files to what the limits of open files and of memory leave room for, and
// says so in the log: better fewer at once than an error in the middle of a request. Raises the limit of open
// files as far as the account may. Throws kConfiguration where not one thread fits, with the limit to raise.
// Called before any thread is started: it also sets how much stack they get.
void fit_to_limits(config::Config& config, std::size_t listeners);

}  // namespace arq::main
