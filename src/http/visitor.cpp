// SPDX-License-Identifier: MIT
#include "http/visitor.h"

#include <algorithm>
#include <charconv>

namespace arq::http {
namespace {

constexpr std::string_view kVersion = "v1.";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kMacBytes = 16;

util::Bytes mac_of(std::string_view signed_part, const util::Key& key) {
    return util::keyed_hash(key, "visitor:" + std::string{signed_part}, kMacBytes);
}

}  // namespace

std::string format_visitor(const Visitor& visitor, const util::Key& signing_key) {
    const auto issued =
        std::chrono::floor<std::chrono::seconds>(visitor.issued_at).time_since_epoch().count();
    const std::string signed_part = std::string{kVersion} + visitor.id + "." + std::to_string(issued);
    return signed_part + "." + util::to_base64url(mac_of(signed_part, signing_key));
}

std::optional<Visitor> verify_visitor(std::string_view value, const std::vector<util::Key>& keys) {
    if (value.size() > 128 || !value.starts_with(kVersion)) return std::nullopt;
    const std::size_t dot = value.rfind('.');
    const std::string_view signed_part = value.substr(0, dot);
    const auto mac = util::from_base64url(value.substr(dot + 1));
    if (!mac) return std::nullopt;
    const bool is_ours = std::any_of(keys.begin(), keys.end(), [&](const util::Key& key) {
        return util::equal_in_constant_time(*mac, mac_of(signed_part, key));
    });
    if (!is_ours) return std::nullopt;

    const std::string_view rest = signed_part.substr(kVersion.size());
    const std::size_t separator = rest.find('.');
    if (separator == std::string_view::npos) return std::nullopt;
    std::int64_t issued = 0;
    const std::string_view digits = rest.substr(separator + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), issued);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return Visitor{.id = std::string{rest.substr(0, separator)},
                   .issued_at = util::Timestamp{std::chrono::seconds{issued}}};
}

Visitor make_visitor(std::string_view request_id, const util::Key& names_key, util::Timestamp now) {
    return {.id = util::to_base64url(
                util::keyed_hash(names_key, "new-visitor:" + std::string{request_id}, kIdBytes)),
            .issued_at = now};
}

std::vector<std::string_view> cookie_values(const Request& request, std::string_view name) {
    std::vector<std::string_view> values;
    std::string_view rest = request.header("cookie").value_or(std::string_view{});
    while (!rest.empty()) {
        const std::size_t semicolon = rest.find(';');
        std::string_view pair = rest.substr(0, semicolon);
        rest = semicolon == std::string_view::npos ? std::string_view{} : rest.substr(semicolon + 1);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            values.push_back(pair.substr(name.size() + 1));
    }
    return values;
}

}  // namespace arq::http
