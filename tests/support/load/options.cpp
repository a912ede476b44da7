// SPDX-License-Identifier: MIT
#include "options.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace load {
namespace {

constexpr const char* kUsage =
    "usage: arq-load --url URL (--seconds S | --messages M) [--connections N] [--users U] [--key KEY]\n"
    "                [--isolated-check] [--allow 'STATUS CODE']...\n"
    "\n"
    "Posts messages to a running assistant on this machine, checks every answer, and at the end reads all\n"
    "sessions of all users to see that each acknowledged message stands there exactly once, with exactly "
    "one\n"
    "reply. Nothing is sent twice: a request whose kept connection was closed under it has failed.\n"
    "\n"
    "  --url URL          http://127.0.0.1:8080 or the like; other machines are refused\n"
    "  --seconds S        for so long (1 to 86400)\n"
    "  --messages M       so many messages in all (1 to 10000000)\n"
    "  --connections N    kept connections, one thread each (default 8)\n"
    "  --users U          who take turns (default 100): visitors made for the run, or with a key the users\n"
    "                     load-0, load-1 and so on\n"
    "  --key KEY          a server key\n"
    "  --allow 'STATUS CODE'  a message that is refused with this error (\"507 storage_full\") is counted "
    "and no\n"
    "                     failure; more than one may be allowed\n"
    "  --isolated-check   also ask for each user's sessions as another user: every such answer must be 404\n"
    "\n"
    "Prints one line of JSON. Ends with 0 if nothing failed, was lost or doubled, else 1; 2 on a wrong "
    "call.\n";

[[noreturn]] void fail_usage(const std::string& message) {
    std::fprintf(stderr, "arq-load: %s; `arq-load --help` shows how to call it\n", message.c_str());
    std::exit(2);
}

std::int64_t parse_number(std::string_view option, std::string_view text, std::int64_t most) {
    std::int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = result.ec == std::errc{} && result.ptr == text.data() + text.size();
    if (!whole || number < 1 || number > most) {
        fail_usage(std::string(option) + " needs a number from 1 to " + std::to_string(most));
    }
    return number;
}

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    std::string result(text);
    curl_free(text);
    return result;
}

bool is_loopback_host(const std::string& host) {
    if (host == "localhost" || host == "[::1]") return true;
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

}  // namespace

bool is_loopback_url(const std::string& url) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
    const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    return (scheme == "http" || scheme == "https") && is_loopback_host(part_of(parsed.get(), CURLUPART_HOST));
}

Options parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--help") {
            std::fputs(kUsage, stdout);
            std::exit(0);
        }
        if (option == "--isolated-check") {
            options.isolated_check = true;
            continue;
        }
        if (i + 1 == argc) fail_usage("\"" + std::string(option) + "\" is unknown or needs a value");
        const std::string_view value = argv[++i];
        if (option == "--url") {
            options.url = value;
        } else if (option == "--key") {
            options.key = value;
        } else if (option == "--allow") {
            options.allowed.emplace_back(value);
        } else if (option == "--seconds") {
            options.seconds = parse_number(option, value, 86'400);
        } else if (option == "--messages") {
            options.messages = parse_number(option, value, 10'000'000);
        } else if (option == "--connections") {
            options.connections = static_cast<unsigned>(parse_number(option, value, 1'000));
        } else if (option == "--users") {
            options.users = static_cast<unsigned>(parse_number(option, value, 100'000));
        } else {
            fail_usage("unknown option \"" + std::string(option) + "\"");
        }
    }
    if (!is_loopback_url(options.url)) fail_usage("--url needs an http URL of this machine (127.0.0.1)");
    while (options.url.ends_with('/')) options.url.pop_back();
    if (options.seconds.has_value() == options.messages.has_value()) {
        fail_usage("exactly one of --seconds and --messages is needed");
    }
    return options;
}

}  // namespace load
