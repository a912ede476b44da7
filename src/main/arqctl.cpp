// SPDX-License-Identifier: MIT
//
// arqctl: everything that an operator does by hand.
#include "main/arqctl.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "arq/util/hash.h"
#include "version.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl [--prefix DIR] COMMAND [ARGUMENT...]\n"
    "\n"
    "  init            make folders, settings and secrets where they are missing\n"
    "  config          look at the settings: get, check, describe\n"
    "  key             keys of servers and administrators: add, list, revoke\n"
    "  secret          the key that signs visitors' cookies: rotate\n"
    "  user            users' files: check whether they are whole, repair a damaged one\n"
    "  nginx           render: write nginx's configuration; start: ARQ's own\n"
    "  fit             how many workers the account has room for\n"
    "  restart         replace the workers one by one; ends when all serve\n"
    "  status          the pool on one screen\n"
    "  probe           asks the worker behind a socket\n"
    "  deploy          put a new release into use, for some users first\n"
    "  rollback        go back to the release before, in one step\n"
    "  canary          a release that some users try: status, promote, abort\n"
    "  schema          what this release makes of the data's files\n"
    "  try             ask the worker behind a socket as a new visitor would\n"
    "\n"
    "`arqctl COMMAND --help` tells more. --prefix DIR names the installation (default: where this program "
    "is\n"
    "installed). --version prints the version. Exit status: 0 done, 1 failed, 2 wrong call.\n";

struct Command {
    std::string_view name;
    int (*run)(const Prefix&, const Words&);
};

constexpr Command kCommands[] = {
    {"init", run_init},     {"config", run_config},     {"key", run_key},         {"secret", run_secret},
    {"user", run_user},     {"nginx", run_nginx},       {"restart", run_restart}, {"status", run_status},
    {"deploy", run_deploy}, {"rollback", run_rollback}, {"canary", run_canary},   {"schema", run_schema},
    {"try", run_try},       {"probe", run_probe},       {"fit", run_fit},
};

int run(Words words) {
    Prefix prefix{find_prefix()};
    while (!words.empty() && words.front().starts_with("--")) {
        if (words.front() == "--help") {
            std::fputs(kUsage, stdout);
            return 0;
        }
        if (words.front() == "--version") {
            std::puts("arqctl " ARQ_VERSION);
            return 0;
        }
        if (words.front() != "--prefix") return fail_usage("unknown option " + words.front(), kUsage);
        if (words.size() < 2) return fail_usage("--prefix needs a folder", kUsage);
        prefix.path = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    if (words.empty()) return fail_usage("a command is missing", kUsage);
    const auto* const command =
        std::find_if(std::begin(kCommands), std::end(kCommands),
                     [&](const Command& known) { return known.name == words.front(); });
    if (command == std::end(kCommands)) return fail_usage("unknown command " + words.front(), kUsage);
    words.erase(words.begin());
    const bool asks_help = std::find(words.begin(), words.end(), "--help") != words.end();
    if (prefix.path.empty() && !asks_help && command->name != "config" && command->name != "schema" &&
        command->name != "try")
        return fail_usage("it is not installed below a prefix: name one with --prefix", kUsage);
    ::umask(077);  // what it writes is for nobody else on the machine
    util::initialise_crypto();
    return command->run(prefix, words);
}

}  // namespace

int fail_usage(std::string_view message, std::string_view usage) {
    std::fprintf(stderr, "arqctl: %.*s\n\n%.*s", static_cast<int>(message.size()), message.data(),
                 static_cast<int>(usage.size()), usage.data());
    return 2;
}

bool asks_help(const Words& words, const char* usage) {
    if (std::find(words.begin(), words.end(), "--help") == words.end()) return false;
    std::fputs(usage, stdout);
    return true;
}

util::Key random_key(util::Clock& clock) {
    util::Key key{};
    clock.random_fill(key);
    return key;
}

Options::Options(const Words& words, const std::vector<std::string_view>& with_value,
                 const std::vector<std::string_view>& flags) {
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (std::find(flags.begin(), flags.end(), *word) != flags.end()) {
            given_.emplace_back(*word, "");
        } else if (std::find(with_value.begin(), with_value.end(), *word) != with_value.end()) {
            const std::string name = *word;
            if (++word == words.end()) throw UsageError{name + " needs a value"};
            given_.emplace_back(name, *word);
        } else {
            throw UsageError{"unknown argument " + *word};
        }
    }
}

const std::string* Options::value(std::string_view name) const {
    const auto found =
        std::find_if(given_.begin(), given_.end(), [&](const auto& option) { return option.first == name; });
    return found == given_.end() ? nullptr : &found->second;
}

}  // namespace arq::main

int main(int argc, char** argv) {
    try {
        return arq::main::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "arqctl: %s\n", error.what());
        return 1;
    }
}
