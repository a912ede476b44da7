// SPDX-License-Identifier: MIT
#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "arq/util/error.h"
#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

void require_text(const std::string& text) {
    require(is_utf8(text) && text.find('\0') == std::string::npos, "a string is no text");
}

// Whatever was asked for and refused is an Error that can be told.
template <typename Read>
void attempt(Read read) {
    try {
        read();
    } catch (const Error& error) {
        require(is_utf8(error.what()) && is_utf8(error.param()), "an error that can't be told");
    }
}

void read_fields(json::Object object, int depth) {
    for (const char* name : {"a", "b", "message", ""}) {
        attempt([&] { require_text(object.required_string(name)); });
        attempt([&] { object.optional_bool(name); });
        attempt([&] {
            const auto number = object.optional_integer(name, -5, 1000);
            require(!number || (*number >= -5 && *number <= 1000), "a number beyond its limits");
        });
        attempt([&] {
            for (const std::string& text : object.optional_strings(name).value_or(std::vector<std::string>{}))
                require_text(text);
        });
        if (depth == 0) continue;
        attempt([&] {
            if (auto inner = object.optional_object(name)) read_fields(*inner, depth - 1);
        });
        attempt([&] {
            for (const json::Object& inner : object.objects(name)) read_fields(inner, depth - 1);
        });
    }
    attempt([&] { object.reject_unknown(); });
}

void read_document(std::string_view text, const json::Limits& limits) {
    attempt([&] { read_fields(json::Document{text, limits}.root(), 3); });
}

}  // namespace

void check_json(std::string_view input) {
    read_document(input, {});
    read_document(input, {.depth = 3, .allow_comments = true});

    // What is written can be read, in both styles, and is the same.
    if (!is_utf8(input) || input.find('\0') != std::string_view::npos) return;
    for (const auto style : {json::Writer::Style::kCompact, json::Writer::Style::kIndented}) {
        json::Writer writer{style};
        writer.begin_object().key("a").value(input).key("b").begin_array().value(input).end_array();
        if (input != "a" && input != "b") writer.key(input).value(true);
        const std::string text = writer.end_object().take();
        const json::Document document{text};
        json::Object root = document.root();
        require(root.required_string("a") == input, "another string than was written");
        require(root.optional_strings("b").value().at(0) == input, "another string in an array");
        require(input == "a" || input == "b" || root.optional_bool(input) == true, "another name");
        root.reject_unknown();
    }
}

}  // namespace arq::fuzz
