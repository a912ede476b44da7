// SPDX-License-Identifier: MIT
//
// GET /api/export: all that is kept of a user, one line an item, in an order in which it can be taken in
// again. Written piece by piece, each read under a lease of its own, so that neither its size nor how slowly
// it is read holds anything up. What is said while it is written may be in it or not.
#include <utility>

#include "http/lists.h"
#include "http/transfer.h"

namespace arq::http {
namespace {

constexpr int kItemsAtOnce = 32;

void begin(json::Writer& json, std::string_view type) {
    json.begin_object().key("type").value(type);
}

void end(json::Writer& json, std::string& lines) {
    json.end_object();
    lines += json.take();
    lines += '\n';
}

void mark_isolated(json::Writer& json, bool is_isolated) {
    if (is_isolated) json.key("isolated").value(true);
}

void write(std::string& lines, const model::Session& session) {
    json::Writer json;
    begin(json, "session");
    write_id(json, "id", session.id);
    json.key("title").value(session.title).key("isolated").value(session.isolated);
    write_time(json, "created_at", session.created_at);
    write_time(json, "updated_at", session.updated_at);
    end(json, lines);
}

// What a memory and a text that it had before have in common.
template <typename T>
void write_content(json::Writer& json, const T& item) {
    json.key("version").value(item.version).key("text").value(item.text);
    write_text(json, "value", item.value);
    write_time(json, "valid_from", item.valid_from);
    write_time(json, "valid_to", item.valid_to);
    write_text(json, "grain", item.grain ? model::grain_name(*item.grain) : std::string_view{});
}

void write(std::string& lines, const model::Memory& memory) {
    json::Writer json;
    begin(json, "memory");
    write_id(json, "id", memory.id);
    write_id(json, "session_id", memory.session_id);
    mark_isolated(json, memory.session_id.has_value());
    json.key("kind").value(model::memory_kind_name(memory.kind));
    write_text(json, "subject", memory.subject);
    write_content(json, memory);
    write_id(json, "source", memory.source_message);
    write_time(json, "created_at", memory.created_at);
    write_time(json, "updated_at", memory.updated_at);
    json.key("uses").value(memory.uses);
    end(json, lines);
}

void write(std::string& lines, util::Id memory, const model::MemoryVersion& version) {
    json::Writer json;
    begin(json, "history");
    write_id(json, "memory_id", memory);
    write_content(json, version);
    write_id(json, "source", version.message);
    write_time(json, "changed_at", version.changed_at);
    end(json, lines);
}

void write_reply(json::Writer& json, const store::MessageRecord& record) {
    write_id(json, "answers", record.answers);
    json.key("finish").value(model::finish_name(record.finish)).key("responder").value(record.responder);
    json.key("variant").value(model::variant_name(record.variant));
    json.key("used").begin_array();
    for (const auto& used : record.memory.used) {
        json.begin_object();
        write_id(json, "id", used.id);
        json.key("version").value(used.version).key("score").value(used.score, 6).end_object();
    }
    json.end_array();
    const auto write_references = [&](std::string_view name, const auto& references) {
        json.key(name).begin_array();
        for (const auto& reference : references) {
            json.begin_object();
            write_id(json, "id", reference.id);
            json.key("version").value(reference.version).end_object();
        }
        json.end_array();
    };
    write_references("added", record.memory.added);
    write_references("changed", record.memory.changed);
    json.key("forgotten").begin_array();
    for (const auto& forgotten : record.memory.forgotten) {
        json.begin_object();
        write_id(json, "id", forgotten.id);
        json.key("kind").value(model::memory_kind_name(forgotten.kind)).end_object();
    }
    json.end_array().key("topics").begin_array();
    for (const model::Topic& topic : record.topics) {
        json.begin_object().key("name").value(topic.name);
        write_text(json, "category", topic.category);
        json.key("score").value(topic.score, 3).end_object();
    }
    const model::ContextUse& use = record.context;
    json.end_array().key("context").begin_object();
    json.key("window_tokens").value(use.window_tokens).key("prompt_tokens").value(use.prompt_tokens);
    json.key("turns_kept").value(use.turns_kept).key("turns_summarised").value(use.turns_summarised);
    json.end_object();
}

void write(std::string& lines, const store::MessageRecord& record) {
    json::Writer json;
    begin(json, "message");
    write_id(json, "session_id", record.message.session_id);
    mark_isolated(json, record.is_isolated);
    write_message_members(json, record.message);
    json.key("hidden").value(record.is_hidden);
    if (record.message.role == model::Role::kAssistant) write_reply(json, record);
    end(json, lines);
}

void write(std::string& lines, const model::Summary& summary) {
    json::Writer json;
    begin(json, "summary");
    write_id(json, "session_id", summary.session_id);
    json.key("text").value(summary.text);
    write_id(json, "first", summary.first_message);
    write_id(json, "last", summary.last_message);
    json.key("turns").value(summary.turns);
    write_time(json, "updated_at", summary.updated_at);
    end(json, lines);
}

class Export {
public:
    Export(store::UserFiles& files, store::UserKey user) : files_(files), user_(std::move(user)) {}

