// SPDX-License-Identifier: MIT
#include "arq/fcgi/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "arq/fcgi/socket_address.h"
#include "arq/util/file.h"
#include "fcgi/records.h"

namespace arq::fcgi {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

util::UniqueFd connect_to(const std::string& path, std::chrono::milliseconds timeout) {
    const std::size_t slash = path.rfind('/');
    const std::string folder_path = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const util::UniqueFd folder = open_folder(folder_path);
    const sockaddr_un address = socket_address(folder, name);

    util::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) fail(errno, path);
    // While the listener's queue is full, connect() waits as long as sending may.
    timeval wait{};
    wait.tv_sec = timeout.count() / 1000;
    wait.tv_usec = timeout.count() % 1000 * 1000;
    setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        fail(errno == EAGAIN ? ETIMEDOUT : errno, path);
    }
    return socket;
}

void wait_until_ready(int socket, short events, SteadyTime deadline, const std::string& path) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) fail(ETIMEDOUT, path);
    pollfd waited{socket, events, 0};
    const int count = poll(&waited, 1, static_cast<int>(left.count()));
    if (count == 0) fail(ETIMEDOUT, path);
    if (count < 0 && errno != EINTR) fail(errno, path);
}

bool would_block() {
    return errno == EAGAIN || errno == EINTR;
}

// A worker may answer and close before it has read everything: then there is an answer to read all the same.
void send_all(int socket, std::string_view bytes, SteadyTime deadline, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return;
        } else if (would_block()) {
            wait_until_ready(socket, POLLOUT, deadline, path);
        } else {
            fail(errno, path);
        }
    }
}

http::Response receive(int socket, SteadyTime deadline, const std::string& path) {
    AnswerReader reader;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        wait_until_ready(socket, POLLIN, deadline, path);
        const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count == 0) fail(ECONNRESET, path);
        if (count < 0 && !would_block()) fail(errno, path);
        if (count > 0 && reader.feed({buffer.data(), static_cast<std::size_t>(count)})) {
            return reader.response();
        }
    }
}

}  // namespace

http::Response fetch(const std::string& socket_path, const http::Request& request,
                     std::chrono::milliseconds timeout) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
    const util::UniqueFd socket = connect_to(socket_path, timeout);
    send_all(socket.get(), encode_request(request), deadline, socket_path);
    return receive(socket.get(), deadline, socket_path);
}

}  // namespace arq::fcgi
