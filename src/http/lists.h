// SPDX-License-Identifier: MIT
//
// What the routes over a user's own data have in common: their file, pages of lists, sessions and messages in
// JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/json/writer.h"
#include "arq/model/conversation.h"
#include "http/routes.h"

namespace arq::http {

struct Page {
    int limit = 0;
    std::size_t limit_bytes = 0;
    std::optional<std::string> after;

    // Error: kInvalidValue "after" where it is no id.
    std::optional<util::Id> after_id() const;
};

// Error: kInvalidValue "limit".
Page read_page(const Context& context);

// Of the query; nothing where it isn't there.
std::optional<std::string> parameter(const Context& context, std::string_view name);

// A list is asked for one item more than it shows: so it is known whether there is more. It ends early
// where it grows too long, lest a client that reads slowly holds up the worker that writes it. `key` is what
// the next page's `after` names.
template <typename T, typename Write, typename Key>
std::string write_list(std::string_view name, const std::vector<T>& items, const Page& page,
                       const Write& write, const Key& key) {
    json::Writer json;
    json.begin_object().key(name).begin_array();
    std::size_t shown = 0;
    while (shown < items.size() && shown < static_cast<std::size_t>(page.limit) &&
           (shown == 0 || json.size_bytes() < page.limit_bytes))
        write(json, items[shown++]);
    json.end_array().key("next_after");
    if (shown < items.size())
        json.value(std::string{key(items[shown - 1])});
    else
        json.null();
    json.end_object();
    return json.take();
}

// The caller's; nothing where they have none. Errors: kCredentialsRequired, kInvalidVisitor, the storage
// codes.
std::optional<store::UserFiles::Lease> open_file(const Context& context);

// Error: kSessionNotFound, with `param`.
model::Session require_session(const std::optional<store::UserFiles::Lease>& file, const std::string& id,
                               const std::string& param = {});

// The session that the parameter or field `session_id` names. Error: kSessionNotFound "session_id".
std::optional<model::Session> read_session(const std::optional<store::UserFiles::Lease>& file,
                                           const std::optional<std::string>& id);

// What of the memory is seen in that session; in none: what no isolated one holds.
store::Scope scope_of(const std::optional<model::Session>& session);

void write_time(json::Writer& json, std::string_view name, std::optional<util::Timestamp> time);
// A key with an id, or null.
void write_id(json::Writer& json, std::string_view name, std::optional<util::Id> id);
// A key with a text, or null where it is empty.
void write_text(json::Writer& json, std::string_view name, std::string_view text);
// The members of a message's object.
void write_message_members(json::Writer& json, const model::Message& message);

// With the visitor's cookie, renewed where that is due.
Response answer_json(const Context& context, int status, std::string body);
Response answer_nothing(const Context& context);  // 204

}  // namespace arq::http
