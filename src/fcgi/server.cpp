// SPDX-License-Identifier: MIT
#include "arq/fcgi/server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "arq/util/file.h"
#include "arq/util/log.h"
#include "fcgi/connection.h"
#include "fcgi/in_flight.h"
#include "fcgi/parameters.h"

namespace arq::fcgi {
namespace {

constexpr int kShortageMilliseconds = 100;

util::UniqueFd owned(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return util::UniqueFd(fd);
}

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void make_listener_ready(int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    const bool known = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0;
    if (!known || listening == 0) {
        throw std::system_error(known ? EINVAL : errno, std::generic_category(),
                                "descriptor " + std::to_string(fd) + " is no listening socket");
    }
    // Several threads are told of one connection; those that come too late must not block in accept().
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        throw std::system_error(errno, std::generic_category(), "descriptor " + std::to_string(fd));
    }
}

// Threads that only are there, as long as this lives: so that those started meanwhile don't take the last
// that the account may have.
class SpareThreads {
public:
    explicit SpareThreads(unsigned count) {
        try {
            while (threads_.size() < count) threads_.emplace_back([this] { over_.wait(false); });
        } catch (const std::exception&) {
            return;  // those that are there are all there can be
        }
    }
    ~SpareThreads() {
        over_ = true;
        over_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }
    SpareThreads(const SpareThreads&) = delete;
    SpareThreads& operator=(const SpareThreads&) = delete;

private:
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr);
    if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_sigmask");
}

struct Server::State {
    State(const Options& the_options, util::Clock& the_clock, Handler the_handler)
        : options(the_options),
          clock(the_clock),
          handler(std::move(the_handler)),
          epoll(owned(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
          stop_event(owned(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
        watch(stop_event.get());
        if (options.stop_on_signals) {
            const sigset_t set = stop_signals();
            signals = owned(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
            watch(signals.get());
        }
        for (const int listener : options.listeners) {
            make_listener_ready(listener);
            watch(listener);
        }
    }

    // Not EPOLLEXCLUSIVE: it would tell one process alone of a connection, and that one may be draining.
    void watch(int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0) {
            throw std::system_error(errno, std::generic_category(),
                                    "epoll_ctl, descriptor " + std::to_string(fd));
        }
    }

    void stop() noexcept {
        if (!stopping) stopped_at = std::chrono::steady_clock::now();
        stopping = true;
        if (options.on_stop) options.on_stop();
        const std::uint64_t one = 1;
        // Never read, so every thread sees it. It can fail only when it already holds 2^64-2.
        [[maybe_unused]] const ssize_t written = ::write(stop_event.get(), &one, sizeof one);
    }

    std::optional<int> wait_for_connection();
    util::UniqueFd accept(int listener);
    void serve_one(util::UniqueFd socket);
    void serve();

    // Constant after construction; the descriptors may be used by any thread.
    const Options options;
    util::Clock& clock;
    const Handler handler;
    const util::UniqueFd epoll;
    const util::UniqueFd stop_event;
    util::UniqueFd signals;

    std::atomic<bool> stopping{false};
    std::atomic<std::chrono::steady_clock::time_point> stopped_at{};           // meaningful once stopping
    const std::shared_ptr<InFlight> in_flight = std::make_shared<InFlight>();  // shared: see Exchange
};

// A listener on which a connection waits, or none: stop.
std::optional<int> Server::State::wait_for_connection() {
    for (;;) {
        epoll_event event{};
        const int count = epoll_wait(epoll.get(), &event, 1, -1);
        if (count < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "epoll_wait");
        // Asked after waiting: what has arrived since stop() is the next worker's.
        if (stopping) return std::nullopt;
        const int ready = event.data.fd;
        if (count < 1) continue;
        if (ready != signals.get()) return ready;
        signalfd_siginfo signal{};
        if (::read(signals.get(), &signal, sizeof signal) == sizeof signal) {
            util::log_info("told to stop (signal " + std::to_string(signal.ssi_signo) + ")");
            stop();
        }
    }
}

util::UniqueFd Server::State::accept(int listener) {
    util::UniqueFd socket(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (socket) return socket;
    switch (errno) {
        case EAGAIN:  // another thread or process was faster
        case EINTR:
        case ECONNABORTED:
        case EPROTO:
            return socket;
        default:
            break;
    }
    // Mostly a shortage of descriptors or memory. The connection stays in the queue, so epoll would report it
    // again at once.
    const std::system_error error(errno, std::generic_category());
    util::log_error(std::string("cannot accept a connection: ") + error.what());
    pollfd until_stop{stop_event.get(), POLLIN, 0};
    poll(&until_stop, 1, kShortageMilliseconds);
    return socket;
}

void Server::State::serve_one(util::UniqueFd socket) {
    const auto accepted_at = clock.steady_now();
    auto connection = Connection::open(std::move(socket), options.io_timeout);
    if (!connection) return;
    RequestHead head = read_parameters(connection->parameters(), clock);
    head.request.accepted_at = accepted_at;
    connection->read_body(head.body_bytes, options.body_limit_bytes, head.request);
    handler(std::make_unique<Exchange>(std::move(connection), std::move(head.request), in_flight));
}

void Server::State::serve() {
    while (const std::optional<int> listener = wait_for_connection()) {
        util::UniqueFd socket = accept(*listener);
        if (!socket) continue;
        // This is the thread's door for errors: one request's must not end the service of the others.
        try {
            serve_one(std::move(socket));
        } catch (const std::exception& error) {
            util::log_error(std::string("a request failed outside its handling: ") + error.what());
        }
    }
}

Server::Server(const Options& options, util::Clock& clock, Handler handler) {
    initialise_library();
    state_ = std::make_shared<State>(options, clock, std::move(handler));
}

Server::~Server() = default;

bool Server::run() {
    std::vector<std::thread> threads;
    threads.reserve(state_->options.threads);
    std::optional<SpareThreads> spare{std::in_place, state_->options.spare_threads};
    while (threads.size() + 1 < state_->options.threads) {
        state_->in_flight->enter();
        try {
            threads.emplace_back([state = state_] {
                state->serve();
                state->in_flight->leave();
            });
        } catch (const std::exception& error) {  // also of memory
            state_->in_flight->leave();
            util::log_error("only " + std::to_string(threads.size() + 1) + " of " +
                            std::to_string(state_->options.threads) + " threads could be started (" +
                            error.what() +
                            "); lower pool.threads or raise the account's limit of processes " +
                            "(`ulimit -u`) or memory (`ulimit -v`)");
            break;
        }
    }
    spare.reset();
    state_->serve();

    const auto deadline = state_->stopped_at.load() + state_->options.drain_timeout;
    const bool all_finished = state_->in_flight->wait_for_none(deadline);
    if (!all_finished) {
        util::log_error(std::to_string(state_->in_flight->count()) +
                        " requests or threads were still at work when the time to finish was over");
    }
    for (std::thread& thread : threads) {
        if (all_finished) {
            thread.join();
        } else {
            thread.detach();
        }
    }
    return all_finished;
}

void Server::stop() noexcept {
    state_->stop();
}

}  // namespace arq::fcgi
