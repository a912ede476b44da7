// SPDX-License-Identifier: MIT
#include "arq/util/calendar.h"
#include "arq/util/hash.h"
#include "arq/util/ids.h"
#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

void check_encodings(std::string_view input) {
    const auto bytes = std::as_bytes(std::span{input.data(), input.size()});
    require(same(util::from_hex(util::to_hex(bytes)).value(), bytes), "hexadecimal digits of other bytes");
    require(same(util::from_base64url(util::to_base64url(bytes)).value(), bytes), "base64url of other bytes");

    // Who compares such texts relies on there being one spelling only.
    if (const auto decoded = util::from_base64url(input))
        require(util::to_base64url(*decoded) == input, "two spellings in base64url of the same bytes");
    if (const auto decoded = util::from_hex(input))
        require(decoded->size() * 2 == input.size(), "hexadecimal digits lost");
    if (const auto id = util::parse_id(input)) {
        require(util::format_id(*id) == input && *id != 0, "two spellings of an id");
        require(util::is_client_id(input), "an id that a client could not send");
    }
    if (util::is_client_id(input)) require(is_utf8(input) && input.size() <= 64, "an id that is no id");
    if (util::is_time_zone(input)) util::local_day(util::Timestamp{util::Milliseconds{1795500000000}}, input);
}

}  // namespace arq::fuzz
