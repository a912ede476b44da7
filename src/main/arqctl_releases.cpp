// SPDX-License-Identifier: MIT
//
// arqctl deploy, rollback, schema and try: releases. What is done with files and processes is done by the
// release's own script, share/releases/arq-releases.
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "arq/fcgi/client.h"
#include "arq/store/schema.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kSchemaUsage =
    "usage: arqctl schema\n"
    "\n"
    "Prints for each kind of file, users' and the host's, the newest schema that this release knows and "
    "writes,\n"
    "and the oldest whose releases can serve what it has written.\n";

constexpr const char* kTryUsage =
    "usage: arqctl try SOCKET\n"
    "\n"
    "Asks the worker behind a socket as a new visitor would: /health, and a first message, which is stored.\n"
    "Ends with 0 when both are answered as they should be.\n";

constexpr std::chrono::seconds kTryTimeout{10};

// The script of the release that this program belongs to; elsewhere that of the current one.
std::string script_of(const Prefix& prefix) {
    for (const std::string& release : {find_release(), prefix.path + "/current"}) {
        std::string script = release + "/share/releases/arq-releases";
        if (!release.empty() && ::access(script.c_str(), X_OK) == 0) return script;
    }
    throw std::runtime_error{"the release is not whole: it has no share/releases/arq-releases"};
}

http::Response ask(const std::string& socket, const http::Request& request) {
    try {
        return fcgi::fetch(socket, request, kTryTimeout);
    } catch (const std::system_error& error) {
        throw std::runtime_error{request.target + " at " + socket + ": " + error.code().message()};
    }
}

void require(const http::Request& request, const http::Response& response, std::string_view part) {
    if (response.status == 200 && response.body.find(part) != std::string::npos) return;
    throw std::runtime_error{request.target + " answers " + std::to_string(response.status) + ": " +
                             response.body.substr(0, 500)};
}

}  // namespace

int run_release_script(const Prefix& prefix, const char* command, const Words& words) {
    const std::string script = script_of(prefix);
    std::vector<const char*> arguments{script.c_str(), "--prefix", prefix.path.c_str(), command};
    for (const std::string& word : words) arguments.push_back(word.c_str());
    arguments.push_back(nullptr);
    // The supervisor calls this too: its sockets are not for whatever gets started from here.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execv(script.c_str(), const_cast<char* const*>(arguments.data()));  // NOLINT: exec's own signature
    throw std::runtime_error{script + " can't be run (" + std::strerror(errno) + "): is the release whole?"};
}

int run_deploy(const Prefix& prefix, const Words& words) {
    return run_release_script(prefix, "deploy", words);
}

int run_rollback(const Prefix& prefix, const Words& words) {
    return run_release_script(prefix, "rollback", words);
}

int run_schema(const Prefix&, const Words& words) {
    if (asks_help(words, kSchemaUsage)) return 0;
    if (!words.empty()) return fail_usage("schema takes no arguments", kSchemaUsage);
    for (const auto& [kind, schema] :
         {std::pair{"user", store::user_schema()}, std::pair{"host", store::host_schema()}})
        std::printf("%s %lld %lld\n", kind, static_cast<long long>(schema.newest),
                    static_cast<long long>(schema.oldest));
    return 0;
}

int run_try(const Prefix&, const Words& words) {
    if (asks_help(words, kTryUsage)) return 0;
    if (words.size() != 1) return fail_usage("try needs one socket", kTryUsage);
    const http::Request health{.method = "GET", .target = "/health"};
    require(health, ask(words[0], health), "\"status\"");
    const http::Request message{.method = "POST",
                                .target = "/api/message",
                                .headers = {{"content-type", "application/json"}},
                                .body = R"({"message": "Remember that I like tea"})",
                                .request_id = "00000000000000000000000000000001",
                                .remote_address = "127.0.0.1"};
    require(message, ask(words[0], message), "\"reply\"");
    return 0;
}

}  // namespace arq::main
