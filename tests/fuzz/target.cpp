// SPDX-License-Identifier: MIT
#include "http/target.h"

#include "arq/util/hash.h"
#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

// Every byte as %xx: the one spelling that no rule touches.
std::string encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) encoded += "%" + util::to_hex(std::as_bytes(std::span{&c, 1}));
    return encoded;
}

}  // namespace

void check_target(std::string_view input) {
    const auto target = http::parse_target(input);
    if (!target) return;
    require(input.starts_with('/'), "a target that is no path");
    require(!target->segments.empty(), "a path without segments");

    std::string again;
    for (const std::string& segment : target->segments) {
        require(is_utf8(segment), "a segment is no UTF-8");
        again += "/" + encode(segment);
    }
    char separator = '?';
    for (const auto& [name, value] : target->parameters) {
        require(is_utf8(name) && is_utf8(value), "a parameter is no UTF-8");
        again += separator + encode(name) + "=" + encode(value);
        separator = '&';
    }
    const auto reread = http::parse_target(again);
    require(reread && reread->segments == target->segments, "other segments: " + again);
    require(reread->parameters == target->parameters, "other parameters: " + again);
}

}  // namespace arq::fuzz
