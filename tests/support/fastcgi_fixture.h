// SPDX-License-Identifier: MIT
//
// Real Unix sockets, servers on them and peers that behave badly, for the tests of fcgi. Nothing here sleeps:
// waiting is for an event, with a limit far above what a slow machine needs. Boost's assertions belong to the
// test's own thread; handlers, on the server's threads, hand over what they saw by a Mailbox.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "arq/fcgi/client.h"
#include "arq/fcgi/server.h"
#include "arq/fcgi/socket_address.h"
#include "arq/util/clock.h"
#include "arq/util/file.h"
#include "fcgi/records.h"
#include "support/temp_dir.h"

namespace arq::fcgi::tests {

using http::Request;
using http::Response;
using util::UniqueFd;

inline constexpr std::chrono::seconds kLimit{20};

// A temporary folder for sockets.
class SocketFolder {
public:
    const std::string& path() const { return folder_.path(); }
    std::string socket(const std::string& name = "s") const { return folder_.file(name); }

    UniqueFd listen(const std::string& name = "s") const {
        const UniqueFd folder = open_folder(path());
        const sockaddr_un address = socket_address(folder, name);
        UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        BOOST_REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(::listen(listener.get(), SOMAXCONN) == 0);
        return listener;
    }

private:
    arq::tests::TempDir folder_;
};

// A server on a thread of its own; stopped at the end.
class RunningServer {
public:
    RunningServer(const Options& options, Server::Handler handler)
        : server_(std::make_unique<Server>(options, clock_, std::move(handler))),
          result_(std::async(std::launch::async, [this] { return server_->run(); })) {}
    ~RunningServer() {
        if (result_.valid()) finish();
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    void stop() { server_->stop(); }

    // What run() returned.
    bool finish() {
        server_->stop();
        return wait();
    }
    bool wait() {
        BOOST_REQUIRE(result_.wait_for(kLimit) == std::future_status::ready);
        return result_.get();
    }

private:
    util::SystemClock clock_;
    std::unique_ptr<Server> server_;
    std::future<bool> result_;
};

// Hands values from one thread to another.
template <typename Value>
class Mailbox {
public:
    void put(Value value) {
        const std::lock_guard lock(mutex_);
        values_.push_back(std::move(value));
        arrived_.notify_one();
    }
    Value take() {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, kLimit, [this] { return !values_.empty(); })) {
            throw std::runtime_error("a Mailbox stayed empty");
        }
        Value value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Value> values_;  // guarded by mutex_
};

// A peer that sends what it likes.
class RawPeer {
public:
    explicit RawPeer(const std::string& socket_path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        BOOST_REQUIRE(socket_path.size() < sizeof address.sun_path);
        socket_path.copy(address.sun_path, socket_path.size());
        BOOST_REQUIRE(connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                      0);
    }
    void send(std::string_view bytes) {
        BOOST_REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(bytes.size()));
    }
    void send_no_more() { shutdown(socket_.get(), SHUT_WR); }
    void close() { socket_.reset(); }

    // Whatever comes until the server closes.
    std::string receive_all() {
        std::string result;
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (count <= 0) return result;
            result.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

private:
    UniqueFd socket_;
};

inline Request make_request(const std::string& target, const std::string& body = {}) {
    Request request;
    request.method = body.empty() ? "GET" : "POST";
    request.target = target;
    request.body = body;
    return request;
}

inline Response make_response(const std::string& body, int status = 200) {
    Response response;
    response.status = status;
    response.body = body;
    return response;
}

inline Response fetch(const std::string& socket_path, const Request& request) {
    return fcgi::fetch(socket_path, request, kLimit);
}

// On a thread of its own.
inline std::future<Response> fetch_later(const std::string& socket_path, const Request& request) {
    return std::async(std::launch::async, [=] { return fetch(socket_path, request); });
}

inline void echo(std::unique_ptr<Exchange> exchange) {
    exchange->respond(make_response(exchange->request().method + " " + exchange->request().target + " " +
                                    exchange->request().body));
}

inline Options options_for(const UniqueFd& listener, unsigned threads = 1) {
    Options options;
    options.listeners = {listener.get()};
    options.threads = threads;
    return options;
}

}  // namespace arq::fcgi::tests
