// SPDX-License-Identifier: MIT
//
// The nginx that the installation runs itself: whether it lives, where it listens, and what it answers.
// Nothing here waits. Used by one thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "arq/util/file.h"

namespace arq::watch {

struct WebAddress {
    std::string host;  // as nginx has it: "0.0.0.0", "[::]", "localhost"
    std::string port;
};

// Where an nginx with this configuration listens: the first `listen HOST:PORT;`.
std::optional<WebAddress> parse_listen(std::string_view configuration);

// Its master process, by run/nginx.pid.
class NginxProcess {
public:
    // `program`: its name or path (web.nginx_program).
    NginxProcess(std::string prefix, std::string_view program);

    // Looks which process it is by now. To be called in each round.
    void look();
    bool is_known() const { return static_cast<bool>(handle_); }
    // Becomes readable when that process ends; -1 where none is known, which poll() passes over.
    int fd() const { return handle_.get(); }
    // True once for each process that was known and has ended.
    bool take_end();

private:
    bool is_ours(pid_t process) const;

    const std::string prefix_;
    const std::string name_;
    util::UniqueFd handle_;  // of the process that is known. (Linux 5.3: without, probes alone tell.)
};

// A request that has been sent, or soon will be, and whose answer is still to come.
class WebProbe {
public:
    // `request`: the bytes to send. Throws std::system_error where nobody listens or the host has no address.
    WebProbe(const WebAddress& address, std::string request);

    int fd() const { return socket_.get(); }
    short events() const;  // what to poll for
    // Goes on with what is possible now. True once the answer is whole. Throws std::system_error where the
    // connection breaks.
    bool step();
    int status() const;  // after step() said true; 0 where that was no HTTP

private:
    util::UniqueFd socket_;
    std::string to_send_;
    std::string answer_;
};

}  // namespace arq::watch
