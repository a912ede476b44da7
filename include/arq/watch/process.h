// SPDX-License-Identifier: MIT
//
// What /proc tells of another process of the same user, without root.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace arq::watch {

// For the log, of a process that does not answer: "state=D wchan=io_schedule:1,futex_wait_queue:7 threads=8
// fds=31 cpu_s=4.2 private_kib=9120". wchan names where in the kernel its threads wait, with how many; what
// can't be read is "?".
std::string describe_process(pid_t process);

// Memory that is the process's alone, swapped-out pages included: what ending it would free. Nothing where it
// is gone or hides it.
std::optional<std::int64_t> private_kib(pid_t process);

}  // namespace arq::watch
