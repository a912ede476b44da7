// SPDX-License-Identifier: MIT
//
// POST /api/import: what an export wrote, line by line and in one transaction: all of it or nothing.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "arq/json/reader.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/lists.h"
#include "http/transfer.h"

namespace arq::http {
namespace {

constexpr std::int64_t kMostNumber = std::int64_t{1} << 40;

// The lines of a body, wherever it is. Holds one of them at a time.
class Lines {
public:
    Lines(const Request& request, std::size_t limit_bytes)
        : text_(request.body), file_(request.long_body.get()), limit_bytes_(limit_bytes) {}

    // The next one that isn't empty; nothing at the end. Errors: kInvalidJson (too long), kInternal.
    std::optional<std::string_view> next() {
        while (take()) {
            ++number_;
            if (line_.find_first_not_of(" \t\r") != std::string::npos) return line_;
        }
        return std::nullopt;
    }
    std::int64_t number() const { return number_; }

private:
    bool take() {
        line_.clear();
        for (;;) {
            const std::size_t end = text_.find('\n');
            line_.append(text_.substr(0, end));
            if (line_.size() > limit_bytes_)
                throw Error{ErrorCode::kInvalidJson, "line " + std::to_string(number_ + 1) +
                                                         " is longer than any that an export writes"};
            if (end != std::string_view::npos) {
                text_.remove_prefix(end + 1);
                return true;
            }
            if (!fill()) return !line_.empty();
        }
    }
    // Of the file, if the body is in one.
    bool fill() {
        text_ = {};
        if (file_ == nullptr) return false;
        const ssize_t count = ::pread(file_->get(), buffer_.data(), buffer_.size(), at_);
        if (count < 0)
            throw Error{ErrorCode::kInternal, "the body can't be read back: " + std::to_string(errno)};
        at_ += count;
        text_ = {buffer_.data(), static_cast<std::size_t>(count)};
        return count > 0;
    }

