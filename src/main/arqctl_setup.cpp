// SPDX-License-Identifier: MIT
//
// arqctl init and config.
#include <charconv>
#include <cstdio>

#include "arq/config/config.h"
#include "arq/memory/rules.h"
#include "arq/store/host.h"
#include "arq/util/clock.h"
#include "arq/util/file.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kInitUsage =
    "usage: arqctl init [--port N] [--address A] [--no-nginx]\n"
    "\n"
    "Makes etc, data, run and log, and writes etc/arq.json and etc/secrets.json where they are missing. "
    "What\n"
    "is there stays as it is.\n"
    "\n"
    "  --port N      the port of ARQ's own nginx (default 8080)\n"
    "  --address A   the address that it listens on (default 0.0.0.0: all)\n"
    "  --no-nginx    ARQ is to run behind an nginx that somebody else runs\n";

constexpr const char* kConfigUsage =
    "usage: arqctl config get KEY | check | describe\n"
    "\n"
    "  get KEY    print the value in force, as of pool.workers\n"
    "  check      tell whether etc/arq.json and etc/secrets.json are right\n"
    "  describe   print a table of every key, its default and its limits\n";

int initialise(const Prefix& prefix, const Options& options) {
    std::int64_t port = 8080;
    if (const std::string* text = options.value("--port")) {
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), port);
        if (error != std::errc{} || end != text->data() + text->size() || port < 1 || port > 65535)
            throw UsageError{"--port needs a number from 1 to 65535"};
    }
    const std::string* address = options.value("--address");
    const std::string text =
        config::initial_config(address != nullptr ? *address : "0.0.0.0", port, !options.has("--no-nginx"));
    config::parse_config(text);  // refuses an address that can't be one before it is written

    util::SystemClock clock;
    for (const char* folder : {"", "/etc", "/data", "/data/users", "/run", "/log"})
        util::make_durable_folder(prefix.path + folder, 0700);
    util::create_file(prefix.config(), text, 0600);
    util::create_file(
        prefix.secrets(),
        config::format_secrets({.names = random_key(clock), .visitor_keys = {random_key(clock)}}), 0600);
    const store::Host host{prefix.host(), 5000};
    return 0;
}

}  // namespace

int run_init(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kInitUsage)) return 0;
    try {
        return initialise(prefix, Options{words, {"--port", "--address"}, {"--no-nginx"}});
    } catch (const UsageError& error) {
        return fail_usage(error.message, kInitUsage);
    }
}

int run_config(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kConfigUsage)) return 0;
    if (words.size() == 1 && words[0] == "describe") {
        std::fputs(config::describe_config().c_str(), stdout);
        return 0;
    }
    const bool is_check = words.size() == 1 && words[0] == "check";
    const bool is_get = words.size() == 2 && words[0] == "get";
    if (!is_check && !is_get) return fail_usage("config needs get KEY, check or describe", kConfigUsage);
    if (prefix.path.empty())
        return fail_usage("it is not installed below a prefix: name one with --prefix", kConfigUsage);
    const config::Config config = config::load_config(prefix.config());
    if (is_check) {
        config::load_secrets(prefix.secrets());
        if (!config.memory.rules_file.empty()) memory::Rules::with(util::read_file(config.memory.rules_file));
        return 0;
    }
    const auto value = config::config_value(config, words[1]);
    if (!value) {
        std::fprintf(stderr, "arqctl: there is no key %s: `arqctl config describe` lists them all\n",
                     words[1].c_str());
        return 1;
    }
    std::puts(value->c_str());
    return 0;
}

}  // namespace arq::main
