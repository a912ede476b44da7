// SPDX-License-Identifier: MIT
#include "main/arqctl.h"

namespace arq::main {

int run_canary(const Prefix& prefix, const Words& words) {
    return run_release_script(prefix, "canary", words);
}

}  // namespace arq::main
