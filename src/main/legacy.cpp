// SPDX-License-Identifier: MIT
//
// arq-legacy: the standby. Builds the parts in order, lowest first, and serves one request after the other:
// the store, the memory's recall, the embedded responder, and nothing that could start a thread.
#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string>

#include "arq/config/config.h"
#include "arq/fcgi/serial_server.h"
#include "arq/http/api.h"
#include "arq/monitor/pool_map.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"
#include "arq/util/log.h"
#include "main/limits.h"
#include "main/ready_workers.h"
#include "main/serving.h"

namespace arq::main {
namespace {

constexpr std::chrono::seconds kTidyInterval{1};
// One of 256 folders is tidied at a time; after so long without a request nothing is left to be done, and the
// standby sleeps until the next.
constexpr std::chrono::seconds kTidyRound{300};

// Whoever is locked out of one user's file holds everybody up here.
constexpr std::int64_t kLongestWaitMilliseconds = 1000;

// So many workers have failed at a request that it may be the request's fault.
constexpr unsigned kPoisonousTries = 2;

constexpr const char* kAbout =
    "usage: arq-legacy [--prefix DIR] [--slots FD,FD,...] [--index NAME] [--ready-file FILE]\n"
    "                  [--variant WORD]\n"
    "\n"
    "Answers FastCGI requests like arq-worker, in its place: messages, visitors, sessions, the memory and\n"
    "/health, by the embedded responder, one after the other and without threads. Everything else is 503\n"
    "not_in_legacy.\n"
    "Ends on SIGTERM, when the request that it is at is answered.\n";

// What stands by must start also where the configuration has become wrong: with the one that served last,
// which the supervisor keeps.
config::Config load_working_config(const Prefix& prefix) {
    try {
        return config::load_config(prefix.config());
    } catch (const Error& error) {
        util::log_error(std::string{"the configuration is wrong: "} + error.what() +
                        "; going on with the one that served last (run/config.good)");
        return config::load_config(prefix.run() + "/config.good");
    }
}

int serve(const ServingArguments& arguments) {
    prepare_process(arguments);

    util::SystemClock clock;
    monitor::PoolMap pool{arguments.prefix.pool_map(), clock};
    // Whatever ends it from here on but an orderly end counts as its death.
    monitor::WorkerSlot slot = pool.claim(arguments.index, arguments.variant);
    config::Config config = load_working_config(arguments.prefix);
    config.pool.threads = 1;
    config.store.busy_timeout_ms = std::min(config.store.busy_timeout_ms, kLongestWaitMilliseconds);
    fit_to_limits(config, arguments.listeners.size());
    Backend backend{arguments, config, http::legacy_routes(), pool, clock};
    store::UserFiles& files = backend.files();
    const http::Api& api = backend.api();
    const auto answer = [&](const http::Request& request) {
        // While others are ready, one request must not be the end of the standby as well.
        const bool is_refused =
            request.failed_tries >= kPoisonousTries && has_ready_workers(arguments.prefix.run());
        if (!is_refused) return api.handle(request);
        util::log_error("request " + request.request_id + " has failed at two workers and is refused");
        return api.refuse_failed(request);
    };

    auto last_request = clock.steady_now();
    const std::chrono::seconds idle{config.store.idle_seconds};
    fcgi::SerialServer server{
        {.listeners = arguments.listeners,
         .body_limit_bytes = static_cast<std::size_t>(config.limits.body_bytes),
         .long_body_limit =
             [&config](const http::Request& request) { return http::Api::long_body_limit(request, config); },
         .long_body_folder = arguments.prefix.path + "/data",
         .stop_on_signals = true,
         .on_stop = [&slot] { slot.set_ready(false); }},
        clock,
        [&](std::unique_ptr<fcgi::Exchange> exchange) {
            monitor::UnderWay under_way{slot, clock.now()};
            const http::Response response = answer(exchange->request());
            exchange->respond(response);
            api.record(exchange->request(), response, std::move(under_way));
            last_request = clock.steady_now();
        },
        [&] {
            files.tidy(idle);
            return clock.steady_now() - last_request < idle + kTidyRound;
        },
        kTidyInterval};
    note_ready(arguments, slot, "standby");
    server.run();
    slot.release();
    util::log_info("standby " + arguments.index + " ended");
    return 0;
}

}  // namespace
}  // namespace arq::main

int main(int argc, char** argv) {
    const arq::main::ServingArguments arguments = arq::main::parse_serving_arguments(
        argc, argv, "arq-legacy", arq::main::kAbout, arq::model::Variant::kLegacy);
    try {
        return arq::main::serve(arguments);
    } catch (const std::exception& error) {
        arq::util::log_error(std::string{"can't start: "} + error.what());
        return 1;
    }
}
