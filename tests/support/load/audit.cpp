// SPDX-License-Identifier: MIT
#include "audit.h"

#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

#include "arq/json/reader.h"
#include "parallel.h"

namespace load {
namespace {

using arq::json::Document;
using arq::json::Object;

struct Kept {
    int messages = 0;
    int replies = 0;
    std::string text;
};

Document read_document(const std::string& url, const Answer& answer) {
    if (!answer.failure.empty()) throw std::runtime_error(url + ": " + answer.failure);
    if (answer.status != 200) throw std::runtime_error(url + ": status " + std::to_string(answer.status));
    return Document(answer.body);
}

// Every item of a list, page by page.
void read_list(HttpClient& client, const User& user, const std::string& url, std::string_view name,
               const std::function<void(Object&)>& take) {
    std::string page = url + "?limit=200";
    for (;;) {
        const Document document = read_document(page, client.get(page, user.identity));
        Object root = document.root();
        for (Object& item : root.objects(name)) take(item);
        const auto next = root.optional_string("next_after");
        if (!next) return;
        page = url + "?limit=200&after=" + *next;
    }
}

std::vector<std::string> read_sessions(HttpClient& client, const Options& options, const User& user) {
    std::vector<std::string> ids;
    read_list(client, user, options.url + "/api/sessions", "sessions",
              [&](Object& session) { ids.push_back(session.required_string("id")); });
    return ids;
}

// By message id, this run's only.
std::map<std::string, Kept> read_messages(HttpClient& client, const Options& options, const Script& script,
                                          const User& user, const std::vector<std::string>& sessions) {
    std::map<std::string, Kept> kept;
    for (const std::string& session : sessions) {
        read_list(client, user, options.url + "/api/sessions/" + session + "/messages", "messages",
                  [&](Object& message) {
                      const std::string id = message.optional_string("message_id").value_or("");
                      if (!id.starts_with(script.id_prefix())) return;
                      Kept& entry = kept[id];
                      if (message.required_string("role") == "user") {
                          ++entry.messages;
                          entry.text = message.required_string("text");
                      } else {
                          ++entry.replies;
                      }
                  });
    }
    return kept;
}

AuditResult compare(const Script& script, const User& user, const std::map<std::string, Kept>& kept) {
    AuditResult result;
    for (const std::int64_t number : user.acknowledged) {
        const auto found = kept.find(script.id_of(number));
        const bool is_there = found != kept.end() && found->second.messages > 0 &&
                              found->second.replies > 0 && found->second.text == script.text_of(number);
        if (!is_there) ++result.lost;
    }
    for (const auto& [id, entry] : kept) {
        if (entry.messages > 1 || entry.replies > 1) ++result.doubled;
    }
    return result;
}

void check_isolation(HttpClient& client, const Options& options, const User& stranger,
                     const std::vector<std::string>& sessions, Failures& failures) {
    for (const std::string& session : sessions) {
        for (const char* rest : {"", "/messages"}) {
            const std::string url = options.url + "/api/sessions/" + session + rest;
            const Answer answer = client.get(url, stranger.identity);
            if (answer.status != 404) {
                failures.add(url + " of another user: status " + std::to_string(answer.status) + " " +
                             answer.failure);
            }
        }
    }
}

}  // namespace

AuditResult audit(const Options& options, const Script& script, const std::vector<User>& users,
                  Failures& failures) {
    AuditResult result;
    std::mutex mutex;  // guards result
    share_out(options.connections, users.size(), [&](HttpClient& client, std::size_t i) {
        const User& user = users[i];
        try {
            const std::vector<std::string> sessions = read_sessions(client, options, user);
            const AuditResult found =
                compare(script, user, read_messages(client, options, script, user, sessions));
            if (options.isolated_check && users.size() > 1) {
                check_isolation(client, options, users[(i + 1) % users.size()], sessions, failures);
            }
            const std::lock_guard lock(mutex);
            result.lost += found.lost;
            result.doubled += found.doubled;
        } catch (const std::exception& error) {
            failures.add(std::string("audit: ") + error.what());
        }
        return true;
    });
    return result;
}

}  // namespace load
