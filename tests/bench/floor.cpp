// SPDX-License-Identifier: MIT
#include "floor.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace arq::bench {
namespace {

constexpr int kSlots = 10;
constexpr int kBacklog = 4096;  // as long as ARQ's

[[noreturn]] void fail(const std::string& what) {
    std::perror(what.c_str());
    std::exit(1);
}

std::vector<int> bind_slots(const std::string& folder) {
    if (::chdir((folder + "/run").c_str()) != 0) fail(folder + "/run");
    std::vector<int> slots;
    for (int slot = 0; slot < kSlots; ++slot) {
        const std::string name = "slot" + std::to_string(slot) + ".sock";
        ::unlink(name.c_str());
        const int fd = FCGX_OpenSocket(name.c_str(), kBacklog);
        if (fd < 0) fail(name);
        // Two threads may hear of one connection: who comes too late must not wait in accept().
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        slots.push_back(fd);
    }
    return slots;
}

std::string read_body(FCGX_Request& request) {
    const char* length = FCGX_GetParam("CONTENT_LENGTH", request.envp);
    std::string body(length == nullptr ? 0 : std::strtoul(length, nullptr, 10), '\0');
    const int got = FCGX_GetStr(body.data(), static_cast<int>(body.size()), request.in);
    body.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return body;
}

void serve(int epoll, const Handler& handler) {
    FCGX_Request request;
    FCGX_InitRequest(&request, -1, FCGI_FAIL_ACCEPT_ON_INTR);
    for (;;) {
        epoll_event event{};
        if (::epoll_wait(epoll, &event, 1, -1) < 1) continue;
        request.listen_sock = event.data.fd;
        if (FCGX_Accept_r(&request) < 0) continue;  // another thread was faster
        const char* user = FCGX_GetParam("HTTP_X_ARQ_USER", request.envp);
        const std::string answer = handler({.body = read_body(request), .user = user == nullptr ? "" : user});
        FCGX_FPrintF(request.out, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                     static_cast<int>(answer.size()));
        FCGX_PutStr(answer.data(), static_cast<int>(answer.size()), request.out);
        FCGX_Finish_r(&request);
    }
}

[[noreturn]] void work(const PoolShape& shape, const std::vector<int>& slots,
                       const std::function<Handler()>& make_handler) {
    const int epoll = ::epoll_create1(0);
    for (const int slot : slots) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = slot;
        if (::epoll_ctl(epoll, EPOLL_CTL_ADD, slot, &event) != 0) fail("epoll_ctl");
    }
    const Handler handler = make_handler();
    std::vector<std::thread> threads;
    for (int i = 1; i < shape.threads; ++i) threads.emplace_back([&] { serve(epoll, handler); });
    serve(epoll, handler);
    std::abort();
}

}  // namespace

PoolShape parse_shape(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: %s FOLDER WORKERS THREADS …\n", argv[0]);
        std::exit(2);
    }
    return {.folder = argv[1], .workers = std::stoi(argv[2]), .threads = std::stoi(argv[3])};
}

int run_pool(const PoolShape& shape, const std::function<Handler()>& make_handler) {
    FCGX_Init();
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGTERM, SIG_DFL);  // which libfcgi takes for itself
    const std::vector<int> slots = bind_slots(shape.folder);
    for (int worker = 0; worker < shape.workers; ++worker) {
        std::vector<int> own;
        for (int slot = worker; slot < kSlots; slot += shape.workers)
            own.push_back(slots[static_cast<std::size_t>(slot)]);
        if (::fork() == 0) work(shape, own, make_handler);
    }
    while (::wait(nullptr) > 0) {
    }
    return 0;
}

}  // namespace arq::bench
