// SPDX-License-Identifier: MIT
//
// arq-watch: looks at the pool from outside, again and again, and tells the supervisor what is wrong by lines
// in run/control (src/supervisor/watching.sh lists them). Small and asleep between two rounds: the account
// that it runs in may have little of everything.
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "arq/config/config.h"
#include "arq/monitor/folder.h"
#include "arq/monitor/pool_map.h"
#include "arq/store/host.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"
#include "arq/watch/coverage.h"
#include "arq/watch/judge.h"
#include "arq/watch/own_nginx.h"
#include "arq/watch/pool_files.h"
#include "arq/watch/process.h"
#include "arq/watch/users_count.h"
#include "main/prefix.h"
#include "main/probes.h"
#include "version.h"

namespace arq::main {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::minutes kUsersCountPause{10};
// The probes wait meanwhile; what could not be kept is tried again soon.
constexpr int kHostBusyMilliseconds = 1000;

constexpr const char* kUsage =
    "usage: arq-watch [--prefix DIR] [--supervisor PID]\n"
    "\n"
    "Asks for a sign of life at each slot, at the standby and at ARQ's own nginx, looks at the workers' "
    "memory, "
    "at\n"
    "what they have served and at the room on the disk, keeps the pool's numbers of each minute, and tells "
    "the\n"
    "supervisor what is wrong. The supervisor starts it. It ends on SIGTERM, with whoever started it, and "
    "with "
    "the\n"
    "supervisor.\n"
    "\n"
    "  --prefix DIR      the installation (default: where this program is installed)\n"
    "  --supervisor PID  the process that it ends with\n"
    "  --version         print the version\n"
    "  --help            print this\n";

struct Arguments {
    Prefix prefix;
    pid_t supervisor = 0;
};

[[noreturn]] void fail_usage(const std::string& message) {
    std::fprintf(stderr, "arq-watch: %s; `arq-watch --help` shows how to call it\n", message.c_str());
    std::exit(2);
}

Arguments parse(int argc, char** argv) {
    Arguments arguments{.prefix = {find_prefix()}};
    for (int at = 1; at < argc; ++at) {
        const std::string_view option = argv[at];
        if (option == "--help") {
            std::fputs(kUsage, stdout);
            std::exit(0);
        }
        if (option == "--version") {
            std::puts("arq-watch " ARQ_VERSION);
            std::exit(0);
        }
        if (option != "--prefix" && option != "--supervisor")
            fail_usage("unknown argument \"" + std::string{option} + "\"");
        if (++at == argc) fail_usage(std::string{option} + " needs a value");
        const std::string_view value = argv[at];
        if (option == "--prefix") arguments.prefix.path = value;
        if (option == "--supervisor" &&
            (std::from_chars(value.data(), value.data() + value.size(), arguments.supervisor).ec !=
                 std::errc{} ||
             arguments.supervisor <= 0))
            fail_usage("--supervisor needs a process id, not \"" + std::string{value} + "\"");
    }
    if (arguments.prefix.path.empty())
        fail_usage("it is not installed below a prefix: name one with --prefix");
    return arguments;
}

// Who must be there for this to make sense: the supervisor, and the subshell of it that waits for us.
class Company {
public:
    explicit Company(pid_t supervisor) : parent_(::getppid()), supervisor_(supervisor) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        // It tells at once, and can't be mistaken about a number that was given again. (Linux 5.3.)
        if (supervisor > 0)
            handle_ = util::UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, supervisor, 0))};
    }

    bool is_there() const {
        if (::getppid() != parent_) return false;
        if (handle_) {
            pollfd gone{handle_.get(), POLLIN, 0};
            return ::poll(&gone, 1, 0) == 0;
        }
        return supervisor_ == 0 || ::kill(supervisor_, 0) == 0;
    }

    // -1 where there is none, which poll() passes over.
    int fd() const { return handle_.get(); }

private:
    const pid_t parent_;
    const pid_t supervisor_;
    util::UniqueFd handle_;
};

