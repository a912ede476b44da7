// SPDX-License-Identifier: MIT
//
// arqctl probe.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

#include "arq/fcgi/client.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl probe --socket FILE [--seconds N]\n"
    "\n"
    "Asks the worker behind a FastCGI socket, /health/ready, once a second for N seconds (once by default). "
    "Ends\n"
    "with 0 when each answer was well and in time, else with 1 at the first that wasn't.\n"
    "\n"
    "  --socket FILE  such as run/slot0.sock\n"
    "  --seconds N    1 to 3600\n";

constexpr std::chrono::seconds kTimeout{5};

// What is wrong; empty where all is well.
std::string ask(const std::string& socket) {
    try {
        const http::Request request{.method = "GET", .target = "/health/ready"};
        const http::Response response = fcgi::fetch(socket, request, kTimeout);
        return response.status == 200 ? "" : "answers " + std::to_string(response.status);
    } catch (const std::system_error& error) {
        return error.code().message();
    }
}

int parse_seconds(const std::string& text) {
    int seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc{} || stop != end || seconds < 1 || seconds > 3600)
        throw UsageError{"--seconds needs a number from 1 to 3600, not \"" + text + "\""};
    return seconds;
}

}  // namespace

int run_probe(const Prefix&, const Words& words) {
    if (asks_help(words, kUsage)) return 0;
    try {
        const Options options{words, {"--socket", "--seconds"}, {}};
        const std::string* const socket = options.value("--socket");
        if (socket == nullptr) throw UsageError{"which socket? --socket FILE"};
        const std::string* const given = options.value("--seconds");
        const int seconds = given == nullptr ? 0 : parse_seconds(*given);
        for (int second = 0; second <= seconds; ++second) {
            if (second > 0) std::this_thread::sleep_for(std::chrono::seconds{1});
            const std::string trouble = ask(*socket);
            if (trouble.empty()) continue;
            std::fprintf(stderr, "arqctl: %s: %s\n", socket->c_str(), trouble.c_str());
            return 1;
        }
        std::puts("well");
        return 0;
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
}

}  // namespace arq::main
