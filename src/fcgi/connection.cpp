// SPDX-License-Identifier: MIT
#include "fcgi/connection.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>

namespace arq::fcgi {
namespace {

constexpr std::size_t kWriteBytes = 1 << 20;  // FCGX_PutStr counts in int

void initialise_once() {
    // libfcgi takes SIGTERM and SIGUSR1 for itself; its handler would make later reads fail.
    struct sigaction on_terminate {};
    struct sigaction on_user {};
    sigaction(SIGTERM, nullptr, &on_terminate);
    sigaction(SIGUSR1, nullptr, &on_user);
    const int result = FCGX_Init();
    sigaction(SIGTERM, &on_terminate, nullptr);
    sigaction(SIGUSR1, &on_user, nullptr);
    static_cast<void>(signal(SIGPIPE, SIG_IGN));
    if (result != 0) throw std::system_error(ENOMEM, std::generic_category(), "FCGX_Init");
}

void set_timeout(int socket, std::chrono::milliseconds timeout) {
    timeval value{};
    value.tv_sec = timeout.count() / 1000;
    value.tv_usec = timeout.count() % 1000 * 1000;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
}

void put(FCGX_Stream* stream, std::string_view text) {
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, kWriteBytes);
        if (FCGX_PutStr(piece.data(), static_cast<int>(piece.size()), stream) < 0) return;
        text.remove_prefix(piece.size());
    }
}

// Gone when it is closed, whatever becomes of this process. None where there is no room for one.
util::UniqueFd make_nameless_file(const std::string& folder) {
    std::string path = folder + "/body-XXXXXX";
    util::UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
    if (file) static_cast<void>(::unlink(path.c_str()));
    return file;
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

void initialise_library() {
    static std::once_flag once;  // libfcgi's own state is the process's, and its FCGX_Init takes no lock
    std::call_once(once, initialise_once);
}

std::unique_ptr<Connection> Connection::open(util::UniqueFd socket, std::chrono::milliseconds io_timeout) {
    set_timeout(socket.get(), io_timeout);
    std::unique_ptr<Connection> connection(new Connection);
    FCGX_Request& request = connection->request_;
    // Handing libfcgi a connection that we accepted, rather than a listener, bounds every read of it and
    // tells us why accepting failed. It takes a connection kept from an earlier request for such a one;
    // without a listener it accepts no other in its place when this one turns out to be none.
    FCGX_InitRequest(&request, -1, 0);
    request.ipcFd = socket.release();
    request.keepConnection = 1;
    if (FCGX_Accept_r(&request) != 0) return nullptr;
    // At closing libfcgi would wait up to two seconds for the peer to close first. That guards against a
    // reset by unread bytes, and read_body() leaves none.
    FCGX_Detach(&request);
    return connection;
}

// Also where the web server asked for the connection to be kept: while it is idle it would hold a thread.
Connection::~Connection() {
    FCGX_Free(&request_, 1);
}

std::vector<Parameter> Connection::parameters() const {
    std::vector<Parameter> result;
    for (char** entry = request_.envp; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return result;
}

void Connection::read_body(std::optional<std::uint64_t> announced_bytes, const BodyLimits& limits,
                           http::Request& request) {
    const bool is_long = announced_bytes.value_or(0) > limits.bytes && *announced_bytes <= limits.long_bytes;
    const std::size_t limit_bytes = is_long ? limits.long_bytes : limits.bytes;
    const std::uint64_t keep_bytes =
        std::min<std::uint64_t>(announced_bytes.value_or(limit_bytes), limit_bytes);
    util::UniqueFd file;
    if (is_long) file = make_nameless_file(limits.folder);
    bool is_lost = is_long && !file;
    std::uint64_t received_bytes = 0;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const int count = FCGX_GetStr(buffer.data(), static_cast<int>(buffer.size()), request_.in);
        if (count <= 0) break;
        const std::uint64_t kept = std::min<std::uint64_t>(received_bytes, keep_bytes);
        received_bytes += static_cast<std::uint64_t>(count);
        const std::size_t wanted =
            std::min<std::uint64_t>(keep_bytes - kept, static_cast<std::uint64_t>(count));
        if (!is_long)
            request.body.append(buffer.data(), wanted);
        else if (!is_lost)
            is_lost = !write_all(file.get(), {buffer.data(), wanted});
    }
    request.body_too_large = announced_bytes.value_or(received_bytes) > limit_bytes;
    request.body_incomplete = FCGX_GetError(request_.in) != 0 || received_bytes < announced_bytes.value_or(0);
    // The rest of a body that is longer than it says can't be told from nonsense.
    if (received_bytes > announced_bytes.value_or(received_bytes)) request.length_invalid = true;
    if (request.body_too_large) {
        request.body.clear();
        request.body.shrink_to_fit();
    }
    request.long_body_lost = is_lost;
    if (is_long && !is_lost) request.long_body = std::make_shared<const util::UniqueFd>(std::move(file));
}

bool Connection::answer(std::string_view head, std::string_view body,
                        const std::function<bool(std::string& piece)>& more) {
    put(request_.out, head);
    put(request_.out, body);
    std::string piece;
    for (bool goes_on = static_cast<bool>(more); goes_on && FCGX_GetError(request_.out) == 0;) {
        piece.clear();
        goes_on = more(piece);
        put(request_.out, piece);
    }
    // In this order both ends go out with the last of the answer, in one write.
    FCGX_FClose(request_.err);
    const bool delivered = FCGX_FClose(request_.out) == 0;
    FCGX_Finish_r(&request_);
    return delivered;
}

}  // namespace arq::fcgi
