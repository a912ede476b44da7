// SPDX-License-Identifier: MIT
//
// The floor of an answer: libfcgi and a constant.   floor-constant FOLDER WORKERS THREADS
#include "floor.h"

int main(int argc, char** argv) {
    return arq::bench::run_pool(arq::bench::parse_shape(argc, argv), [] {
        return [](const arq::bench::Request&) { return std::string{R"({"status": "ok"})"}; };
    });
}
