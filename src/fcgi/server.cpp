// SPDX-License-Identifier: MIT
#include "arq/fcgi/server.h"

#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "arq/util/log.h"
#include "fcgi/doors.h"

namespace arq::fcgi {
struct Server::State {
    State(const Options& the_options, util::Clock& clock, Handler the_handler)
        : options(the_options), handler(std::move(the_handler)), doors(the_options, clock) {}

    void serve();

    const Options options;
    const Handler handler;
    Doors doors;

    std::mutex threads_mutex;
    std::vector<std::thread> threads;  // guarded by threads_mutex
};

void Server::State::serve() {
    while (const std::optional<int> listener = doors.wait()) {
        // This is the thread's door for errors: one request's must not end the service of the others.
        try {
            if (auto exchange = doors.receive(*listener)) handler(std::move(exchange));
        } catch (const std::exception& error) {
            util::log_error(std::string("a request failed outside its handling: ") + error.what());
        }
    }
}

Server::Server(const Options& options, util::Clock& clock, Handler handler)
    : state_(std::make_shared<State>(options, clock, std::move(handler))) {}

Server::~Server() = default;

bool Server::run() {
    if (const std::string refusal = start_threads(); !refusal.empty())
        util::log_error("only " + std::to_string(state_->threads.size() + 1) + " of " +
                        std::to_string(state_->options.threads) + " threads could be started (" + refusal +
                        "); the others follow once the account's limit of processes (`ulimit -u`) or memory "
                        "(`ulimit -v`) allows them");
    state_->serve();

    InFlight& in_flight = state_->doors.in_flight();
    const auto deadline = state_->doors.stopped_at() + state_->options.drain_timeout;
    const bool all_finished = in_flight.wait_for_none(deadline);
    if (!all_finished) {
        util::log_error(std::to_string(in_flight.count()) +
                        " requests or threads were still at work when the time to finish was over");
    }
    const std::lock_guard lock(state_->threads_mutex);
    for (std::thread& thread : state_->threads) {
        if (all_finished) {
            thread.join();
        } else {
            thread.detach();
        }
    }
    return all_finished;
}

// What the system said where it refused one; empty: all are there.
std::string Server::start_threads() {
    InFlight& in_flight = state_->doors.in_flight();
    const std::lock_guard lock(state_->threads_mutex);
    const auto& more_threads = state_->options.more_threads;
    std::size_t allowed = more_threads ? more_threads() : SIZE_MAX;
    while (state_->threads.size() + 1 < state_->options.threads && !state_->doors.is_stopping()) {
        if (allowed-- == 0) return "the account has no room for more";
        in_flight.enter();
        try {
            state_->threads.emplace_back([state = state_] {
                state->serve();
                state->doors.in_flight().leave();
            });
        } catch (const std::exception& error) {  // also of memory
            in_flight.leave();
            return error.what();
        }
    }
    return {};
}

void Server::grow() {
    {
        const std::lock_guard lock(state_->threads_mutex);
        if (state_->threads.size() + 1 >= state_->options.threads) return;
    }
    if (start_threads().empty() && !state_->doors.is_stopping())
        util::log_info("all " + std::to_string(state_->options.threads) + " threads are there now");
}

void Server::stop() noexcept {
    state_->doors.stop();
}

}  // namespace arq::fcgi
