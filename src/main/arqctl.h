// SPDX-License-Identifier: MIT
//
// The commands of arqctl, one file each. Each gets what stands behind its name on the command line and
// returns the exit status: 0, 1 (failed) or 2 (wrong call).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arq/util/clock.h"
#include "arq/util/hash.h"
#include "main/prefix.h"

namespace arq::main {

using Words = std::vector<std::string>;

int run_init(const Prefix& prefix, const Words& words);
int run_config(const Prefix& prefix, const Words& words);
int run_user(const Prefix& prefix, const Words& words);
int run_nginx(const Prefix& prefix, const Words& words);
int run_key(const Prefix& prefix, const Words& words);
int run_secret(const Prefix& prefix, const Words& words);
int run_fit(const Prefix& prefix, const Words& words);
int run_restart(const Prefix& prefix, const Words& words);
int run_status(const Prefix& prefix, const Words& words);
int run_deploy(const Prefix& prefix, const Words& words);
int run_rollback(const Prefix& prefix, const Words& words);
int run_canary(const Prefix& prefix, const Words& words);
int run_schema(const Prefix& prefix, const Words& words);
int run_try(const Prefix& prefix, const Words& words);

// Becomes the release's script with that command; returns only by an exception.
int run_release_script(const Prefix& prefix, const char* command, const Words& words);
int run_probe(const Prefix& prefix, const Words& words);

// What a wrong call says, on standard error; always 2.
int fail_usage(std::string_view message, std::string_view usage);

// Prints `usage` where the words ask for help.
bool asks_help(const Words& words, const char* usage);

util::Key random_key(util::Clock& clock);

// Options of a command: "--name value", or "--name" alone for those in `flags`. Takes them out of
// `words`; an unknown one, or one without its value, is a wrong call (thrown as UsageError).
struct UsageError {
    std::string message;
};
class Options {
public:
    Options(const Words& words, const std::vector<std::string_view>& with_value,
            const std::vector<std::string_view>& flags);
    const std::string* value(std::string_view name) const;  // null where it was not given
    bool has(std::string_view name) const { return value(name) != nullptr; }

private:
    std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace arq::main
