// SPDX-License-Identifier: MIT
#include "fuzz/checks.h"

#include <array>
#include <cstdint>

namespace arq::fuzz {
namespace {

constexpr std::array kChecks{
    Check{"answer", check_answer},   Check{"api", check_api},
    Check{"config", check_config},   Check{"credentials", check_credentials},
    Check{"dates", check_dates},     Check{"encodings", check_encodings},
    Check{"json", check_json},       Check{"memory", check_memory},
    Check{"message", check_message}, Check{"parameters", check_parameters},
    Check{"search", check_search},   Check{"target", check_target},
    Check{"text", check_text},
};

}  // namespace

std::span<const Check> checks() {
    return kChecks;
}

bool is_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto lead = static_cast<std::uint8_t>(text[at++]);
        if (lead < 0x80) continue;
        if (lead < 0xC2 || lead > 0xF4) return false;
        const int following = lead < 0xE0 ? 1 : (lead < 0xF0 ? 2 : 3);
        // Overlong forms, surrogates, what lies beyond U+10FFFF.
        std::uint8_t least = lead == 0xE0 ? 0xA0 : (lead == 0xF0 ? 0x90 : 0x80);
        std::uint8_t most = lead == 0xED ? 0x9F : (lead == 0xF4 ? 0x8F : 0xBF);
        for (int i = 0; i < following; ++i) {
            if (at == text.size()) return false;
            const auto byte = static_cast<std::uint8_t>(text[at++]);
            if (byte < least || byte > most) return false;
            least = 0x80;
            most = 0xBF;
        }
    }
    return true;
}

std::vector<std::string_view> split(std::string_view input, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t at = input.find(separator);
        parts.push_back(input.substr(0, at));
        if (at == std::string_view::npos) return parts;
        input.remove_prefix(at + 1);
    }
}

}  // namespace arq::fuzz
