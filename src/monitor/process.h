// SPDX-License-Identifier: MIT
//
// Which process a number means: numbers are given again.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace arq::monitor {

// Made of the time when the process started and of the machine's start; 0 where there is no such process, or
// what is left of it only waits to be collected.
std::uint64_t process_identity(pid_t process);

// Of the machine since it was started.
std::uint64_t machine_identity();

}  // namespace arq::monitor
