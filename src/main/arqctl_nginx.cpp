// SPDX-License-Identifier: MIT
//
// arqctl nginx: render fills the templates of nginx-conf with the settings; start starts ARQ's own.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>

#include "arq/config/config.h"
#include "arq/util/file.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl nginx render --output DIR [--release DIR]\n"
    "       arqctl nginx start\n"
    "\n"
    "Writes nginx's configuration into DIR, from the templates of the release (default: the current one) "
    "and\n"
    "the settings of etc/arq.json. arq.conf is whole, for an nginx of ARQ's own; host.conf is a snippet for\n"
    "an nginx that somebody else runs, host-names.conf the same for www., app. and api., front.conf for one\n"
    "over several machines. The files are written anew at each start: change the settings instead.\n"
    "\n"
    "start: starts ARQ's own nginx again where it died while ARQ runs. The supervisor calls it.\n";

using Values = std::map<std::string, std::string, std::less<>>;

// One line for each, as in "    10.0.0.0/8 1;".
std::string lines_of(const std::vector<std::string>& items, const std::string& before,
                     const std::string& behind) {
    std::string lines;
    for (const std::string& item : items) lines += (lines.empty() ? "" : "\n") + before + item + behind;
    return lines;
}

std::string server_names(const config::Config& config) {
    std::string names;
    for (const std::string& name : config.web.server_names) names += (names.empty() ? "" : " ") + name;
    return names.empty() ? "_" : names;
}

Values collect_values(const Prefix& prefix, const std::string& release, const config::Config& config) {
    const config::Config::Web& web = config.web;
    return {
        {"SERVER_NAMES", server_names(config)},
        // Names that can't be resolved: what needs a domain is not served before there is one.
        {"DOMAIN", web.server_names.empty() ? "arq.invalid" : web.server_names.front()},
        {"TLS_CERTIFICATE", web.tls_certificate},
        {"TLS_KEY", web.tls_key},
        {"HSTS", web.hsts_seconds > 0 ? "max-age=" + std::to_string(web.hsts_seconds) : ""},
        {"ACME_ROOT", web.acme_root.empty() ? prefix.path + "/acme" : web.acme_root},
        {"MACHINES", web.machines.empty() ? "    server 127.0.0.1:1 down;"
                                          : lines_of(web.machines, "    server ", " max_fails=0;")},
        {"FRONT_SECONDS", std::to_string(2 * web.answer_seconds + 10)},
        {"PREFIX", prefix.path},
        {"RELEASE", release},
        {"ADDRESS", config.web.address},
        {"PORT", std::to_string(config.web.port)},
        {"WORKER_CONNECTIONS", std::to_string(config.web.worker_connections)},
        {"REQUESTS_PER_SECOND", std::to_string(config.web.requests_per_second)},
        {"REQUESTS_BURST", std::to_string(config.web.requests_burst)},
        {"TRUSTED_ADDRESSES", lines_of(config.access.trusted_proxies, "set_real_ip_from ", ";")},
        {"TRUSTED_NETWORKS", lines_of(config.access.trusted_proxies, "    ", " 1;")},
        {"KEY_REQUESTS_PER_SECOND", std::to_string(config.web.key_requests_per_second)},
        {"BODY_BYTES", std::to_string(config.limits.body_bytes)},
        {"IMPORT_BYTES", std::to_string(config.limits.import_bytes)},
        {"HEADER_BYTES", std::to_string(config.web.header_bytes)},
        {"CLIENT_SECONDS", std::to_string(config.web.client_seconds)},
        {"ANSWER_SECONDS", std::to_string(config.web.answer_seconds)},
    };
}

std::string fill(const std::string& text, const Values& values, const std::string& file) {
    std::string filled;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text[at] == '@' ? text.find('@', at + 1) : std::string::npos;
        const std::string name = end == std::string::npos ? "" : text.substr(at + 1, end - at - 1);
        const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isupper(c) != 0 || c == '_';
        });
        if (!is_name) {
            filled += text[at++];
            continue;
        }
        const auto value = values.find(name);
        if (value == values.end()) throw std::runtime_error{file + ": nothing is known of @" + name + "@"};
        filled += value->second;
        at = end + 1;
    }
    return filled;
}

// Of a pair such as host-listen-plain.conf and host-listen-tls.conf the one that is called for, under the
// name without that word; empty for the other one.
std::string output_name(const std::string& name, bool has_tls) {
    for (const auto& [ending, is_tls] : {std::pair{"-plain.conf", false}, std::pair{"-tls.conf", true}})
        if (name.ends_with(ending))
            return is_tls == has_tls ? name.substr(0, name.rfind('-')) + ".conf" : std::string{};
    return name;
}

void render(const std::string& templates, const std::string& output, const Values& values, bool has_tls) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir(templates.c_str()), &::closedir};
    if (!folder) throw std::runtime_error{"no templates in " + templates + ": is the release whole?"};
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (!name.ends_with(".conf")) continue;
        const std::string written = output_name(name, has_tls);
        if (written.empty()) continue;
        util::write_file_atomically(output + "/" + written,
                                    fill(util::read_file(templates + "/" + name), values, name), 0600);
    }
}

// The supervisor calls this: its sockets are not for an nginx that outlives it.
int start(const Prefix& prefix) {
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    const std::string program = prefix.path + "/current/bin/arq-supervisor";
    ::execl(program.c_str(), program.c_str(), "--prefix", prefix.path.c_str(), "nginx", nullptr);
    throw std::runtime_error{program + " can't be run (" + std::strerror(errno) + "): is the release whole?"};
}

}  // namespace

int run_nginx(const Prefix& prefix, const Words& words) {
    if (std::find(words.begin(), words.end(), "--help") != words.end()) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    if (words == Words{"start"}) return start(prefix);
    if (words.empty() || words[0] != "render") return fail_usage("nginx needs: render or start", kUsage);
    try {
        const Options options{{words.begin() + 1, words.end()}, {"--output", "--release"}, {}};
        const std::string* output = options.value("--output");
        const std::string* release = options.value("--release");
        if (output == nullptr) throw UsageError{"--output is missing"};
        const std::string from = release != nullptr ? *release : prefix.path + "/current";
        if (prefix.path.find_first_of(" \t\n;{}$\"'\\") != std::string::npos)
            throw std::runtime_error{
                "the prefix has a blank or a character in it that nginx's configuration can't "
                "hold: install below another path"};
        const config::Config config = config::load_config(prefix.config());
        if (config.web.tls_certificate.empty() != config.web.tls_key.empty())
            throw std::runtime_error{"web.tls_certificate and web.tls_key go together: set both or none"};
        util::make_durable_folder(*output, 0700);
        render(from + "/nginx-conf", *output, collect_values(prefix, from, config),
               !config.web.tls_certificate.empty());
        return 0;
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
}

}  // namespace arq::main
