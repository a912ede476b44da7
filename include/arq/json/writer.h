// SPDX-License-Identifier: MIT
//
// Writes JSON, one call a token; escaping is its business. A value, used by one thread.
//
//     Writer json;
//     json.begin_object().key("status").value("ok").end_object();
//     body = json.take();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arq::json {

class Writer {
public:
    enum class Style { kCompact, kIndented };

    explicit Writer(Style style = Style::kCompact);
    ~Writer();
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;

    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view{text}); }
    Writer& value(bool flag);
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
    // Rounded to `decimals`; a number that is not finite is written as null.
    Writer& value(double number, int decimals);
    Writer& null();

    std::size_t size_bytes() const;  // of what was written so far

    // The finished text; the writer is spent.
    std::string take();

private:
    struct Buffer;
    std::unique_ptr<Buffer> buffer_;
};

}  // namespace arq::json
