// SPDX-License-Identifier: MIT
//
// arqctl key and secret.
#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "arq/config/config.h"
#include "arq/http/api_key.h"
#include "arq/store/host.h"
#include "arq/util/clock.h"
#include "arq/util/file.h"
#include "arq/util/text.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kKeyUsage =
    "usage: arqctl key add --role server|admin --name TEXT\n"
    "       arqctl key list\n"
    "       arqctl key revoke ID|NAME\n"
    "\n"
    "  add      makes a key and prints it as the only line of output. It is shown this once: only a hash of "
    "it\n"
    "           is kept. A server key (Authorization: Bearer) may speak for any user that it names in "
    "X-ARQ-User.\n"
    "  list     id, role, name, when it was made and last used; never the key\n"
    "  revoke   ends a key at once\n";

constexpr const char* kSecretUsage =
    "usage: arqctl secret rotate\n"
    "\n"
    "Makes a new key that signs visitors' cookies from now on. The old ones are still believed, so nobody "
    "is\n"
    "logged out, and running workers take it up by themselves. The key that names users' files never "
    "changes.\n";

store::Host open_host(const Prefix& prefix) {
    const config::Config config = config::load_config(prefix.config());
    return store::Host::existing(prefix.host(), static_cast<int>(config.store.busy_timeout_ms));
}

std::string_view role_name(store::KeyRole role) {
    return role == store::KeyRole::kAdmin ? "admin" : "server";
}

int add_key(const Prefix& prefix, const Options& options) {
    const std::string* role = options.value("--role");
    const std::string* name = options.value("--name");
    if (role == nullptr || (*role != "server" && *role != "admin"))
        throw UsageError{"--role must be server or admin"};
    if (name == nullptr || name->empty() || name->size() > 128 || !util::is_valid_utf8(*name) ||
        util::has_control_characters(*name))
        throw UsageError{"--name must be 1 to 128 bytes of text, so that you know the key again"};
    const config::Secrets secrets = config::load_secrets(prefix.secrets());
    util::SystemClock clock;
    store::Host host = open_host(prefix);
    const http::NewApiKey made = http::make_api_key(
        *role == "admin" ? store::KeyRole::kAdmin : store::KeyRole::kServer, *name, secrets.names, clock);
    host.add_key(made.record);
    std::puts(made.key.c_str());
    return 0;
}

int list_keys(const Prefix& prefix) {
    store::Host host = open_host(prefix);
    std::printf("%-12s%-8s%-26s%-26s%s\n", "id", "role", "made", "last used", "name");
    for (const store::ApiKey& key : host.list_keys()) {
        const std::string used = key.revoked_at     ? "revoked"
                                 : key.last_used_at ? util::format_rfc3339(*key.last_used_at)
                                                    : "never";
        std::printf("%-12s%-8s%-26s%-26s%s\n", key.id.c_str(), std::string{role_name(key.role)}.c_str(),
                    util::format_rfc3339(key.created_at).c_str(), used.c_str(), key.name.c_str());
    }
    return 0;
}

int revoke_key(const Prefix& prefix, const std::string& id_or_name) {
    store::Host host = open_host(prefix);
    std::vector<store::ApiKey> found;
    for (store::ApiKey& key : host.list_keys())
        if (!key.revoked_at && (key.id == id_or_name || key.name == id_or_name))
            found.push_back(std::move(key));
    if (found.empty())
        throw std::runtime_error{"no key in force has the id or name " + id_or_name +
                                 ": `arqctl key list` shows all"};
    if (found.size() > 1)
        throw std::runtime_error{"several keys have the name " + id_or_name +
                                 ": name the one you mean by its id, as `arqctl key list` shows it"};
    util::SystemClock clock;
    host.revoke_key(found.front().id, clock.now());
    return 0;
}

}  // namespace

int run_key(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kKeyUsage)) return 0;
    try {
        if (!words.empty() && words[0] == "add")
            return add_key(prefix, Options{{words.begin() + 1, words.end()}, {"--role", "--name"}, {}});
        if (words.size() == 1 && words[0] == "list") return list_keys(prefix);
        if (words.size() == 2 && words[0] == "revoke") return revoke_key(prefix, words[1]);
        throw UsageError{"key needs: add, list, or revoke with one id or name"};
    } catch (const UsageError& error) {
        return fail_usage(error.message, kKeyUsage);
    }
}

int run_secret(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kSecretUsage)) return 0;
    if (words.size() != 1 || words[0] != "rotate") return fail_usage("secret needs: rotate", kSecretUsage);
    config::Secrets secrets = config::load_secrets(prefix.secrets());
    util::SystemClock clock;
    secrets.visitor_keys.insert(secrets.visitor_keys.begin(), random_key(clock));
    util::write_file_atomically(prefix.secrets(), config::format_secrets(secrets), 0600);
    std::printf("a new key signs from now on; %zu older ones are still believed\n",
                secrets.visitor_keys.size() - 1);
    return 0;
}

}  // namespace arq::main