    bool operator()(std::string& lines) {
        const auto file = files_.open(user_);
        if (!file) return false;  // there is none, or none any more
        switch (part_) {
            case Part::kSessions:
                return go_on((*file)->read_sessions(after_, kItemsAtOnce), lines);
            case Part::kMemories:
                return write_memories(**file, lines);
            case Part::kMessages:
                return go_on((*file)->read_messages(after_, kItemsAtOnce), lines);
            case Part::kSummaries:
                return go_on((*file)->read_summaries(after_, kItemsAtOnce), lines);
            case Part::kEnd:
                break;
        }
        return false;
    }

private:
    enum class Part { kSessions, kMemories, kMessages, kSummaries, kEnd };

    static util::Id id_of(const model::Session& session) { return session.id; }
    static util::Id id_of(const store::MessageRecord& record) { return record.message.id; }
    static util::Id id_of(const model::Summary& summary) { return summary.session_id; }

    bool next_part() {
        part_ = static_cast<Part>(static_cast<int>(part_) + 1);
        after_ = 0;
        return part_ != Part::kEnd;
    }

    template <typename T>
    bool go_on(const std::vector<T>& items, std::string& lines) {
        for (const T& item : items) write(lines, item);
        if (items.empty()) return next_part();
        after_ = id_of(items.back());
        return true;
    }

    // A memory, then its history, which may be long.
    bool write_memories(store::UserFile& file, std::string& lines) {
        if (after_ != 0) {
            const auto history = file.read_history(after_, version_, kItemsAtOnce);
            for (const model::MemoryVersion& version : history) write(lines, after_, version);
            if (!history.empty()) {
                version_ = history.back().version;
                return true;
            }
        }
        const std::vector<model::Memory> memories = file.read_memories(after_, 1);
        if (memories.empty()) return next_part();
        write(lines, memories.front());
        after_ = memories.front().id;
        version_ = 0;
        return true;
    }

    store::UserFiles& files_;
    store::UserKey user_;
    Part part_ = Part::kSessions;
    util::Id after_ = 0;
    int version_ = 0;
};

}  // namespace

Response get_export(Context& context) {
    Identity::require_identity(context.caller);
    const store::UserKey user = context.identity.user_of(context.caller, context.request);
    // Whether it can be read at all is told while the answer can still be another.
    context.parts.files.open(user);
    json::Writer json;
    begin(json, "header");
    json.key("format").value(kTransferFormat).key("version").value(kTransferVersion);
    write_time(json, "exported_at", context.parts.clock.now());
    Response response{.status = 200};
    end(json, response.body);
    response.add_header("Content-Type", "application/x-ndjson");
    response.add_header("Content-Disposition", "attachment; filename=\"memory.ndjson\"");
    context.identity.add_cookie(response, context.caller, context.request);
    response.more = Export{context.parts.files, user};
    return response;
}

}  // namespace arq::http
