// SPDX-License-Identifier: MIT
#include "arq/watch/own_nginx.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

namespace arq::watch {
namespace {

// As much as is looked at of an answer.
constexpr std::size_t kLongestAnswer = 64UL * 1024;

// What the kernel calls a process that runs a program.
std::string name_of(std::string_view program) {
    constexpr std::size_t kLongestName = 15;
    return std::string{program.substr(program.rfind('/') + 1).substr(0, kLongestName)};
}

std::string read(const std::string& path) {
    try {
        return util::read_file(path);
    } catch (const std::system_error&) {
        return {};
    }
}

bool would_block() {
    return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
}

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

}  // namespace

std::optional<WebAddress> parse_listen(std::string_view configuration) {
    constexpr std::string_view kListen = "listen ";
    for (std::size_t at = 0; at < configuration.size();) {
        const std::size_t end = std::min(configuration.find('\n', at), configuration.size());
        std::string_view line = configuration.substr(at, end - at);
        at = end + 1;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (!line.starts_with(kListen)) continue;
        line.remove_prefix(kListen.size());
        line = line.substr(0, line.find_first_of("; "));
        const std::size_t colon = line.rfind(':');
        if (colon == std::string_view::npos || colon == 0) return std::nullopt;
        return WebAddress{std::string{line.substr(0, colon)}, std::string{line.substr(colon + 1)}};
    }
    return std::nullopt;
}

NginxProcess::NginxProcess(std::string prefix, std::string_view program)
    : prefix_(std::move(prefix)), name_(name_of(program)) {}

// A process id may have gone to somebody else: it must be an nginx that works in the prefix.
bool NginxProcess::is_ours(pid_t process) const {
    const std::string folder = "/proc/" + std::to_string(process);
    const std::string name = read(folder + "/comm");
    if (name != name_ + "\n" && name != "nginx\n") return false;
    struct stat works_in {};
    struct stat prefix {};
    return ::stat((folder + "/cwd").c_str(), &works_in) == 0 && ::stat(prefix_.c_str(), &prefix) == 0 &&
           works_in.st_dev == prefix.st_dev && works_in.st_ino == prefix.st_ino;
}

void NginxProcess::look() {
    const std::string text = read(prefix_ + "/run/nginx.pid");
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    // The end of the one that is known is yet to be taken.
    if (pid <= 0 || handle_) return;
    util::UniqueFd handle{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    // Looked at when it is held: now the number can't go to somebody else.
    if (!handle || !is_ours(pid)) return;
    handle_ = std::move(handle);
}

bool NginxProcess::take_end() {
    if (!handle_) return false;
    pollfd ended{handle_.get(), POLLIN, 0};
    if (::poll(&ended, 1, 0) != 1) return false;
    handle_ = {};
    return true;
}

WebProbe::WebProbe(const WebAddress& address, std::string request) : to_send_(std::move(request)) {
    std::string host = address.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const addrinfo wanted{.ai_flags = AI_NUMERICSERV, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), address.port.c_str(), &wanted, &found) != 0) fail(EADDRNOTAVAIL, host);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list{found, ::freeaddrinfo};
    socket_ = util::UniqueFd{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket_) fail(errno, host);
    // (The address that stands for all of the machine's is one to connect to as well: loopback.)
    if (::connect(socket_.get(), found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS)
        fail(errno, host);
}

short WebProbe::events() const {
    return to_send_.empty() ? POLLIN : POLLOUT;
}

bool WebProbe::step() {
    if (!to_send_.empty()) {
        const ssize_t count =
            ::send(socket_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && !would_block()) fail(errno, "send");
        if (count > 0) to_send_.erase(0, static_cast<std::size_t>(count));
        return false;
    }
    char bytes[4096];
    const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && !would_block()) fail(errno, "recv");
    if (count > 0) answer_.append(bytes, static_cast<std::size_t>(count));
    return count == 0 || answer_.size() > kLongestAnswer;
}

int WebProbe::status() const {
    // "HTTP/1.1 200 OK"
    const std::size_t blank = answer_.find(' ');
    int status = 0;
    if (answer_.starts_with("HTTP/") && blank != std::string::npos)
        std::from_chars(answer_.data() + blank + 1, answer_.data() + answer_.size(), status);
    return status;
}

}  // namespace arq::watch
