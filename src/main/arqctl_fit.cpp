// SPDX-License-Identifier: MIT
//
// arqctl fit: asked by the supervisor, before it starts workers.
#include <cstdio>

#include "arq/config/config.h"
#include "main/arqctl.h"
#include "main/room.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl fit\n"
    "\n"
    "Prints how many workers the account has room for (`ulimit -u`) beside what it runs otherwise, "
    "pool.workers at\n"
    "most, and says on standard error where that is less, and of how many threads.\n";

}  // namespace

int run_fit(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kUsage)) return 0;
    if (!words.empty()) return fail_usage("fit takes no arguments", kUsage);
    config::Config config = config::load_config(prefix.config());
    if (const std::string fitted = fit_to_processes(config, prefix.path); !fitted.empty())
        std::fprintf(stderr, "%s\n", fitted.c_str());
    std::printf("%lld\n", static_cast<long long>(config.pool.workers));
    return 0;
}

}  // namespace arq::main
