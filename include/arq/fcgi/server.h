// SPDX-License-Identifier: MIT
//
// Accepts FastCGI requests on listening sockets that others may share: several threads of one process, and
// several processes at once while one worker replaces another. A connection that no thread has accepted
// stays in the kernel's queue for whoever accepts next, so replacing a worker loses no request.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arq/fcgi/exchange.h"
#include "arq/util/clock.h"

namespace arq::fcgi {

struct Options {
    std::vector<int> listeners{0};  // borrowed; made non-blocking; never shut down
    unsigned threads = 1;           // in all, the caller of run() included
    // How many more the account has room for, asked before any is started; without it as many as it allows.
    std::function<std::size_t()> more_threads;
    std::size_t body_limit_bytes = 256 * 1024;
    // How long the body of this request may be beyond that; it then comes as a file below the folder.
    std::function<std::size_t(const http::Request&)> long_body_limit{};
    std::string long_body_folder{};
    std::chrono::milliseconds io_timeout{10'000};     // longest silence of the peer in one read or write
    std::chrono::milliseconds drain_timeout{30'000};  // from stop() to the end of run()
    bool stop_on_signals = false;     // SIGTERM and SIGINT call stop(); see block_stop_signals()
    std::function<void()> on_stop{};  // called by stop(), wherever that is called; doesn't throw
};

// Called by main before it starts any thread, so that all threads inherit it: SIGTERM and SIGINT then reach
// nobody but a server with stop_on_signals, and interrupt no read or write (libfcgi takes that for a
// failure).
void block_stop_signals();

class Server {
public:
    // Called by any of the server's threads, several at once. It answers the exchange, or hands it on to be
    // answered later. What it throws is logged; the exchange, if it still holds it, is dropped unanswered.
    using Handler = std::function<void(std::unique_ptr<Exchange>)>;

    // Starts nothing yet. Ignores SIGPIPE for the process: a peer that has gone is a failed write.
    // Throws std::system_error where a listener is no listening socket.
    Server(const Options& options, util::Clock& clock, Handler handler);
    ~Server();

    // Serves until stop(), once. Where the system refuses a thread it logs that and goes on with those it
    // has, at least the calling one. After stop() nothing more is accepted, save by a thread that was about
    // to; what was accepted is finished, deferred exchanges included, and then it returns true. False:
    // drain_timeout went by with work left; threads may then still be in the handler, so the caller ends the
    // process (std::_Exit) without destroying what the handler uses. A handler call of the calling thread
    // itself is waited for in any case: who must bound that too kills the process.
    bool run();

    // Starts the threads that the system refused run(), as far as it allows them by now. From any thread,
    // while run() has not returned.
    void grow();

    // From any thread or signal handler, any number of times, also before run().
    void stop() noexcept;

private:
    struct State;
    std::string start_threads();
    std::shared_ptr<State> state_;  // shared: threads left behind by a draining that timed out still use it
};

}  // namespace arq::fcgi
