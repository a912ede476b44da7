// SPDX-License-Identifier: MIT
#include "fcgi/doors.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "arq/util/log.h"
#include "fcgi/connection.h"
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

}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr);
    if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_sigmask");
}

Doors::Doors(const Options& options, util::Clock& clock)
    : io_timeout_(options.io_timeout),
      body_limit_bytes_(options.body_limit_bytes),
      long_body_limit_(options.long_body_limit),
      long_body_folder_(options.long_body_folder),
      on_stop_(options.on_stop),
      clock_(clock),
      epoll_(owned(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      stop_event_(owned(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
    initialise_library();
    watch(stop_event_.get());
    if (options.stop_on_signals) {
        const sigset_t set = stop_signals();
        signals_ = owned(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
        watch(signals_.get());
    }
    for (const int listener : options.listeners) {
        make_listener_ready(listener);
        watch(listener);
    }
}

// Not EPOLLEXCLUSIVE: it would tell one process alone of a connection, and that one may be draining.
void Doors::watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0) {
        throw std::system_error(errno, std::generic_category(),
                                "epoll_ctl, descriptor " + std::to_string(fd));
    }
}

void Doors::stop() noexcept {
    if (!stopping_) stopped_at_ = std::chrono::steady_clock::now();
    stopping_ = true;
    if (on_stop_) on_stop_();
    const std::uint64_t one = 1;
    // Never read, so every thread sees it. It can fail only when it already holds 2^64-2.
    [[maybe_unused]] const ssize_t written = ::write(stop_event_.get(), &one, sizeof one);
}

std::optional<int> Doors::wait(std::optional<std::chrono::milliseconds> patience) {
    for (;;) {
        epoll_event event{};
        const int count =
            epoll_wait(epoll_.get(), &event, 1, patience ? static_cast<int>(patience->count()) : -1);
        if (count < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "epoll_wait");
        // Asked after waiting: what has arrived since stop() is the next worker's.
        if (stopping_ || (count == 0 && patience)) return std::nullopt;
        const int ready = event.data.fd;
        if (count < 1) continue;
        if (ready != signals_.get()) return ready;
        signalfd_siginfo signal{};
        if (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
            util::log_info("told to stop (signal " + std::to_string(signal.ssi_signo) + ")");
            stop();
        }
    }
}

util::UniqueFd Doors::accept(int listener) {
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
    pollfd until_stop{stop_event_.get(), POLLIN, 0};
    poll(&until_stop, 1, kShortageMilliseconds);
    return socket;
}

std::unique_ptr<Exchange> Doors::receive(int listener) {
    util::UniqueFd socket = accept(listener);
    if (!socket) return nullptr;
    const auto accepted_at = clock_.steady_now();
    auto connection = Connection::open(std::move(socket), io_timeout_);
    if (!connection) return nullptr;
    RequestHead head = read_parameters(connection->parameters(), clock_);
    head.request.accepted_at = accepted_at;
    connection->read_body(head.body_bytes,
                          {.bytes = body_limit_bytes_,
                           .long_bytes = long_body_limit_ ? long_body_limit_(head.request) : 0,
                           .folder = long_body_folder_},
                          head.request);
    return std::make_unique<Exchange>(std::move(connection), std::move(head.request), in_flight_);
}

}  // namespace arq::fcgi
