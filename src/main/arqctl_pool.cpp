// SPDX-License-Identifier: MIT
//
// arqctl restart and status.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "arq/config/config.h"
#include "arq/fcgi/client.h"
#include "arq/json/writer.h"
#include "arq/util/file.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kRestartUsage =
    "usage: arqctl restart\n"
    "\n"
    "Replaces the workers one by one by new ones of the current release and the settings of etc/arq.json: "
    "each\n"
    "new one serves before the old one goes, which finishes what it has begun. Ends with 0 when all serve.\n";

constexpr const char* kStatusUsage =
    "usage: arqctl status [--json]\n"
    "\n"
    "Tells which workers there are and asks each slot of the pool whether it answers. Ends with 0 when all "
    "do.\n";

using Number = std::optional<std::int64_t>;

struct Worker {
    int index = 0;
    Number pid;       // none where it isn't ready
    Number restarts;  // as the supervisor counts them
};

struct Slot {
    int number = 0;
    double milliseconds = 0;
    std::string failure;  // empty where it answers
};

// What a file of the supervisor's holds; nothing where it is missing.
Number read_number(const std::string& path) {
    try {
        const std::string text = util::read_file(path);
        std::int64_t number = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
            return std::nullopt;
        return number;
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

// The process id in a file, if that process is there.
Number read_process(const std::string& path) {
    const Number pid = read_number(path);
    if (!pid || ::access(("/proc/" + std::to_string(*pid)).c_str(), F_OK) != 0) return std::nullopt;
    return pid;
}

std::vector<Worker> read_workers(const Prefix& prefix, std::int64_t count) {
    std::vector<Worker> workers;
    for (int index = 1; index <= count; ++index) {
        const std::string base = prefix.run() + "/worker-" + std::to_string(index);
        workers.push_back({.index = index,
                           .pid = read_process(base + ".pid"),
                           .restarts = read_number(base + ".restarts")});
    }
    return workers;
}

Slot probe_slot(const Prefix& prefix, int number) {
    Slot slot{.number = number};
    const auto started = std::chrono::steady_clock::now();
    try {
        http::Request request{.method = "GET", .target = "/health/ready"};
        const http::Response response = fcgi::fetch(prefix.run() + "/slot" + std::to_string(number) + ".sock",
                                                    request, std::chrono::seconds{5});
        if (response.status != 200) slot.failure = "answers " + std::to_string(response.status);
    } catch (const std::system_error& error) {
        slot.failure = error.code().message();
    }
    slot.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
    return slot;
}

struct Status {
    Number supervisor;
    std::vector<Worker> workers;
    std::vector<Slot> slots;

    bool is_well() const {
        return supervisor &&
               std::all_of(workers.begin(), workers.end(),
                           [](const Worker& w) { return w.pid.has_value(); }) &&
               std::all_of(slots.begin(), slots.end(), [](const Slot& s) { return s.failure.empty(); });
    }
};

void write_number(json::Writer& json, std::string_view name, const Number& number) {
    json.key(name);
    if (number)
        json.value(*number);
    else
        json.null();
}

void print_json(const Status& status) {
    json::Writer json{json::Writer::Style::kIndented};
    json.begin_object().key("status").value(status.is_well() ? "ok" : "degraded");
    write_number(json, "supervisor_pid", status.supervisor);
    json.key("workers").begin_array();
    for (const Worker& worker : status.workers) {
        json.begin_object().key("index").value(worker.index);
        write_number(json, "pid", worker.pid);
        write_number(json, "restarts", worker.restarts);
        json.end_object();
    }
    json.end_array().key("slots").begin_array();
    for (const Slot& slot : status.slots) {
        json.begin_object().key("slot").value(slot.number).key("answers").value(slot.failure.empty());
        json.key("ms").value(slot.milliseconds, 2).key("failure");
        if (slot.failure.empty())
            json.null();
        else
            json.value(slot.failure);
        json.end_object();
    }
    json.end_array().end_object();
    std::puts(json.take().c_str());
}

void print_screen(const Status& status) {
    const auto process = [](const Number& pid, const char* missing) {
        return pid ? "pid " + std::to_string(*pid) : std::string{missing};
    };
    std::printf("pool        %s\n", status.is_well() ? "all slots answer" : "NOT well: see below");
    std::printf("supervisor  %s\n",
                process(status.supervisor, "not running: `arq-supervisor start` starts it").c_str());
    for (const Worker& worker : status.workers)
        std::printf("worker %-4d %s%s\n", worker.index,
                    process(worker.pid, "not ready: log/worker.log says why").c_str(),
                    worker.restarts ? (", restarts " + std::to_string(*worker.restarts)).c_str() : "");
    for (const Slot& slot : status.slots)
        std::printf("slot %-6d %s (%.1f ms)\n", slot.number,
                    slot.failure.empty() ? "answers" : slot.failure.c_str(), slot.milliseconds);
}

}  // namespace

int run_restart(const Prefix& prefix, const Words& words) {
    if (!words.empty() && words[0] == "--help") {
        std::fputs(kRestartUsage, stdout);
        return 0;
    }
    if (!words.empty()) return fail_usage("restart takes no arguments", kRestartUsage);
    const std::string program = prefix.path + "/current/bin/arq-supervisor";
    ::execl(program.c_str(), program.c_str(), "--prefix", prefix.path.c_str(), "restart", nullptr);
    throw std::runtime_error{program + " can't be run (" + std::strerror(errno) + "): is the release whole?"};
}

int run_status(const Prefix& prefix, const Words& words) {
    if (!words.empty() && words[0] == "--help") {
        std::fputs(kStatusUsage, stdout);
        return 0;
    }
    try {
        const Options options{words, {}, {"--json"}};
        const config::Config config = config::load_config(prefix.config());
        Status status{.supervisor = read_process(prefix.run() + "/supervisor.pid"),
                      .workers = read_workers(prefix, config.pool.workers)};
        for (int number = 0; number < config::kSlots; ++number)
            status.slots.push_back(probe_slot(prefix, number));
        if (options.has("--json"))
            print_json(status);
        else
            print_screen(status);
        return status.is_well() ? 0 : 1;
    } catch (const UsageError& error) {
        return fail_usage(error.message, kStatusUsage);
    }
}

}  // namespace arq::main
