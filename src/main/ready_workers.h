// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace arq::main {

// Whether a worker of the production or the canary release is ready: a process id in `run_folder` (which the
// supervisor writes while a worker is ready: worker-NAME.pid) that belongs to a living arq-worker.
bool has_ready_workers(const std::string& run_folder);

}  // namespace arq::main
