// SPDX-License-Identifier: MIT
//
// /api/memory, /api/memory/{id} and /api/memory/{id}/history.
#include <algorithm>

#include "arq/assistant/search.h"
#include "arq/json/reader.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/lists.h"

namespace arq::http {
namespace {

using store::UserFile;

constexpr std::size_t kMostRanked = 1000;

[[noreturn]] void raise_no_memory() {
    throw Error{ErrorCode::kMemoryNotFound,
                "there is no such memory: `GET /api/memory` lists those there are"};
}

model::Memory require_memory(const std::optional<store::UserFiles::Lease>& file, const std::string& text) {
    const auto id = util::parse_id(text);
    if (!file || !id) raise_no_memory();
    auto memory = (*file)->find_memory(*id);
    if (!memory) raise_no_memory();
    return *std::move(memory);
}

std::optional<model::MemoryKind> parse_kind(const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    const auto kind = model::parse_memory_kind(*name);
    if (!kind)
        throw Error{ErrorCode::kInvalidValue,
                    "`kind` must be one of fact, preference, event, instruction, note", "kind"};
    return kind;
}

std::string read_text(const std::string& sent, std::int64_t limit_bytes) {
    const std::string_view text = util::trim(sent);
    if (text.empty())
        throw Error{ErrorCode::kInvalidValue, "`text` is empty: send at least one character", "text"};
    if (text.size() > static_cast<std::size_t>(limit_bytes))
        throw Error{ErrorCode::kMessageTooLong,
                    "`text` is longer than " + std::to_string(limit_bytes) + " bytes: shorten it", "text"};
    return std::string{text};
}

void write_memory(json::Writer& json, UserFile& file, const model::Memory& memory,
                  std::optional<double> score) {
    json.begin_object();
    json.key("id").value(util::format_id(memory.id)).key("text").value(memory.text);
    json.key("kind").value(model::memory_kind_name(memory.kind));
    write_text(json, "subject", memory.subject);
    write_text(json, "value", memory.value);
    write_id(json, "session_id", memory.session_id);
    std::optional<model::Message> source;
    if (memory.source_message) source = file.find_message(*memory.source_message);
    write_text(json, "source_message_id", source ? source->client_id : std::string{});
    write_id(json, "source_session_id", source ? std::optional{source->session_id} : std::nullopt);
    write_time(json, "created_at", memory.created_at);
    write_time(json, "updated_at", memory.updated_at);
    write_time(json, "valid_from", memory.valid_from);
    write_time(json, "valid_to", memory.valid_to);
    write_text(json, "grain", memory.grain ? model::grain_name(*memory.grain) : std::string_view{});
    json.key("uses").value(memory.uses);
    if (score) json.key("score").value(*score, 4);
    json.end_object();
}

std::string write_memory(UserFile& file, model::Memory memory) {
    std::vector<model::Memory> one{std::move(memory)};
    file.add_recent_uses(one);
    json::Writer json;
    write_memory(json, file, one[0], {});
    return json.take();
}

struct Listed {
    model::Memory memory;
    std::optional<double> score;
};

// What the query finds, from behind `after` on.
std::vector<Listed> search(UserFile& file, const std::string& query, const store::Scope& scope,
                           std::optional<model::MemoryKind> kind, std::optional<util::Id> after) {
    std::vector<Listed> listed;
    bool is_behind = !after;
    for (auto& [memory, score] : assistant::search_memories(file, query, scope, kMostRanked)) {
        if (kind && memory.kind != *kind) continue;
        if (is_behind)
            listed.push_back({.memory = std::move(memory), .score = score});
        else
            is_behind = memory.id == *after;
    }
    if (!is_behind)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last memory of the page before",
                    "after"};
    return listed;
}

void add_recent_uses(UserFile& file, std::vector<Listed>& listed) {
    std::vector<model::Memory> memories;
    memories.reserve(listed.size());
    for (Listed& one : listed) memories.push_back(std::move(one.memory));
    file.add_recent_uses(memories);
    for (std::size_t at = 0; at < listed.size(); ++at) listed[at].memory = std::move(memories[at]);
}

}  // namespace

Response get_memories(Context& context) {
    auto file = open_file(context);
    const Page page = read_page(context);
    const auto kind = parse_kind(parameter(context, "kind"));
    const auto query = parameter(context, "query");
    if (query && util::trim(*query).empty())
        throw Error{ErrorCode::kInvalidValue, "`query` is empty: leave it out to list all", "query"};
    const store::Scope scope = scope_of(read_session(file, parameter(context, "session_id")));
    const auto after = page.after_id();
    std::vector<Listed> listed;
    if (!file) {
        if (after)
            throw Error{ErrorCode::kInvalidValue,
                        "`after` must be the id of the last memory of the page before", "after"};
    } else if (query) {
        listed = search(**file, *query, scope, kind, after);
        if (listed.size() > static_cast<std::size_t>(page.limit) + 1)
            listed.resize(static_cast<std::size_t>(page.limit) + 1);
    } else {
        for (model::Memory& memory : (*file)->list_memories(scope, kind, after, page.limit + 1))
            listed.push_back({.memory = std::move(memory), .score = {}});
    }
    if (file) add_recent_uses(**file, listed);
    const auto write = [&](json::Writer& json, const Listed& one) {
        write_memory(json, **file, one.memory, one.score);
    };
    return answer_json(context, 200, write_list("memories", listed, page, write, [](const Listed& one) {
                           return util::format_id(one.memory.id);
                       }));
}

