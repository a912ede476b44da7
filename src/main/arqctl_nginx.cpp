// SPDX-License-Identifier: MIT
//
// arqctl nginx render: fills the templates of nginx-conf with the settings.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
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
    "\n"
    "Writes nginx's configuration into DIR, from the templates of the release (default: the current one) "
    "and\n"
    "the settings of etc/arq.json. arq.conf is whole, for an nginx of ARQ's own; host.conf is a snippet for\n"
    "an nginx that somebody else runs. The files are written anew at each start: change the settings "
    "instead.\n";

using Values = std::map<std::string, std::string, std::less<>>;

// One line for each trusted proxy, as in "    10.0.0.0/8 1;".
std::string proxy_lines(const config::Config& config, const std::string& before, const std::string& behind) {
    std::string lines;
    for (const std::string& proxy : config.access.trusted_proxies)
        lines += (lines.empty() ? "" : "\n") + before + proxy + behind;
    return lines;
}

Values collect_values(const Prefix& prefix, const std::string& release, const config::Config& config) {
    return {
        {"PREFIX", prefix.path},
        {"RELEASE", release},
        {"ADDRESS", config.web.address},
        {"PORT", std::to_string(config.web.port)},
        {"WORKER_CONNECTIONS", std::to_string(config.web.worker_connections)},
        {"REQUESTS_PER_SECOND", std::to_string(config.web.requests_per_second)},
        {"REQUESTS_BURST", std::to_string(config.web.requests_burst)},
        {"TRUSTED_ADDRESSES", proxy_lines(config, "set_real_ip_from ", ";")},
        {"TRUSTED_NETWORKS", proxy_lines(config, "    ", " 1;")},
        {"KEY_REQUESTS_PER_SECOND", std::to_string(config.web.key_requests_per_second)},
        {"BODY_BYTES", std::to_string(config.limits.body_bytes)},
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

void render(const std::string& templates, const std::string& output, const Values& values) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir(templates.c_str()), &::closedir};
    if (!folder) throw std::runtime_error{"no templates in " + templates + ": is the release whole?"};
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (!name.ends_with(".conf")) continue;
        util::write_file_atomically(output + "/" + name,
                                    fill(util::read_file(templates + "/" + name), values, name), 0600);
    }
}

}  // namespace

int run_nginx(const Prefix& prefix, const Words& words) {
    if (std::find(words.begin(), words.end(), "--help") != words.end()) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    if (words.empty() || words[0] != "render") return fail_usage("nginx needs: render", kUsage);
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
        util::make_durable_folder(*output, 0700);
        render(from + "/nginx-conf", *output, collect_values(prefix, from, config));
        return 0;
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
}

}  // namespace arq::main
