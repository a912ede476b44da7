// SPDX-License-Identifier: MIT
#include "arq/config/config.h"

#include <system_error>

#include "arq/json/reader.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "config/settings.h"

namespace arq::config {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string key_of(const Setting& setting) {
    return std::string{setting.section} + "." + std::string{setting.name};
}

void read_setting(const Setting& setting, json::Object* section, Config& config) {
    std::visit(Overloaded{
                   [&](const IntegerSetting& type) {
                       std::optional<std::int64_t> value;
                       if (section != nullptr)
                           value = section->optional_integer(setting.name, type.least, type.most);
                       type.field(config) = value.value_or(type.initial);
                   },
                   [&](const TextSetting& type) {
                       std::optional<std::string> value;
                       if (section != nullptr) value = section->optional_string(setting.name);
                       if (value && !type.is_valid(*value))
                           throw Error{ErrorCode::kConfiguration,
                                       "`" + key_of(setting) + "` must be " + std::string{type.expected}};
                       type.field(config) = value.value_or(std::string{type.initial});
                   },
                   [&](const ListSetting& type) {
                       std::optional<std::vector<std::string>> value;
                       if (section != nullptr) value = section->optional_strings(setting.name);
                       for (const std::string& item : value.value_or(std::vector<std::string>{}))
                           if (!type.is_valid(item))
                               throw Error{ErrorCode::kConfiguration, "each item of `" + key_of(setting) +
                                                                          "` must be " +
                                                                          std::string{type.expected}};
                       type.field(config) = value.value_or(std::vector<std::string>{});
                   },
                   [&](const FlagSetting& type) {
                       std::optional<bool> value;
                       if (section != nullptr) value = section->optional_bool(setting.name);
                       type.field(config) = value.value_or(type.initial);
                   },
               },
               setting.type);
}

void check_together(const Config& config) {
    if (config.limits.page_items_default > config.limits.page_items)
        throw Error{ErrorCode::kConfiguration,
                    "`limits.page_items_default` is above `limits.page_items`: lower it"};
    // Six bytes of JSON (\u0000) can spell one byte of the message.
    if (config.limits.body_bytes < config.limits.message_bytes)
        throw Error{
            ErrorCode::kConfiguration,
            "`limits.body_bytes` is below `limits.message_bytes`: no message of that length could arrive"};
    const Config::Context& context = config.context;
    if (context.instructions_percent + context.facts_percent + context.summary_percent +
            context.quotes_percent + context.turns_percent >
        100)
        throw Error{ErrorCode::kConfiguration,
                    "the shares `context.*_percent` are more than 100 together: lower one"};
}

}  // namespace

Config parse_config(std::string_view text) {
    try {
        const json::Document document{text, {.depth = 8, .allow_comments = true}};
        json::Object root = document.root();
        Config config;
        std::string_view current;
        std::optional<json::Object> section;
        const auto finish_section = [&] {
            if (section) section->reject_unknown();
        };
        for (const Setting& setting : settings()) {
            if (setting.section != current) {
                finish_section();
                current = setting.section;
                section = root.optional_object(current);
            }
            read_setting(setting, section ? &*section : nullptr, config);
        }
        finish_section();
        root.reject_unknown();
        check_together(config);
        return config;
    } catch (const Error& error) {
        throw Error{ErrorCode::kConfiguration, error.what()};
    }
}

Config load_config(const std::string& path) {
    std::string text;
    try {
        text = util::read_file(path);
    } catch (const std::system_error& error) {
        throw Error{ErrorCode::kConfiguration, std::string{error.what()} + ": `arqctl init` makes the file"};
    }
    try {
        return parse_config(text);
    } catch (const Error& error) {
        throw Error{ErrorCode::kConfiguration, path + ": " + error.what()};
    }
}

std::optional<std::string> config_value(const Config& config, std::string_view key) {
    Config copy = config;  // the table's accessors hand out references to change
    for (const Setting& setting : settings()) {
        if (key_of(setting) != key) continue;
        return std::visit(
            Overloaded{
                [&](const IntegerSetting& type) { return std::to_string(type.field(copy)); },
                [&](const TextSetting& type) { return type.field(copy); },
                [&](const FlagSetting& type) { return std::string{type.field(copy) ? "true" : "false"}; },
                [&](const ListSetting& type) {
                    std::string lines;
                    for (const std::string& item : type.field(copy))
                        lines += (lines.empty() ? "" : "\n") + item;
                    return lines;
                },
            },
            setting.type);
    }
    return std::nullopt;
}

std::string describe_config() {
    std::string table = "| key | default | limits | what it is for |\n|---|---|---|---|\n";
    for (const Setting& setting : settings()) {
        const auto [initial, limits] = std::visit(
            Overloaded{
                [](const IntegerSetting& type) {
                    return std::pair{std::to_string(type.initial),
                                     std::to_string(type.least) + " to " + std::to_string(type.most)};
                },
                [](const TextSetting& type) {
                    return std::pair{"\"" + std::string{type.initial} + "\"", std::string{type.expected}};
                },
                [](const ListSetting& type) {
                    return std::pair{std::string{"[]"}, "a list, each item " + std::string{type.expected}};
                },
                [](const FlagSetting& type) {
                    return std::pair{std::string{type.initial ? "true" : "false"},
                                     std::string{"true or false"}};
                },
            },
            setting.type);
        table += "| `" + key_of(setting) + "` | `" + initial + "` | " + limits + " | " +
                 std::string{setting.purpose} + " |\n";
    }
    return table;
}

std::string initial_config(std::string_view address, std::int64_t port, bool own_nginx) {
    return "// ARQ's settings. What is absent has its default: docs/configuration.md lists every key,\n"
           "// `arqctl config check` tells whether this file is right, `arqctl restart` puts it in force.\n"
           "{\n"
           "  \"web\": {\n"
           "    \"address\": \"" +
           std::string{address} +
           "\",\n"
           "    \"port\": " +
           std::to_string(port) +
           ",\n"
           "    \"own_nginx\": " +
           (own_nginx ? "true" : "false") +
           "\n"
           "  }\n"
           "}\n";
}

}  // namespace arq::config
