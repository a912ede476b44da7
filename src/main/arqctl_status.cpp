// SPDX-License-Identifier: MIT
//
// arqctl status: what the supervisor says of its processes, what the slots answer, and the pool's numbers as
// /health has them, on one screen.
#include <dirent.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>

#include "arq/config/config.h"
#include "arq/fcgi/client.h"
#include "arq/json/writer.h"
#include "arq/monitor/canary_state.h"
#include "arq/monitor/pool_map.h"
#include "arq/util/file.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl status [--json]\n"
    "\n"
    "Tells which workers there are, of which release, asks each slot of the pool whether it answers, and "
    "shows "
    "the\n"
    "numbers of the last five minutes. Ends with 0 when all is well.\n";

using Number = std::optional<std::int64_t>;

struct Worker {
    std::string name;     // as the supervisor calls it: 1, c1, l1, standby
    std::string variant;  // empty where it was never ready
    std::string slots;    // "0,2,4"
    Number pid;           // none where it isn't ready
    Number restarts, started, memory_bytes;
};

struct Socket {
    std::string name;
    double milliseconds = 0;
    std::string failure;  // empty where it answers
};

// What a file of the supervisor's holds; nothing where it is missing.
std::string read_word(const std::string& path) {
    try {
        const std::string text = util::read_file(path);
        return text.substr(0, text.find('\n'));
    } catch (const std::system_error&) {
        return {};
    }
}

Number read_number(const std::string& path) {
    const std::string text = read_word(path);
    std::int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
        return std::nullopt;
    return number;
}

// The process id in a file, if that process is there and one of ours: ids are given again. (`program` is a
// part of its command line.)
Number read_process(const std::string& path, std::string_view program) {
    const Number pid = read_number(path);
    if (!pid) return std::nullopt;
    const std::string command = read_word("/proc/" + std::to_string(*pid) + "/cmdline");
    return command.find(program) == std::string::npos ? std::nullopt : pid;
}

// Of all workers that there are or are to be, as the supervisor's files name them; where it doesn't run, of
// as many as are configured.
std::vector<std::string> worker_names(const Prefix& prefix, std::int64_t configured) {
    constexpr std::string_view kBegin = "worker-";
    constexpr std::string_view kEnd = ".restarts";
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir(prefix.run().c_str()), ::closedir};
    while (folder != nullptr) {
        const dirent* const entry = ::readdir(folder.get());
        if (entry == nullptr) break;
        const std::string_view file = entry->d_name;
        if (!file.starts_with(kBegin) || !file.ends_with(kEnd)) continue;
        names.emplace_back(file.substr(kBegin.size(), file.size() - kBegin.size() - kEnd.size()));
    }
    if (names.empty())
        for (std::int64_t index = 1; index <= configured; ++index) names.push_back(std::to_string(index));
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
        return a.size() == b.size() ? a < b : a.size() < b.size();
    });
    return names;
}

std::vector<Worker> read_workers(const Prefix& prefix, const monitor::PoolMap& pool,
                                 std::int64_t configured) {
    std::vector<Worker> workers;
    const auto figures = pool.workers();
    for (const std::string& name : worker_names(prefix, configured)) {
        const std::string base = prefix.run() + "/worker-" + name;
        Worker worker{.name = name,
                      .variant = read_word(base + ".variant"),
                      .slots = read_word(base + ".slots"),
                      .pid = read_process(base + ".pid", "/bin/arq-"),
                      .restarts = read_number(base + ".restarts"),
                      .started = read_number(base + ".started")};
        for (const monitor::WorkerFigures& of : figures)
            if (worker.pid && of.pid == *worker.pid && of.memory_bytes)
                worker.memory_bytes = static_cast<std::int64_t>(*of.memory_bytes);
        workers.push_back(std::move(worker));
    }
    return workers;
}

