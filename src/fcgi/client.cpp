// SPDX-License-Identifier: MIT
#include "arq/fcgi/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <optional>
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

// Without a timeout it doesn't wait at all.
util::UniqueFd connect_to(const std::string& path, std::optional<std::chrono::milliseconds> timeout) {
    const std::size_t slash = path.rfind('/');
    const std::string folder_path = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const util::UniqueFd folder = open_folder(folder_path);
    const sockaddr_un address = socket_address(folder, name);

    util::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (timeout ? 0 : SOCK_NONBLOCK), 0));
    if (!socket) fail(errno, path);
    if (timeout) {
        // While the listener's queue is full, connect() waits as long as sending may.
        timeval wait{};
        wait.tv_sec = timeout->count() / 1000;
        wait.tv_usec = timeout->count() % 1000 * 1000;
        setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    }
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        fail(errno == EAGAIN && timeout ? ETIMEDOUT : errno, path);
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

// Takes what has come; true once the answer is whole.
bool take_into(AnswerReader& reader, int socket, const std::string& path) {
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) fail(ECONNRESET, path);
    if (count < 0 && !would_block()) fail(errno, path);
    return count > 0 && reader.feed({buffer.data(), static_cast<std::size_t>(count)});
}

}  // namespace

http::Response fetch(const std::string& socket_path, const http::Request& request,
                     std::chrono::milliseconds timeout) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
    const util::UniqueFd socket = connect_to(socket_path, timeout);
    send_all(socket.get(), encode_request(request), deadline, socket_path);
    AnswerReader reader;
    do wait_until_ready(socket.get(), POLLIN, deadline, socket_path);
    while (!take_into(reader, socket.get(), socket_path));
    return reader.response();
}

PendingAnswer::PendingAnswer(const std::string& socket_path, const http::Request& request)
    : path_(socket_path),
      socket_(connect_to(socket_path, std::nullopt)),
      reader_(std::make_unique<AnswerReader>()) {
    // It fits into the socket's buffer, so the deadline is never waited for.
    send_all(socket_.get(), encode_request(request), std::chrono::steady_clock::now(), socket_path);
}
PendingAnswer::~PendingAnswer() = default;
PendingAnswer::PendingAnswer(PendingAnswer&& other) noexcept = default;

bool PendingAnswer::take() {
    return take_into(*reader_, socket_.get(), path_);
}

http::Response PendingAnswer::response() const {
    return reader_->response();
}

}  // namespace arq::fcgi
