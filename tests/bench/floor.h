// SPDX-License-Identifier: MIT
//
// What both floors share: a pool of libfcgi workers as plain as a competent engineer would write it, in the
// place of ARQ's. It binds the ten slots, forks the workers, shares the slots out among them, and answers
// each request with what the handler says. No connection is kept, nothing is batched.
#pragma once

#include <functional>
#include <string>

namespace arq::bench {

struct Request {
    std::string body;
    std::string user;  // X-ARQ-User
};

// A JSON body for a 200. Called by several threads at once.
using Handler = std::function<std::string(const Request&)>;

struct PoolShape {
    std::string folder;  // holds run/, where the sockets go
    int workers = 0;
    int threads = 0;  // in each worker
};

// Reads FOLDER WORKERS THREADS; ends the program on a wrong call.
PoolShape parse_shape(int argc, char** argv);

// Returns when all workers have ended, which they do on SIGTERM. `make_handler` is called in each of them.
int run_pool(const PoolShape& shape, const std::function<Handler()>& make_handler);

}  // namespace arq::bench
