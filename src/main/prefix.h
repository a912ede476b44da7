// SPDX-License-Identifier: MIT
//
// Where the installation is, and what lies where in it.
#pragma once

#include <string>

namespace arq::main {

// The prefix that this program was installed below: PREFIX/releases/<version>/bin/<program>. Empty where
// it lies elsewhere (in a build folder, say).
std::string find_prefix();

// The release that this program belongs to: PREFIX/releases/<version>. Empty where it lies elsewhere.
std::string find_release();

struct Prefix {
    std::string path;

    std::string config() const { return path + "/etc/arq.json"; }
    std::string secrets() const { return path + "/etc/secrets.json"; }
    std::string users() const { return path + "/data/users"; }
    std::string host() const { return path + "/data/host.sqlite3"; }
    std::string run() const { return path + "/run"; }
    std::string pool_map() const { return run() + "/pool.map"; }
    // One word: which variant the slots are served by.
    std::string serving() const { return run() + "/variant"; }
    std::string request_log() const { return path + "/log/requests.log"; }
};

}  // namespace arq::main
