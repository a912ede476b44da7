// SPDX-License-Identifier: MIT
#include "arq/util/hash.h"

#include <sodium.h>

#include "arq/util/error.h"

namespace arq::util {
namespace {

unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

void initialise_crypto() {
    if (sodium_init() < 0)
        throw Error{ErrorCode::kInternal, "libsodium can't start: no source of random numbers"};
}

Bytes keyed_hash(const Key& key, std::string_view data, std::size_t size_bytes) {
    Bytes hash(size_bytes);
    if (crypto_generichash(raw(hash.data()), hash.size(), reinterpret_cast<const unsigned char*>(data.data()),
                           data.size(), raw(key.data()), key.size()) != 0)
        throw Error{ErrorCode::kInternal, "keyed_hash: a size outside 16 to 64 bytes"};
    return hash;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(std::span<const std::byte> bytes) {
    std::string hex(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), raw(bytes.data()), bytes.size());
    hex.pop_back();
    return hex;
}

std::optional<Bytes> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    if (hex.empty()) return Bytes{};  // libsodium takes no null pointer, which an empty vector may have
    Bytes bytes(hex.size() / 2);
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_hex2bin(raw(bytes.data()), bytes.size(), hex.data(), hex.size(), nullptr, &length, &end) !=
            0 ||
        length != bytes.size() || end != hex.data() + hex.size())
        return std::nullopt;
    return bytes;
}

std::string to_base64url(std::span<const std::byte> bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes.data()), bytes.size(), kBase64);
    text.pop_back();
    return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    // libsodium 1.0.18 takes bytes beyond 0x7F for digits.
    if (text.find_first_not_of(kBase64Digits) != std::string_view::npos) return std::nullopt;
    Bytes bytes(text.size() / 4 * 3 + 3);
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(raw(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                          kBase64) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(length);
    return bytes;
}

}  // namespace arq::util
