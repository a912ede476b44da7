// SPDX-License-Identifier: MIT
//
// How large a pool the account's limit of processes has room for.
#pragma once

#include <string>

#include "arq/config/config.h"

namespace arq::main {

// Lowers pool.workers and pool.threads to what the limit of processes leaves room for beside all else that
// the account runs, for the installation in `prefix` and otherwise. What it did, in words; empty: nothing.
std::string fit_to_processes(config::Config& config, const std::string& prefix);

}  // namespace arq::main
