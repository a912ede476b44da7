// SPDX-License-Identifier: MIT
//
// A server without threads: one request after the other, in the thread that calls run(). A program with it
// links nothing that could start a thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "arq/fcgi/exchange.h"
#include "arq/fcgi/server.h"
#include "arq/util/clock.h"

namespace arq::fcgi {

class SerialServer {
public:
    // Answers the exchange before it returns. What it throws is logged; the exchange is dropped unanswered.
    using Handler = std::function<void(std::unique_ptr<Exchange>)>;
    // What is to be done between requests. True: call it again when as much time has passed; false: nothing
    // is left to do until the next request has been served.
    using Chores = std::function<bool()>;

    // Of `options` threads, more_threads and drain_timeout mean nothing here. `chores` are done when
    // `chores_interval` has passed, at the earliest that long after the first request.
    SerialServer(const Options& options, util::Clock& clock, Handler handler, Chores chores,
                 std::chrono::milliseconds chores_interval);
    ~SerialServer();

    // Serves until stop(), once; the request that is being served then is finished.
    void run();

    // From any thread or signal handler, any number of times, also before run().
    void stop() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace arq::fcgi
