// SPDX-License-Identifier: MIT
#include "arq/config/config.h"

#include <fstream>

#include "arq/util/error.h"
#include "fuzz/checks.h"
#include "support/temp_dir.h"

namespace arq::fuzz {
namespace {

// These stand in nginx's configuration as they are: nothing in them may end a directive.
void require_plain(const std::string& text) {
    require(
        !text.empty() && text.find_first_of(std::string_view{" \t\r\n;{}\"'\\$#\0", 12}) == std::string::npos,
        "nginx's configuration could be broken by: " + text);
}

void check_settings(std::string_view input) {
    config::Config config;
    try {
        config = config::parse_config(input);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::kConfiguration, "an error of another kind");
        return;
    }
    require_plain(config.web.address);
    require_plain(config.web.nginx_program);
    for (const std::string& origin : config.access.allowed_origins) require_plain(origin);
    for (const std::string& proxy : config.access.trusted_proxies) require_plain(proxy);
    require(config.web.port >= 1 && config.web.port <= 65535, "a port that is none");
    require(config.limits.page_items_default <= config.limits.page_items, "a page longer than pages may be");
    require(config::config_value(config, "web.port") == std::to_string(config.web.port), "another port");
}

void check_secrets(std::string_view input) {
    static const tests::TempDir folder;
    const std::string path = folder.file("secrets.json");
    std::ofstream{path, std::ios::binary}.write(input.data(), static_cast<std::streamsize>(input.size()));
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    try {
        const config::Secrets secrets = config::load_secrets(path);
        require(!secrets.visitor_keys.empty(), "no key to sign with");
        const std::string text = config::format_secrets(secrets);
        std::ofstream{path, std::ios::binary} << text;
        const config::Secrets again = config::load_secrets(path);
        require(again.names == secrets.names && again.visitor_keys == secrets.visitor_keys, "other secrets");
    } catch (const Error& error) {
        require(error.code() == ErrorCode::kConfiguration, "an error of another kind");
    }
}

}  // namespace

void check_config(std::string_view input) {
    check_settings(input);
    check_secrets(input);
}

}  // namespace arq::fuzz
