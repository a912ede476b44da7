// SPDX-License-Identifier: MIT
#include "run.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <mutex>

#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "parallel.h"

namespace load {
namespace {

using arq::json::Document;
using arq::json::Writer;
using Clock = std::chrono::steady_clock;

bool is_json(const Answer& answer) {
    return answer.content_type.starts_with("application/json");
}

// Empty where the answer is what the contract promises.
std::string find_fault(const Answer& answer, const std::string& message_id) {
    if (!answer.failure.empty()) return answer.failure;
    if (answer.status != 200) return "status " + std::to_string(answer.status) + ": " + answer.body;
    if (!is_json(answer)) return "an answer of the type \"" + answer.content_type + "\"";
    try {
        const Document document(answer.body);
        auto root = document.root();
        if (root.required_string("message_id") != message_id) return "the answer has another message_id";
        auto reply = root.optional_object("reply");
        if (!reply || reply->optional_string("text").value_or("").empty()) return "the answer has no reply";
    } catch (const std::exception& error) {
        return std::string("the answer cannot be read: ") + error.what();
    }
    return {};
}

// "507 storage_full", where the answer is an error in the contract's shape; else empty.
std::string read_error(const Answer& answer) {
    if (!answer.failure.empty() || answer.status < 400 || !is_json(answer)) return {};
    try {
        const Document document(answer.body);
        auto error = document.root().optional_object("error");
        if (!error || error->required_string("request_id").empty()) return {};
        return std::to_string(answer.status) + " " + error->required_string("code");
    } catch (const std::exception&) {
        return {};
    }
}

bool is_allowed(const Options& options, const std::string& error) {
    return std::find(options.allowed.begin(), options.allowed.end(), error) != options.allowed.end();
}

std::string make_body(const Script& script, std::int64_t number) {
    Writer json;
    json.begin_object();
    json.key("message").value(script.text_of(number));
    json.key("message_id").value(script.id_of(number));
    json.end_object();
    return json.take();
}

std::string read_visitor(const Answer& answer) {
    if (!answer.failure.empty() || answer.status != 200 || !is_json(answer)) return {};
    try {
        return Document(answer.body).root().optional_string("visitor").value_or("");
    } catch (const std::exception&) {
        return {};
    }
}

std::vector<User> make_visitors(const Options& options, Failures& failures) {
    std::vector<User> users;
    std::mutex mutex;  // guards users
    share_out(options.connections, options.users, [&](HttpClient& client, std::size_t) {
        // Without "Content-Type:" libcurl would announce a form.
        const Answer answer =
            client.post(options.url + "/api/visitor", {"X-ARQ-Visitor: new", "Content-Type:"}, "");
        const std::string visitor = read_visitor(answer);
        if (visitor.empty()) {
            failures.add("no visitor was made: status " + std::to_string(answer.status) + " " +
                         answer.failure + answer.body);
            return false;
        }
        const std::lock_guard lock(mutex);
        users.push_back({{"X-ARQ-Visitor: " + visitor}, {}});
        return true;
    });
    return users;
}

}  // namespace

std::vector<User> make_users(const Options& options, Failures& failures) {
    if (options.key.empty()) return make_visitors(options, failures);
    std::vector<User> users;
    for (unsigned i = 0; i < options.users; ++i) {
        users.push_back(
            {{"Authorization: Bearer " + options.key, "X-ARQ-User: load-" + std::to_string(i)}, {}});
    }
    return users;
}

RunResult run_load(const Options& options, const Script& script, std::vector<User>& users,
                   Failures& failures) {
    RunResult result;
    std::mutex mutex;  // guards result and users[].acknowledged
    const std::size_t count = options.messages ? static_cast<std::size_t>(*options.messages)
                                               : std::numeric_limits<std::size_t>::max();
    const auto begin = Clock::now();
    share_out(options.connections, count, [&](HttpClient& client, std::size_t i) {
        if (options.seconds && Clock::now() - begin >= std::chrono::seconds(*options.seconds)) return false;
        const auto number = static_cast<std::int64_t>(i);
        User& user = users[i % users.size()];
        Headers headers = user.identity;
        headers.push_back("Content-Type: application/json");
        const Answer answer = client.post(options.url + "/api/message", headers, make_body(script, number));
        const std::string fault = find_fault(answer, script.id_of(number));
        if (!fault.empty()) {
            const std::string error = read_error(answer);
            if (is_allowed(options, error)) {
                const std::lock_guard lock(mutex);
                ++result.refused[error];
                return true;
            }
            failures.add(script.id_of(number) + ": " + fault);
            return true;
        }
        const std::lock_guard lock(mutex);
        user.acknowledged.push_back(number);
        result.milliseconds.push_back(answer.milliseconds);
        return true;
    });
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::sort(result.milliseconds.begin(), result.milliseconds.end());
    return result;
}

}  // namespace load
