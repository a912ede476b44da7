// SPDX-License-Identifier: MIT
//
// Keyed hashes, comparison in constant time, and the spellings of binary values. All of it is
// libsodium's: BLAKE2b (RFC 7693) as crypto_generichash. Thread safe after initialise_crypto().
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arq::util {

using Bytes = std::vector<std::byte>;
inline constexpr std::size_t kKeyBytes = 32;
using Key = std::array<std::byte, kKeyBytes>;

// Once, before any other call of this header. Throws kInternal if libsodium can't start.
void initialise_crypto();

// BLAKE2b of `data` under `key`, `size_bytes` long (16 to 64).
Bytes keyed_hash(const Key& key, std::string_view data, std::size_t size_bytes);

// Equal length and content; the time depends on the length alone.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

std::string to_hex(std::span<const std::byte> bytes);
std::optional<Bytes> from_hex(std::string_view hex);

// URL-safe alphabet without padding (RFC 4648, section 5).
std::string to_base64url(std::span<const std::byte> bytes);
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace arq::util