Socket probe(const Prefix& prefix, const std::string& name) {
    Socket socket{.name = name};
    const auto started = std::chrono::steady_clock::now();
    try {
        const http::Request request{.method = "GET", .target = "/health/ready"};
        const http::Response response =
            fcgi::fetch(prefix.run() + "/" + name + ".sock", request, std::chrono::seconds{5});
        if (response.status != 200) socket.failure = "answers " + std::to_string(response.status);
    } catch (const std::system_error& error) {
        socket.failure = error.code().message();
    }
    socket.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
    return socket;
}

struct Status {
    Number supervisor, nginx;
    bool has_own_nginx = true;
    std::string serving;                                        // production, legacy; empty: nobody
    std::vector<std::pair<std::string, std::string>> releases;  // link and release; empty: there is none
    std::vector<Worker> workers;
    std::vector<Socket> sockets;
    monitor::CanaryState canary;
    monitor::Totals totals;
    monitor::Window recent;
    monitor::Uptime uptime;
    Number users, bytes, free_bytes;

    bool is_well() const {
        return supervisor && serving == "production" && (nginx || !has_own_nginx) &&
               std::all_of(workers.begin(), workers.end(),
                           [](const Worker& worker) { return worker.pid.has_value(); }) &&
               std::all_of(sockets.begin(), sockets.end(),
                           [](const Socket& socket) { return socket.failure.empty(); });
    }
    std::optional<double> error_rate() const {
        const auto count = recent.times.count();
        if (count == 0) return std::nullopt;
        return static_cast<double>(recent.errors) / static_cast<double>(count);
    }
    Number memory_bytes() const {
        Number sum;
        for (const Worker& worker : workers)
            if (worker.memory_bytes) sum = sum.value_or(0) + *worker.memory_bytes;
        return sum;
    }
};

std::string release_of(const Prefix& prefix, const char* link) {
    char target[512];
    const ssize_t length = ::readlink((prefix.path + "/" + link).c_str(), target, sizeof target);
    if (length <= 0) return {};
    const std::string_view path{target, static_cast<std::size_t>(length)};
    return std::string{path.substr(path.rfind('/') + 1)};
}

Number free_room(const std::string& folder) {
    struct statvfs room {};
    if (::statvfs(folder.c_str(), &room) != 0) return std::nullopt;
    return static_cast<std::int64_t>(room.f_bavail) * static_cast<std::int64_t>(room.f_frsize);
}

Number as_number(const std::optional<std::uint64_t>& number) {
    return number ? Number{static_cast<std::int64_t>(*number)} : std::nullopt;
}

Status look(const Prefix& prefix) {
    const config::Config config = config::load_config(prefix.config());
    util::SystemClock clock;
    // Where nothing has run yet there is no map, and none is made for this.
    const bool has_map = ::access(prefix.pool_map().c_str(), R_OK | W_OK) == 0;
    const monitor::PoolMap pool =
        has_map ? monitor::PoolMap{prefix.pool_map(), clock} : monitor::PoolMap{clock};
    Status status{.supervisor = read_process(prefix.run() + "/supervisor.pid", "arq-supervisor"),
                  .nginx = read_process(prefix.run() + "/nginx.pid", "nginx"),
                  .has_own_nginx = config.web.own_nginx,
                  .serving = read_word(prefix.serving()),
                  .workers = read_workers(prefix, pool, config.pool.workers),
                  .recent = pool.window(clock.now()),
                  .uptime = pool.uptime(),
                  .users = as_number(pool.store_users()),
                  .bytes = as_number(pool.store_bytes()),
                  .free_bytes = free_room(prefix.path)};
    for (const model::Variant variant : monitor::kAllVariants) status.totals += pool.totals(variant);
    for (const char* const link : {"current", "previous", "legacy", "canary"})
        status.releases.emplace_back(link, release_of(prefix, link));
    for (int slot = 0; slot < config::kSlots; ++slot)
        status.sockets.push_back(probe(prefix, "slot" + std::to_string(slot)));
    const bool has_standby = std::any_of(status.workers.begin(), status.workers.end(),
                                         [](const Worker& worker) { return worker.name == "standby"; });
    if (has_standby) status.sockets.push_back(probe(prefix, "legacy"));
    try {
        status.canary = monitor::parse_canary_state(util::read_file(prefix.path + "/data/canary"));
    } catch (const std::system_error&) {
        // There was never one.
    }
    return status;
}

