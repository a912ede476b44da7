// SPDX-License-Identifier: MIT
//
// arqctl restart.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kRestartUsage =
    "usage: arqctl restart\n"
    "\n"
    "Replaces the workers one by one by new ones of the current release and the settings of etc/arq.json: "
    "each\n"
    "new one serves before the old one goes, which finishes what it has begun. Ends with 0 when all serve, 1 "
    "when\n"
    "a new one does not, 3 when that was not found out: nothing runs, the settings are wrong, or it was "
    "given "
    "up.\n";

}  // namespace

int run_restart(const Prefix& prefix, const Words& words) {
    if (!words.empty() && words[0] == "--help") {
        std::fputs(kRestartUsage, stdout);
        return 0;
    }
    if (!words.empty()) return fail_usage("restart takes no arguments", kRestartUsage);
    const std::string program = prefix.path + "/current/bin/arq-supervisor";
    ::execl(program.c_str(), program.c_str(), "--prefix", prefix.path.c_str(), "restart", nullptr);
    throw std::runtime_error{program + " can't be run (" + std::strerror(errno) + "): is the release whole?"};
}

}  // namespace arq::main
