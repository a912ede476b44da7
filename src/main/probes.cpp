// SPDX-License-Identifier: MIT
#include "main/probes.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <system_error>

#include "arq/config/config.h"
#include "arq/fcgi/client.h"
#include "arq/http/api.h"

namespace arq::main {
namespace {

using watch::Answer;

constexpr const char* kTarget = "/health/live";

std::string slot_socket(int slot) {
    return "slot" + std::to_string(slot) + ".sock";
}

struct Door {
    std::optional<fcgi::PendingAnswer> worker;
    std::optional<watch::WebProbe> nginx;
    Answer answer = Answer::kSilent;

    bool is_awaited() const { return worker || nginx; }
    pollfd waits_for() const {
        if (nginx) return {nginx->fd(), nginx->events(), 0};
        return {worker->fd(), POLLIN, 0};
    }
    // The status, once it is there.
    std::optional<int> take() {
        if (nginx) {
            if (!nginx->step()) return std::nullopt;
            return nginx->status();
        }
        if (!worker->take()) return std::nullopt;
        return worker->response().status;
    }
    void end(Answer how) {
        answer = how;
        worker.reset();
        nginx.reset();
    }
};

// Where we ourselves are at a limit, nothing was found out, and so nobody was seen to answer.
bool is_our_own(const std::error_code& code) {
    const int error = code.value();
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

void attempt(Door& door, const std::function<void()>& step) {
    try {
        step();
    } catch (const std::system_error& error) {
        door.end(is_our_own(error.code()) ? Answer::kSilent : Answer::kRefused);
    }
}

void knock(Door& door, const std::string& socket) {
    attempt(door, [&] {
        door.worker.emplace(socket, http::Request{.method = "GET",
                                                  .target = kTarget,
                                                  .headers = {{"user-agent", http::kProbeUserAgent}}});
    });
}

void knock(Door& door, const std::optional<watch::WebAddress>& nginx) {
    if (!nginx) return door.end(Answer::kRefused);
    attempt(door, [&] {
        door.nginx.emplace(
            *nginx, std::string{"GET "} + kTarget +
                        " HTTP/1.0\r\nHost: localhost\r\nUser-Agent: " + http::kProbeUserAgent + "\r\n\r\n");
    });
}

// False once nothing is awaited any more.
bool wait_for_some(std::vector<Door>& doors, std::chrono::steady_clock::time_point deadline, int stop_fd) {
    std::vector<pollfd> waited{{stop_fd, POLLIN, 0}};
    std::vector<Door*> owners{nullptr};
    for (Door& door : doors) {
        if (!door.is_awaited()) continue;
        waited.push_back(door.waits_for());
        owners.push_back(&door);
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (waited.size() == 1 || left.count() <= 0) return false;
    if (::poll(waited.data(), waited.size(), static_cast<int>(left.count())) <= 0) return errno == EINTR;
    if (waited[0].revents != 0) return false;
    for (std::size_t at = 1; at < waited.size(); ++at) {
        if (waited[at].revents == 0) continue;
        attempt(*owners[at], [&door = *owners[at]] {
            if (const auto status = door.take()) door.end(*status == 200 ? Answer::kGood : Answer::kBad);
        });
    }
    return true;
}

}  // namespace

std::optional<Answer> Probes::at(std::string_view socket) const {
    if (socket == "legacy.sock") return standby;
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (socket == slot_socket(static_cast<int>(slot))) return slots[slot];
    return std::nullopt;
}

Probes ask(const ProbeTargets& targets, std::chrono::steady_clock::time_point deadline, int stop_fd) {
    constexpr std::size_t kStandby = config::kSlots;
    constexpr std::size_t kNginx = kStandby + 1;
    std::vector<Door> doors(kNginx + 1);
    for (int slot = 0; slot < config::kSlots; ++slot)
        knock(doors[static_cast<std::size_t>(slot)], targets.run_folder + "/" + slot_socket(slot));
    if (targets.has_standby) knock(doors[kStandby], targets.run_folder + "/legacy.sock");
    if (targets.has_nginx) knock(doors[kNginx], targets.nginx);
    while (wait_for_some(doors, deadline, stop_fd)) {
    }
    Probes probes;
    for (std::size_t slot = 0; slot < kStandby; ++slot) probes.slots.push_back(doors[slot].answer);
    if (targets.has_standby) probes.standby = doors[kStandby].answer;
    if (targets.has_nginx) probes.nginx = doors[kNginx].answer;
    return probes;
}

}  // namespace arq::main