// --- for machines --------------------------------------------------------------------------------

void write(json::Writer& json, std::string_view name, const Number& number) {
    json.key(name);
    if (number)
        json.value(*number);
    else
        json.null();
}
void write(json::Writer& json, std::string_view name, const std::optional<double>& number, int decimals) {
    json.key(name);
    if (number)
        json.value(*number, decimals);
    else
        json.null();
}
void write(json::Writer& json, std::string_view name, const std::string& text) {
    json.key(name);
    if (text.empty())
        json.null();
    else
        json.value(text);
}

void print_json(const Status& status) {
    json::Writer json{json::Writer::Style::kIndented};
    json.begin_object().key("status").value(status.is_well() ? "ok" : "degraded");
    write(json, "supervisor_pid", status.supervisor);
    write(json, "nginx_pid", status.nginx);
    write(json, "variant", status.serving);
    json.key("releases").begin_object();
    for (const auto& [link, release] : status.releases) write(json, link, release);
    json.end_object();
    json.key("canary").begin_object().key("state").value(status.canary.state);
    json.key("percent").value(status.canary.is_on() ? status.canary.share * 10 : 0);
    write(json, "reason", status.canary.reason);
    json.end_object();
    json.key("workers").begin_array();
    for (const Worker& worker : status.workers) {
        json.begin_object().key("name").value(worker.name);
        write(json, "variant", worker.variant);
        write(json, "pid", worker.pid);
        write(json, "slots", worker.slots);
        write(json, "started", worker.started);
        write(json, "restarts", worker.restarts);
        write(json, "memory_bytes", worker.memory_bytes);
        json.end_object();
    }
    json.end_array().key("sockets").begin_array();
    for (const Socket& socket : status.sockets) {
        json.begin_object().key("socket").value(socket.name).key("answers").value(socket.failure.empty());
        json.key("ms").value(socket.milliseconds, 2);
        write(json, "failure", socket.failure);
        json.end_object();
    }
    json.end_array().key("requests").begin_object();
    json.key("total").value(static_cast<std::int64_t>(status.totals.requests));
    json.key("errors").value(static_cast<std::int64_t>(status.totals.errors));
    write(json, "error_rate", status.error_rate(), 6);
    write(json, "p50_ms", status.recent.times.quantile_ms(0.5), 3);
    write(json, "p95_ms", status.recent.times.quantile_ms(0.95), 3);
    write(json, "p99_ms", status.recent.times.quantile_ms(0.99), 3);
    write(json, "max_ms", status.recent.times.quantile_ms(1), 3);
    json.end_object();
    json.key("deaths").value(static_cast<std::int64_t>(status.totals.deaths));
    json.key("fallbacks").value(static_cast<std::int64_t>(status.totals.fallbacks));
    write(json, "memory_bytes", status.memory_bytes());
    json.key("store").begin_object();
    write(json, "users", status.users);
    write(json, "bytes", status.bytes);
    write(json, "free_bytes", status.free_bytes);
    json.end_object().key("uptime_percent").begin_object();
    write(json, "day", status.uptime.day, 3);
    write(json, "week", status.uptime.week, 3);
    write(json, "month", status.uptime.month, 3);
    json.end_object().end_object();
    std::puts(json.take().c_str());
}

// --- for people ----------------------------------------------------------------------------------

std::string shown(const std::optional<double>& number, const char* unit, int decimals = 1) {
    if (!number) return "-";
    char text[48];
    std::snprintf(text, sizeof text, "%.*f%s", decimals, *number, unit);
    return text;
}

std::string shown_bytes(const Number& bytes) {
    if (!bytes) return "-";
    return shown(static_cast<double>(*bytes) / 1e6, " MB");
}

std::string shown_age(const Number& since) {
    if (!since) return "-";
    const std::int64_t seconds = std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count() -
            *since,
        0);
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 7200) return std::to_string(seconds / 60) + " min";
    if (seconds < 172800) return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86400) + " d";
}