// The same text in the same scope again is the memory that is there: a request that was repeated, because its
// answer was lost, makes no second one.
Response post_memory(Context& context) {
    Identity::require_identity(context.caller);
    const config::Config& config = context.parts.config;
    const json::Document document{context.request.body,
                                  {.depth = static_cast<std::size_t>(config.limits.json_depth)}};
    json::Object body = document.root();
    const std::string text = read_text(body.required_string("text"), config.limits.message_bytes);
    const auto kind = parse_kind(body.optional_string("kind"));
    const auto session_id = body.optional_string("session_id");
    body.reject_unknown();

    const store::UserKey user = context.identity.user_of(context.caller, context.request);
    std::optional<store::UserFiles::Lease> file = context.parts.files.open(user);
    const store::Scope scope = scope_of(read_session(file, session_id));
    if (!file) file.emplace(context.parts.files.open_or_create(user));
    model::Memory memory;
    {
        UserFile::Transaction transaction{**file};
        if (session_id)
            require_session(file, *session_id, "session_id");  // it may have been deleted meanwhile
        if (auto known = (*file)->find_memory_by_text(text, scope)) {
            memory = *std::move(known);
        } else {
            if ((*file)->count_memories() >= config.memory.max_memories)
                throw Error{ErrorCode::kMemoryFull, "there are " +
                                                        std::to_string(config.memory.max_memories) +
                                                        " memories, as many as are kept: forget one first"};
            memory = (*file)->add_memory(assistant::describe_memory(**file, text, kind, scope));
            transaction.commit();
        }
    }
    return answer_json(context, 201, write_memory(**file, std::move(memory)));
}

Response get_memory(Context& context) {
    const auto file = open_file(context);
    model::Memory memory = require_memory(file, context.segment(2));
    return answer_json(context, 200, write_memory(**file, std::move(memory)));
}

Response patch_memory(Context& context) {
    const auto file = open_file(context);
    const config::Config::Limits& limits = context.parts.config.limits;
    const json::Document document{context.request.body,
                                  {.depth = static_cast<std::size_t>(limits.json_depth)}};
    json::Object body = document.root();
    auto text = body.optional_string("text");
    if (text) text = read_text(*text, limits.message_bytes);
    const auto kind = parse_kind(body.optional_string("kind"));
    body.reject_unknown();
    if (!text && !kind) throw Error{ErrorCode::kMissingField, "send `text`, `kind` or both", "text"};

    model::Memory memory = require_memory(file, context.segment(2));
    {
        UserFile::Transaction transaction{**file};
        memory = require_memory(file, context.segment(2));  // another process may have changed it meanwhile
        model::Memory changed = memory;
        changed.kind = kind.value_or(memory.kind);
        changed.text = text.value_or(memory.text);
        if (changed.text != memory.text) changed.value = assistant::value_in(changed.text, memory.subject);
        if (changed.text != memory.text || changed.kind != memory.kind) {
            // A new kind alone was taught by the same message.
            const auto source = changed.text == memory.text ? memory.source_message : std::nullopt;
            memory = (*file)->change_memory(std::move(changed), source);
            transaction.commit();
        }
    }
    return answer_json(context, 200, write_memory(**file, std::move(memory)));
}

Response delete_memory(Context& context) {
    const auto file = open_file(context);
    const model::Memory memory = require_memory(file, context.segment(2));
    {
        UserFile::Transaction transaction{**file};
        require_memory(file, context.segment(2));
        (*file)->forget_memory(memory.id);
        transaction.commit();
    }
    (*file)->scrub_if_due();
    return answer_nothing(context);
}

Response get_memory_history(Context& context) {
    const auto file = open_file(context);
    const model::Memory memory = require_memory(file, context.segment(2));
    const Page page = read_page(context);
    std::vector<model::MemoryVersion> history = (*file)->memory_history(memory.id);
    // Where the next one says the same, something else changed: the kind, or until when it holds.
    for (std::size_t at = history.size(); at-- > 0;) {
        const std::string& next = at + 1 < history.size() ? history[at + 1].text : memory.text;
        if (history[at].text == next) history.erase(history.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (page.after) {
        const auto last = std::find_if(history.begin(), history.end(), [&](const model::MemoryVersion& one) {
            return std::to_string(one.version) == *page.after;
        });
        if (last == history.end())
            throw Error{ErrorCode::kInvalidValue, "`after` must be `next_after` of the page before", "after"};
        history.erase(history.begin(), last + 1);
    }
    const auto write = [](json::Writer& json, const model::MemoryVersion& one) {
        json.begin_object().key("text").value(one.text);
        write_time(json, "changed_at", one.changed_at);
        write_text(json, "message_id", one.message_id);
        write_time(json, "valid_from", one.valid_from);
        write_time(json, "valid_to", one.valid_to);
        json.end_object();
    };
    return answer_json(context, 200,
                       write_list("history", history, page, write, [](const model::MemoryVersion& one) {
                           return std::to_string(one.version);
                       }));
}

}  // namespace arq::http
