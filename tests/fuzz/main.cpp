// SPDX-License-Identifier: MIT
//
// libFuzzer's entry. The environment's FUZZ names the check; tests/fuzz/run calls it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arq/util/hash.h"
#include "fuzz/checks.h"

namespace {

const arq::fuzz::Check* find_check() {
    const char* name = std::getenv("FUZZ");
    for (const arq::fuzz::Check& check : arq::fuzz::checks())
        if (name != nullptr && check.name == name) return &check;
    std::fputs("fuzz: the environment's FUZZ must name one of tests/fuzz/corpus\n", stderr);
    std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const arq::fuzz::Check& check = *find_check();
    static const bool ready = [] {
        arq::util::initialise_crypto();
        return true;
    }();
    static_cast<void>(ready);
    try {
        check.run({reinterpret_cast<const char*>(bytes), size});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fuzz: %s\n", error.what());
        std::abort();
    }
    return 0;
}
