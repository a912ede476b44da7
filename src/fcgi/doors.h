// SPDX-License-Identifier: MIT
//
// Where requests come in: waits on the listening sockets, accepts, reads; and hears the order to stop.
// What a server with threads and one without have in common. Thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "arq/fcgi/exchange.h"
#include "arq/fcgi/server.h"
#include "arq/util/clock.h"
#include "arq/util/file.h"
#include "fcgi/in_flight.h"

namespace arq::fcgi {

class Doors {
public:
    // Throws std::system_error where a listener is no listening socket. `clock` outlives it.
    Doors(const Options& options, util::Clock& clock);

    // A listener on which a connection waits. None: it is to stop, or (is_stopping() tells) `patience` is
    // over.
    std::optional<int> wait(std::optional<std::chrono::milliseconds> patience = std::nullopt);

    // The request that comes in at a listener. Null where another thread or process was faster, the peer left
    // or spoke no FastCGI.
    std::unique_ptr<Exchange> receive(int listener);

    // From any thread or signal handler, any number of times.
    void stop() noexcept;
    bool is_stopping() const { return stopping_; }
    std::chrono::steady_clock::time_point stopped_at() const { return stopped_at_; }  // once stopping

    InFlight& in_flight() { return *in_flight_; }

private:
    void watch(int fd);
    util::UniqueFd accept(int listener);

    // Constant after construction; the descriptors may be used by any thread.
    const std::chrono::milliseconds io_timeout_;
    const std::size_t body_limit_bytes_;
    const std::function<std::size_t(const http::Request&)> long_body_limit_;
    const std::string long_body_folder_;
    const std::function<void()> on_stop_;
    util::Clock& clock_;
    const util::UniqueFd epoll_;
    const util::UniqueFd stop_event_;
    util::UniqueFd signals_;

    std::atomic<bool> stopping_{false};
    std::atomic<std::chrono::steady_clock::time_point> stopped_at_{};
    const std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();  // shared: see Exchange
};

}  // namespace arq::fcgi