std::string headline(const Status& status) {
    if (!status.supervisor) return "stopped, or its supervisor died: `arq-supervisor start` starts it";
    if (status.serving == "legacy")
        return "production fails, the legacy build serves: log/supervisor.log says why";
    return status.is_well() ? "all slots answer" : "NOT well: see below";
}

void print_screen(const Status& status) {
    std::printf("pool        %s\n", headline(status).c_str());
    std::printf("supervisor  %s\n",
                status.supervisor ? ("pid " + std::to_string(*status.supervisor)).c_str() : "not running");
    if (!status.has_own_nginx)
        std::printf("nginx       somebody else's (web.own_nginx is false)\n");
    else
        std::printf("nginx       %s\n",
                    status.nginx ? ("pid " + std::to_string(*status.nginx)).c_str() : "not running");
    std::printf("releases   ");
    for (const auto& [link, release] : status.releases)
        if (!release.empty()) std::printf(" %s %s ", link.c_str(), release.c_str());
    std::printf("\n");
    if (status.canary.is_on())
        std::printf("canary      %s, %d %% of the users: `arqctl canary status` says more\n",
                    status.canary.state.c_str(), status.canary.share * 10);
    for (const Worker& worker : status.workers) {
        if (!worker.pid) {
            std::printf("worker %-8s not ready: log/worker.log says why\n", worker.name.c_str());
            continue;
        }
        std::printf("worker %-8s %-10s pid %-8lld up %-7s slots %-20s %8s  restarts %lld\n",
                    worker.name.c_str(), worker.variant.c_str(), static_cast<long long>(*worker.pid),
                    shown_age(worker.started).c_str(), worker.slots.c_str(),
                    shown_bytes(worker.memory_bytes).c_str(),
                    static_cast<long long>(worker.restarts.value_or(0)));
    }
    double slowest = 0;
    bool all_answer = true;
    for (const Socket& socket : status.sockets) {
        slowest = std::max(slowest, socket.milliseconds);
        if (socket.failure.empty()) continue;
        all_answer = false;
        std::printf("%-11s %s (%.1f ms)\n", socket.name.c_str(), socket.failure.c_str(), socket.milliseconds);
    }
    if (all_answer)
        std::printf("sockets     all %zu answer, the slowest in %.1f ms\n", status.sockets.size(), slowest);
    const auto quantile = [&](double q) { return shown(status.recent.times.quantile_ms(q), "", 2); };
    const auto rate = status.error_rate();
    std::printf(
        "requests    %llu in all, %llu errors; last 5 minutes: %llu, errors %s, p50 %s, p95 %s, p99 %s, max "
        "%s ms\n",
        static_cast<unsigned long long>(status.totals.requests),
        static_cast<unsigned long long>(status.totals.errors),
        static_cast<unsigned long long>(status.recent.times.count()),
        shown(rate ? std::optional{*rate * 100} : std::nullopt, " %", 2).c_str(), quantile(0.5).c_str(),
        quantile(0.95).c_str(), quantile(0.99).c_str(), quantile(1).c_str());
    std::printf("deaths      %llu of workers, %llu fallbacks\n",
                static_cast<unsigned long long>(status.totals.deaths),
                static_cast<unsigned long long>(status.totals.fallbacks));
    std::printf("memory      %s in all workers\n", shown_bytes(status.memory_bytes()).c_str());
    std::printf("storage     %s users, %s; %s free\n",
                status.users ? std::to_string(*status.users).c_str() : "-", shown_bytes(status.bytes).c_str(),
                shown_bytes(status.free_bytes).c_str());
    std::printf("uptime      day %s, week %s, month %s\n", shown(status.uptime.day, " %", 3).c_str(),
                shown(status.uptime.week, " %", 3).c_str(), shown(status.uptime.month, " %", 3).c_str());
}

}  // namespace

int run_status(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kUsage)) return 0;
    try {
        const Options options{words, {}, {"--json"}};
        const Status status = look(prefix);
        if (options.has("--json"))
            print_json(status);
        else
            print_screen(status);
        return status.is_well() ? 0 : 1;
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
}

}  // namespace arq::main
