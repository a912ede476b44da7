// SPDX-License-Identifier: MIT
#include "arq/fcgi/serial_server.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "arq/util/log.h"
#include "fcgi/doors.h"

namespace arq::fcgi {

struct SerialServer::State {
    Doors doors;
    const Handler handler;
    const Chores chores;
    const std::chrono::milliseconds chores_interval;

    using Time = std::chrono::steady_clock::time_point;
    std::optional<Time> chores_due;  // none: nothing to do before the next request

    std::optional<std::chrono::milliseconds> time_to_chores() const {
        if (!chores_due) return std::nullopt;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*chores_due - Time::clock::now());
        return std::max(left, std::chrono::milliseconds{0});
    }
    void do_chores() {
        chores_due.reset();
        if (chores()) chores_due = Time::clock::now() + chores_interval;
    }
    void serve(int listener) {
        auto exchange = doors.receive(listener);
        if (!exchange) return;
        if (!chores_due) chores_due = Time::clock::now() + chores_interval;
        handler(std::move(exchange));
    }
};

SerialServer::SerialServer(const Options& options, util::Clock& clock, Handler handler, Chores chores,
                           std::chrono::milliseconds chores_interval)
    : state_(new State{.doors{options, clock},
                       .handler = std::move(handler),
                       .chores = std::move(chores),
                       .chores_interval = chores_interval,
                       .chores_due = std::nullopt}) {}

SerialServer::~SerialServer() = default;

void SerialServer::run() {
    State& state = *state_;
    while (!state.doors.is_stopping()) {
        const std::optional<int> listener = state.doors.wait(state.time_to_chores());
        // One request's failure must not end the service of the others.
        try {
            if (listener) state.serve(*listener);
            // Also where requests never cease.
            if (state.chores_due && std::chrono::steady_clock::now() >= *state.chores_due) state.do_chores();
        } catch (const std::exception& error) {
            util::log_error(std::string("a request failed outside its handling: ") + error.what());
        }
    }
}

void SerialServer::stop() noexcept {
    state_->doors.stop();
}

}  // namespace arq::fcgi