class Watch {
public:
    Watch(const Arguments& arguments, const config::Config& config)
        : prefix_(arguments.prefix),
          config_(config),
          company_(arguments.supervisor),
          map_(arguments.prefix.pool_map(), clock_),
          host_(store::Host::existing(arguments.prefix.host(), kHostBusyMilliseconds)),
          folder_(map_, rows_of(host_)),
          judge_(
              {.memory_kib = config.pool.worker_memory_mib * 1024, .requests = config.pool.worker_requests}),
          disk_(config.monitor.disk_free_mib),
          nginx_(arguments.prefix.path, config.web.nginx_program),
          users_(arguments.prefix.users(), kUsersCountPause) {}

    void run() {
        SteadyTime next_round = clock_.steady_now();
        while (company_.is_there()) {
            util::follow_log();
            look_at_nginx();
            if (clock_.steady_now() >= next_round) {
                next_round += std::chrono::seconds{config_.monitor.probe_seconds};
                // After a sleep of the whole machine, say, what was missed is not made up for.
                next_round = std::max(next_round, clock_.steady_now());
                round();
            }
            minute();
            sleep_until(next_round);
        }
    }

private:
    void round() {
        const std::vector<watch::Worker> workers = watch::read_pool(prefix_.run());
        judge_.keep_only(workers);
        map_.note_serving(watch::read_serving(prefix_.run()) == "legacy" ? model::Variant::kLegacy
                                                                         : model::Variant::kProduction);
        map_.reap();
        const Probes probes = ask(
            targets(workers),
            clock_.steady_now() + std::chrono::seconds{config_.monitor.probe_timeout_seconds}, company_.fd());
        note_whether_up(probes);
        const std::vector<monitor::WorkerFigures> figures = map_.workers();
        for (const watch::Worker& worker : workers) look_at(worker, probes, figures);
        look_at_disk();
        if (const auto total = users_.step(clock_.steady_now())) map_.note_store(total->users, total->bytes);
    }

    // What nginx has in force, not etc/arq.json: that may have been changed since.
    ProbeTargets targets(const std::vector<watch::Worker>& workers) const {
        ProbeTargets targets{
            .run_folder = prefix_.run(),
            .has_standby = std::any_of(workers.begin(), workers.end(),
                                       [](const watch::Worker& worker) { return worker.name == "standby"; }),
            .has_nginx = config_.web.own_nginx};
        try {
            if (targets.has_nginx)
                targets.nginx = watch::parse_listen(util::read_file(prefix_.run() + "/nginx/arq.conf"));
        } catch (const std::system_error&) {
            // It was never started.
        }
        return targets;
    }

    // docs/operations.md says what up means.
    void note_whether_up(const Probes& probes) {
        const bool is_served = watch::is_everybody_served(probes.slots, probes.standby);
        map_.note_probe(is_served && probes.nginx.value_or(watch::Answer::kGood) == watch::Answer::kGood,
                        clock_.now());
        if (probes.nginx)
            nginx_judge_.look(*probes.nginx, is_served, clock_.steady_now(),
                              [&](std::string_view line) { return tell(line); });
    }

    // Its end is downtime from that instant on, however soon another serves.
    void look_at_nginx() {
        if (nginx_.take_end()) {
            map_.note_probe(false, clock_.now());
            nginx_has_gone_ = true;
        }
        if (nginx_has_gone_ && tell("nginx gone")) nginx_has_gone_ = false;
        if (config_.web.own_nginx) nginx_.look();
    }

    void look_at(const watch::Worker& worker, const Probes& probes,
                 const std::vector<monitor::WorkerFigures>& figures) {
        watch::Seen seen{.private_kib = watch::private_kib(worker.pid)};
        if (const auto answer = probes.at(worker.socket)) seen.answered = *answer == watch::Answer::kGood;
        const auto figure =
            std::find_if(figures.begin(), figures.end(),
                         [&](const monitor::WorkerFigures& one) { return one.pid == worker.pid; });
        if (figure != figures.end()) seen.requests = figure->requests;
        if (seen.private_kib)
            map_.note_memory(worker.pid, static_cast<std::uint64_t>(*seen.private_kib) * 1024);
        judge_.look(worker, seen, clock_.steady_now(), [&](std::string_view line) {
            if (!line.starts_with("hung ")) return tell(line);
            if (!tell(std::string{line} + " " + watch::describe_process(worker.pid))) return false;
            map_.note_failed(worker.pid);
            return true;
        });
    }

