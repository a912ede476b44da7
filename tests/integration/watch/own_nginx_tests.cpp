// SPDX-License-Identifier: MIT
#include "arq/watch/own_nginx.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <system_error>

#include "support/temp_dir.h"

namespace arq::watch {
namespace {

// Stands in for an nginx: a listener on a port of its own.
struct Listener {
    Listener() {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof any;
        auto* const address = reinterpret_cast<sockaddr*>(&any);
        BOOST_REQUIRE(::bind(socket.get(), address, length) == 0);
        BOOST_REQUIRE(::listen(socket.get(), 5) == 0);
        BOOST_REQUIRE(::getsockname(socket.get(), address, &length) == 0);
        port = std::to_string(ntohs(any.sin_port));
    }
    // Answers the next connection; what it was asked.
    std::string answer(std::string_view text) const {
        const util::UniqueFd client{::accept(socket.get(), nullptr, nullptr)};
        char bytes[1024];
        const ssize_t count = ::recv(client.get(), bytes, sizeof bytes, 0);
        BOOST_REQUIRE(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(text.size()));
        return {bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

    util::UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::string port;
};

// One step when there is something to do; false where nothing came in time.
bool go_on(WebProbe& probe, bool& is_whole) {
    pollfd waited{probe.fd(), probe.events(), 0};
    if (::poll(&waited, 1, 5000) != 1) return false;
    is_whole = probe.step();
    return true;
}

int finish(WebProbe& probe) {
    bool is_whole = false;
    while (!is_whole) BOOST_REQUIRE(go_on(probe, is_whole));
    return probe.status();
}

// A process that is called `name` and works in a folder, as nginx's master does.
struct Child {
    Child(const char* name, const std::string& folder) {
        int ready[2];
        BOOST_REQUIRE(::pipe(ready) == 0);
        pid = ::fork();
        if (pid == 0) {
            ::prctl(PR_SET_NAME, name);
            const bool is_there = ::chdir(folder.c_str()) == 0;
            if (!is_there || ::write(ready[1], "x", 1) != 1) ::_exit(1);
            for (;;) ::pause();
        }
        char byte = 0;
        BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
        ::close(ready[0]);
        ::close(ready[1]);
    }
    ~Child() { end(); }
    void end() {
        if (pid <= 0) return;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        pid = 0;
    }
    pid_t pid = 0;
};

struct Prefix {
    void note(pid_t pid) const {
        util::write_file_atomically(folder.file("run/nginx.pid"), std::to_string(pid) + "\n", 0600);
    }
    Prefix() { BOOST_REQUIRE(::mkdir(folder.file("run").c_str(), 0700) == 0); }

    tests::TempDir folder;
    NginxProcess nginx{folder.path(), "/usr/sbin/a-long-name-of-nginx"};
};

BOOST_AUTO_TEST_SUITE(own_nginx_tests)

BOOST_AUTO_TEST_CASE(where_it_listens_is_read_from_its_configuration) {
    const auto plain = parse_listen("# listen 1.2.3.4:5;\nserver {\n        listen 0.0.0.0:8080;\n}\n");
    BOOST_TEST(plain.value().host == "0.0.0.0");
    BOOST_TEST(plain.value().port == "8080");
    BOOST_TEST(parse_listen("listen [::]:80 default_server;").value().host == "[::]");
    BOOST_TEST(!parse_listen("listen 8080;"));
    BOOST_TEST(!parse_listen("server_name _;"));
    BOOST_TEST(!parse_listen(""));
}

BOOST_AUTO_TEST_CASE(a_probe_is_asked_as_given_and_tells_the_status) {
    const Listener listener;
    WebProbe probe{{"127.0.0.1", listener.port}, "GET /health/live HTTP/1.0\r\n\r\n"};
    bool is_whole = false;
    BOOST_REQUIRE(go_on(probe, is_whole));
    BOOST_TEST(listener.answer("HTTP/1.1 200 OK\r\n\r\n{}") == "GET /health/live HTTP/1.0\r\n\r\n");
    BOOST_TEST(finish(probe) == 200);
}

BOOST_AUTO_TEST_CASE(another_status_and_what_is_no_http_are_told_apart) {
    const Listener listener;
    for (const auto& [text, status] :
         {std::pair{"HTTP/1.1 503 Service Unavailable\r\n\r\n", 503}, std::pair{"220 smtp\r\n", 0}}) {
        WebProbe probe{{"0.0.0.0", listener.port}, "GET / HTTP/1.0\r\n\r\n"};
        bool is_whole = false;
        BOOST_REQUIRE(go_on(probe, is_whole));
        listener.answer(text);
        BOOST_TEST(finish(probe) == status);
    }
}

BOOST_AUTO_TEST_CASE(where_nobody_listens_it_fails) {
    std::string port;
    {
        const Listener gone;
        port = gone.port;
    }
    const auto ask = [&] {
        WebProbe probe{{"127.0.0.1", port}, "GET / HTTP/1.0\r\n\r\n"};
        finish(probe);
    };
    BOOST_CHECK_EXCEPTION(ask(), std::system_error, [](const std::system_error& error) {
        return error.code() == std::errc::connection_refused;
    });
    BOOST_CHECK_THROW((WebProbe{{"no host.invalid", "80"}, ""}), std::system_error);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_an_nginx_is_seen_once, Prefix) {
    Child first{"nginx", folder.path()};
    nginx.look();
    BOOST_TEST(!nginx.is_known());
    note(first.pid);
    nginx.look();
    BOOST_TEST(nginx.is_known());
    BOOST_TEST(!nginx.take_end());
    first.end();
    nginx.look();  // the file names it still
    pollfd ended{nginx.fd(), POLLIN, 0};
    BOOST_TEST(::poll(&ended, 1, 5000) == 1);
    BOOST_TEST(nginx.take_end());
    BOOST_TEST(!nginx.take_end());
    nginx.look();
    BOOST_TEST(!nginx.is_known());
    const Child second{"a-long-name-of-", folder.path()};
    note(second.pid);
    nginx.look();
    BOOST_TEST(nginx.is_known());
}

BOOST_FIXTURE_TEST_CASE(another_process_of_that_number_is_no_nginx_of_ours, Prefix) {
    const Child elsewhere{"nginx", "/"};
    note(elsewhere.pid);
    nginx.look();
    BOOST_TEST(!nginx.is_known());
    const Child other{"sleep", folder.path()};
    note(other.pid);
    nginx.look();
    BOOST_TEST(!nginx.is_known());
    note(0);
    nginx.look();
    BOOST_TEST(!nginx.is_known());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
