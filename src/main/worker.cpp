// SPDX-License-Identifier: MIT
//
// arq-worker: builds the parts in order, lowest first, and serves.
#include <malloc.h>

#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "arq/config/config.h"
#include "arq/fcgi/server.h"
#include "arq/http/api.h"
#include "arq/model/conversation.h"
#include "arq/monitor/pool_map.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"
#include "arq/util/log.h"
#include "arq/util/serial_queues.h"
#include "arq/util/ticker.h"
#include "arq/watch/pool_size.h"
#include "main/limits.h"
#include "main/room.h"
#include "main/serving.h"

namespace arq::main {
namespace {

constexpr std::chrono::seconds kTidyInterval{1};
constexpr int kTicksToGrow = 5;
constexpr int kThreadTries = 40;
constexpr std::size_t kFreeMemoryKept = 1024UL * 1024;

constexpr const char* kAbout =
    "usage: arq-worker [--prefix DIR] [--slots FD,FD,...] [--index NAME] [--ready-file FILE]\n"
    "                  [--variant WORD]\n"
    "\n"
    "Answers FastCGI requests that come in at the listening descriptors of --slots, or at descriptor 0, as "
    "a\n"
    "web server that starts it itself has it. Ends on SIGTERM, when what is in flight is finished.\n";

// Threads count as processes. The supervisor needs so many to start a worker in the place of another.
constexpr unsigned kSpareProcesses = 6;

fcgi::Options server_options(const ServingArguments& arguments, const config::Config& config,
                             monitor::WorkerSlot& slot) {
    return {
        .listeners = arguments.listeners,
        .threads = static_cast<unsigned>(config.pool.threads),
        .more_threads = [] { return watch::room_left(kSpareProcesses); },
        .body_limit_bytes = static_cast<std::size_t>(config.limits.body_bytes),
        .long_body_limit =
            [&config](const http::Request& request) { return http::Api::long_body_limit(request, config); },
        .long_body_folder = arguments.prefix.path + "/data",
        .drain_timeout = std::chrono::seconds{config.pool.drain_seconds},
        .stop_on_signals = true,
        .on_stop = [&slot] { slot.set_ready(false); }};
}

// What a burst of requests took would stay the worker's for good otherwise, in the middle of its heaps.
void return_free_memory() {
    if (::mallinfo2().fordblks > kFreeMemoryKept) ::malloc_trim(kFreeMemoryKept / 4);
}

// A request that waits for others of the same user's.
struct Waiting {
    std::unique_ptr<fcgi::Exchange> exchange;
    std::chrono::steady_clock::time_point since;
    monitor::UnderWay under_way;
};

int serve(const ServingArguments& arguments) {
    prepare_process(arguments);
    // Each thread's own heap arena would grow for itself; two are enough for requests this small.
    ::mallopt(M_ARENA_MAX, 2);

    util::SystemClock clock;
    monitor::PoolMap pool{arguments.prefix.pool_map(), clock};
    // Whatever ends this worker from here on but an orderly end counts as its death.
    monitor::WorkerSlot slot = pool.claim(arguments.index, arguments.variant);
    config::Config config = config::load_config(arguments.prefix.config());
    fit_to_limits(config, arguments.listeners.size());
    if (const std::string fitted = fit_to_processes(config, arguments.prefix.path); !fitted.empty())
        util::log_error(fitted);
    Backend backend{arguments, config, http::all_routes(), pool, clock};
    store::UserFiles& files = backend.files();
    const http::Api& api = backend.api();
    util::SerialQueues<Waiting> queues{static_cast<std::size_t>(config.pool.queued_per_user)};
    const std::chrono::milliseconds patience{config.store.busy_timeout_ms};
    const auto answer = [&](Waiting& waiting, const http::Response& response) {
        waiting.exchange->respond(response);
        api.record(waiting.exchange->request(), response, std::move(waiting.under_way));
    };
    const auto work = [&](Waiting waiting) {
        const http::Request& request = waiting.exchange->request();
        const bool is_late = clock.steady_now() - waiting.since > patience;
        // Out of memory, even the answer that says so may fail. Whoever waits behind it must have their turn.
        try {
            answer(waiting, is_late ? api.refuse_busy(request) : api.handle(request));
        } catch (const std::exception& error) {
            util::log_error("request " + request.request_id + " could not be answered: " + error.what());
        }
    };
    fcgi::Server server{server_options(arguments, config, slot), clock,
                        [&](std::unique_ptr<fcgi::Exchange> exchange) {
                            const std::string name = http::Api::queue_name(exchange->request());
                            Waiting waiting{.exchange = std::move(exchange),
                                            .since = clock.steady_now(),
                                            .under_way = {slot, clock.now()}};
                            if (name.empty()) return work(std::move(waiting));
                            auto refused = queues.run(name, std::move(waiting), work);
                            if (!refused) return;
                            answer(*refused, api.refuse_busy(refused->exchange->request()));
                        }};
    std::optional<util::Ticker> tidying;
    const auto tidy = [&, ticks = 0]() mutable {
        files.tidy(std::chrono::seconds{config.store.idle_seconds});
        return_free_memory();
        if (++ticks % kTicksToGrow == 0) server.grow();
    };
    // While a worker is replaced the account may be at its limit for a moment.
    for (int tries = kThreadTries; !tidying; --tries) {
        try {
            tidying.emplace(kTidyInterval, tidy);
        } catch (const std::system_error& error) {
            if (tries > 0) {
                clock.sleep_for(std::chrono::milliseconds{50});
                continue;
            }
            util::log_error(std::string{"no thread to tidy users' files with ("} + error.what() +
                            "): their logs are folded in only when they are opened; raise `ulimit -u`");
            break;
        }
    }
    note_ready(arguments, slot, "worker");
    const bool drained = server.run();
    if (!drained) {
        util::log_error("requests were still under way after pool.drain_seconds: left unfinished");
        std::_Exit(1);  // their threads still use what would be destroyed here
    }
    slot.release();
    util::log_info("worker " + arguments.index + " ended");
    return 0;
}

}  // namespace
}  // namespace arq::main

int main(int argc, char** argv) {
    const arq::main::ServingArguments arguments = arq::main::parse_serving_arguments(
        argc, argv, "arq-worker", arq::main::kAbout, arq::model::Variant::kProduction);
    try {
        return arq::main::serve(arguments);
    } catch (const std::exception& error) {
        arq::util::log_error(std::string{"can't start: "} + error.what());
        return 1;
    }
}
