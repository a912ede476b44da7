// SPDX-License-Identifier: MIT
#include "arq/json/writer.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>

namespace arq::json {

// PrettyWriter does both styles: with a line break of its own it indents, as a plain Writer it doesn't.
struct Writer::Buffer {
    using Indented = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
    using Compact = rapidjson::Writer<rapidjson::StringBuffer>;

    template <typename Action>
    void apply(Action action) {
        if (style == Style::kIndented)
            action(indented);
        else
            action(compact);
    }

    Style style;
    rapidjson::StringBuffer bytes{};
    Indented indented{bytes};
    Compact compact{bytes};
};

Writer::Writer(Style style) : buffer_(new Buffer{.style = style}) {
    buffer_->indented.SetIndent(' ', 2);
}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Writer& Writer::begin_object() {
    buffer_->apply([](auto& json) { json.StartObject(); });
    return *this;
}
Writer& Writer::end_object() {
    buffer_->apply([](auto& json) { json.EndObject(); });
    return *this;
}
Writer& Writer::begin_array() {
    buffer_->apply([](auto& json) { json.StartArray(); });
    return *this;
}
Writer& Writer::end_array() {
    buffer_->apply([](auto& json) { json.EndArray(); });
    return *this;
}
Writer& Writer::key(std::string_view name) {
    buffer_->apply([&](auto& json) { json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); });
    return *this;
}
Writer& Writer::value(std::string_view text) {
    buffer_->apply(
        [&](auto& json) { json.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); });
    return *this;
}
Writer& Writer::value(bool flag) {
    buffer_->apply([&](auto& json) { json.Bool(flag); });
    return *this;
}
Writer& Writer::value(std::int64_t number) {
    buffer_->apply([&](auto& json) { json.Int64(number); });
    return *this;
}
Writer& Writer::value(double number, int decimals) {
    if (!std::isfinite(number)) return null();
    const double factor = std::pow(10.0, decimals);
    buffer_->apply([&](auto& json) { json.Double(std::round(number * factor) / factor); });
    return *this;
}
Writer& Writer::null() {
    buffer_->apply([](auto& json) { json.Null(); });
    return *this;
}

std::size_t Writer::size_bytes() const {
    return buffer_->bytes.GetSize();
}

std::string Writer::take() {
    return {buffer_->bytes.GetString(), buffer_->bytes.GetSize()};
}

}  // namespace arq::json