    std::string_view text_;
    const util::UniqueFd* file_;
    const std::size_t limit_bytes_;
    off_t at_ = 0;
    std::int64_t number_ = 0;
    std::string line_;
    std::array<char, 16 * 1024> buffer_{};
};

[[noreturn]] void raise_invalid(std::string_view name, const std::string& what) {
    throw Error{ErrorCode::kInvalidValue, "`" + std::string{name} + "` " + what, std::string{name}};
}

std::optional<util::Id> read_id(json::Object& item, std::string_view name) {
    const auto text = item.optional_string(name);
    if (!text) return std::nullopt;
    const auto id = util::parse_id(*text);
    if (!id || *id == 0) raise_invalid(name, "must be an id");
    return id;
}

util::Id require_id(json::Object& item, std::string_view name) {
    item.required_string(name);
    return *read_id(item, name);
}

std::optional<util::Timestamp> read_time(json::Object& item, std::string_view name) {
    const auto text = item.optional_string(name);
    if (!text) return std::nullopt;
    const auto time = util::parse_rfc3339(*text);
    if (!time) raise_invalid(name, "must be a time such as 2026-11-24T06:00:00.000Z");
    return time;
}

util::Timestamp require_time(json::Object& item, std::string_view name) {
    item.required_string(name);
    return *read_time(item, name);
}

// One of a closed list of words, by its parser.
template <typename T>
T read_word(json::Object& item, std::string_view name, std::optional<T> (*parse)(std::string_view)) {
    const auto value = parse(item.required_string(name));
    if (!value) raise_invalid(name, "is none of the words that an export writes");
    return *value;
}

int read_number(json::Object& item, std::string_view name, std::int64_t least = 0) {
    constexpr std::int64_t kMost = 1'000'000'000;
    return static_cast<int>(item.optional_integer(name, least, kMost).value_or(least));
}

std::string read_text(json::Object& item, std::string_view name, std::int64_t limit_bytes) {
    std::string text = item.required_string(name);
    if (text.empty()) raise_invalid(name, "is empty");
    if (text.size() > static_cast<std::size_t>(limit_bytes))
        raise_invalid(name, "is longer than " + std::to_string(limit_bytes) + " bytes");
    return text;
}

// Words of a topic: on one line.
std::string read_label(json::Object& item, std::string_view name) {
    const std::string text = item.optional_string(name).value_or(std::string{});
    if (util::has_control_characters(text)) raise_invalid(name, "must be on one line");
    return text;
}

model::Session read_session(json::Object& item, const config::Config& config) {
    return {.id = require_id(item, "id"),
            .title = read_text(item, "title", config.limits.title_bytes),
            .isolated = item.optional_bool("isolated").value_or(false),
            .created_at = require_time(item, "created_at"),
            .updated_at = require_time(item, "updated_at")};
}

template <typename T>
void read_content(json::Object& item, const config::Config& config, T& into) {
    into.version = read_number(item, "version", 1);
    into.text = read_text(item, "text", config.limits.message_bytes);
    into.value = item.optional_string("value").value_or(std::string{});
    into.valid_from = read_time(item, "valid_from");
    into.valid_to = read_time(item, "valid_to");
    if (const auto grain = item.optional_string("grain")) {
        into.grain = model::parse_grain(*grain);
        if (!into.grain) raise_invalid("grain", "is none of the words that an export writes");
    }
}

model::Memory read_memory(json::Object& item, const config::Config& config) {
    model::Memory memory;
    memory.id = require_id(item, "id");
    memory.session_id = read_id(item, "session_id");
    item.optional_bool("isolated");
    memory.kind = read_word<model::MemoryKind>(item, "kind", model::parse_memory_kind);
    memory.subject = read_label(item, "subject");
    read_content(item, config, memory);
    memory.source_message = read_id(item, "source");
    memory.created_at = require_time(item, "created_at");
    memory.updated_at = require_time(item, "updated_at");
    memory.uses = read_number(item, "uses");
    return memory;
}

void read_reply(json::Object& item, store::MessageRecord& record) {
    record.answers = read_id(item, "answers");
    record.finish = read_word<model::Finish>(item, "finish", model::parse_finish);
    record.responder = item.required_string("responder");
    record.variant = read_word<model::Variant>(item, "variant", model::parse_variant);
    for (json::Object& used : item.objects("used")) {
        record.memory.used.push_back({.id = require_id(used, "id"),
                                      .text = {},
                                      .score = used.optional_number("score", 0, 1).value_or(0),
                                      .version = read_number(used, "version", 1)});
        used.reject_unknown();
    }
    for (json::Object& added : item.objects("added")) {
        record.memory.added.push_back(
            {.id = require_id(added, "id"), .text = {}, .version = read_number(added, "version", 1)});
        added.reject_unknown();
    }
    for (json::Object& changed : item.objects("changed")) {
        record.memory.changed.push_back({.id = require_id(changed, "id"),
                                         .text = {},
                                         .previous = {},
                                         .version = read_number(changed, "version", 1)});
        changed.reject_unknown();
    }
    for (json::Object& forgotten : item.objects("forgotten")) {
        record.memory.forgotten.push_back(
            {.id = require_id(forgotten, "id"),
             .kind = read_word<model::MemoryKind>(forgotten, "kind", model::parse_memory_kind)});
        forgotten.reject_unknown();
    }
    for (json::Object& topic : item.objects("topics")) {
        record.topics.push_back({.name = read_label(topic, "name"),
                                 .category = read_label(topic, "category"),
                                 .score = topic.optional_number("score", 0, 1).value_or(0)});
        topic.reject_unknown();
    }
    if (auto context = item.optional_object("context")) {
        record.context = {.window_tokens = read_number(*context, "window_tokens"),
                          .prompt_tokens = read_number(*context, "prompt_tokens"),
                          .turns_kept = read_number(*context, "turns_kept"),
                          .turns_summarised = read_number(*context, "turns_summarised")};
        context->reject_unknown();
    }
}

store::MessageRecord read_message(json::Object& item, const config::Config& config) {
    store::MessageRecord record;
    model::Message& message = record.message;
    message.id = require_id(item, "id");
    message.session_id = require_id(item, "session_id");
    item.optional_bool("isolated");
    const std::string role = item.required_string("role");
    if (role != "user" && role != "assistant") raise_invalid("role", "must be user or assistant");
    message.role = role == "user" ? model::Role::kUser : model::Role::kAssistant;
    message.created_at = require_time(item, "created_at");
    record.is_hidden = item.optional_bool("hidden").value_or(false);
    const auto client_id = item.optional_string("message_id");
    if (message.role == model::Role::kUser) {
        message.text = read_text(item, "text", config.limits.message_bytes);
        if (!client_id || !util::is_client_id(*client_id))
            raise_invalid("message_id", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
        message.client_id = *client_id;
    } else {
        message.text = item.required_string("text");
        read_reply(item, record);
    }
    return record;
}

model::Summary read_summary(json::Object& item) {
    model::Summary summary;
    summary.session_id = require_id(item, "session_id");
    summary.text = item.required_string("text");
    summary.first_message = require_id(item, "first");
    summary.last_message = require_id(item, "last");
    summary.turns = read_number(item, "turns");
    require_time(item, "updated_at");
    return summary;
}

void check_header(json::Object& item, std::string_view type) {
    if (type != "header" || item.optional_string("format") != kTransferFormat)
        throw Error{
            ErrorCode::kInvalidValue,
            "the first line must be the header of an export: {\"type\":\"header\",\"format\":\"arq\",…}",
            "type"};
    if (item.optional_integer("version", 1, kMostNumber) != kTransferVersion)
        raise_invalid("version",
                      "is not " + std::to_string(kTransferVersion) + ": a newer release wrote this");
    item.optional_string("exported_at");
    item.reject_unknown();
}

// Whether the item was not there. Without a file it is only checked.
bool take_item(store::UserFile* file, json::Object& item, const std::string& type,
               const config::Config& config) {
    const auto take = [&](auto value, auto import) {
        item.reject_unknown();
        return file == nullptr || (file->*import)(value);
    };
    using store::UserFile;
    if (type == "session") return take(read_session(item, config), &UserFile::import_session);
    if (type == "memory") return take(read_memory(item, config), &UserFile::import_memory);
    if (type == "message") return take(read_message(item, config), &UserFile::import_message);
    if (type == "summary") return take(read_summary(item), &UserFile::import_summary);
    if (type != "history") raise_invalid("type", "is none that an export writes");
    const util::Id memory = require_id(item, "memory_id");
    model::MemoryVersion version;
    read_content(item, config, version);
    version.message = read_id(item, "source");
    version.changed_at = require_time(item, "changed_at");
    item.reject_unknown();
    return file == nullptr || file->import_history(memory, version);
}

struct Imported {
    std::int64_t imported = 0;
    std::int64_t existing = 0;
};

Imported take_lines(store::UserFile* file, const Request& request, const config::Config& config) {
    // The longest line holds a message, each byte of it as six, and what its reply told.
    Lines lines{request, static_cast<std::size_t>(config.limits.message_bytes) * 8 + 256 * 1024};
    Imported counts;
    bool has_header = false;
    try {
        while (const auto line = lines.next()) {
            const json::Document document{*line,
                                          {.depth = static_cast<std::size_t>(config.limits.json_depth)}};
            json::Object item = document.root();
            const std::string type = item.required_string("type");
            if (!std::exchange(has_header, true))
                check_header(item, type);
            else
                ++(take_item(file, item, type, config) ? counts.imported : counts.existing);
        }
        if (!has_header)
            throw Error{ErrorCode::kInvalidJson, "there is no line: send what `GET /api/export` gave"};
    } catch (const Error& error) {
        const bool is_theirs =
            error.code() == ErrorCode::kInvalidJson || error.code() == ErrorCode::kInvalidValue ||
            error.code() == ErrorCode::kMissingField || error.code() == ErrorCode::kUnknownField ||
            error.code() == ErrorCode::kDuplicateField;
        if (!is_theirs || lines.number() == 0) throw;
        throw Error{error.code(), "line " + std::to_string(lines.number()) + ": " + error.what(),
                    error.param()};
    }
    return counts;
}

}  // namespace

Response post_import(Context& context) {
    Identity::require_identity(context.caller);
    const config::Config& config = context.parts.config;
    const store::UserKey user = context.identity.user_of(context.caller, context.request);
    Imported counts;
    {
        // Nothing is made for a body that is none.
        if (!context.parts.files.open(user)) take_lines(nullptr, context.request, config);
        const store::UserFiles::Lease file = context.parts.files.open_or_create(user);
        store::UserFile::Transaction transaction{*file};
        file->begin_import();
        counts = take_lines(&*file, context.request, config);
        if (counts.imported > 0) {
            if (file->count_memories() > config.memory.max_memories)
                throw Error{ErrorCode::kMemoryFull, "with these there would be more than the " +
                                                        std::to_string(config.memory.max_memories) +
                                                        " memories that are kept: forget some first"};
            file->finish_import();
            transaction.commit();
        }
    }
    json::Writer json;
    json.begin_object().key("imported").value(counts.imported);
    json.key("existing").value(counts.existing).end_object();
    return answer_json(context, 200, json.take());
}

}  // namespace arq::http
