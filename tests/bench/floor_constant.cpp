// SPDX-License-Identifier: MIT
//
// The floor of an answer: libfcgi, and a constant.
#include "floor.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    return arq::bench::run_pool({.folder = argv[1]}, [] {
        return [](const arq::bench::Request&) {
            return std::string{R"({"status": "ok", "reply": "constant"})"};
        };
    });
}