    void look_at_disk() {
        struct statvfs room {};
        const std::string folder = prefix_.path + "/data";
        if (::statvfs(folder.c_str(), &room) != 0 || room.f_blocks == 0) return;
        const auto free_mib = static_cast<std::int64_t>(std::uint64_t{room.f_bavail} * room.f_frsize >> 20U);
        disk_.look(free_mib, [&](std::string_view line) { return tell(line); });
    }

    static monitor::Rows rows_of(store::Host& host) {
        return {
            .fold_state = [&host] { return host.fold_state(); },
            .list_figures = [&host](model::Span span, util::Timestamp from,
                                    util::Timestamp until) { return host.list_figures(span, from, until); },
            .sum_up_ms = [&host](model::Span span,
                                 util::Timestamp from) { return host.sum_up_ms(span, from); },
            .write_fold = [&host](const model::Fold& fold,
                                  const std::string& expected) { return host.write_fold(fold, expected); }};
    }

    // The minute is told also where its numbers can't be kept: the supervisor does more with it.
    void minute() {
        const util::Timestamp now = clock_.now();
        try {
            folder_.tick(now);
            failing_ = false;
        } catch (const Error& error) {
            if (!failing_)
                util::log_error(std::string{"the pool's numbers can't be kept for now: "} + error.what());
            failing_ = true;
        }
        const auto minute = std::chrono::floor<std::chrono::minutes>(now);
        if (minute_ && *minute_ != minute) {
            const std::chrono::seconds time = minute.time_since_epoch();
            tell("minute " + std::to_string(time.count()));
            ::malloc_trim(0);
        }
        minute_ = minute;
    }

    bool tell(std::string_view line) { return watch::tell_supervisor(prefix_.run(), line); }

    // To the next round or the next minute, whichever comes first.
    void sleep_until(SteadyTime next_round) {
        const util::Timestamp now = clock_.now();
        const auto to_minute = std::chrono::ceil<std::chrono::minutes>(now + util::Milliseconds{1}) - now;
        const auto to_round = std::chrono::ceil<std::chrono::milliseconds>(next_round - clock_.steady_now());
        const auto wait = std::min<util::Milliseconds>(to_minute, to_round).count();
        pollfd gone[] = {{company_.fd(), POLLIN, 0}, {nginx_.fd(), POLLIN, 0}};
        if (wait > 0) ::poll(gone, std::size(gone), static_cast<int>(wait));
    }

    const Prefix prefix_;
    const config::Config& config_;
    util::SystemClock clock_;
    const Company company_;
    monitor::PoolMap map_;
    store::Host host_;
    monitor::Folder folder_;
    watch::Judge judge_;
    watch::DiskJudge disk_;
    watch::NginxProcess nginx_;
    watch::NginxJudge nginx_judge_;
    bool nginx_has_gone_ = false;  // and the supervisor has not been told
    watch::UsersCount users_;
    std::optional<std::chrono::sys_time<std::chrono::minutes>> minute_;  // the last one seen
    bool failing_ = false;                                               // the log has been told so
};

int run(const Arguments& arguments) {
    // The slots' sockets, which a shell can't close.
    ::close_range(3, ~0U, 0);
    ::umask(077);
    const config::Config config = config::load_config(arguments.prefix.config());
    Watch{arguments, config}.run();
    return 0;
}

}  // namespace
}  // namespace arq::main

int main(int argc, char** argv) {
    const arq::main::Arguments arguments = arq::main::parse(argc, argv);
    try {
        return arq::main::run(arguments);
    } catch (const std::exception& error) {
        arq::util::log_error(std::string{"can't go on: "} + error.what());
        return 1;
    }
}
