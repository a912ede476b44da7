// SPDX-License-Identifier: MIT
#include "arq/http/api_key.h"

#include <array>

#include "arq/util/error.h"
#include "arq/util/log.h"

namespace arq::http {
namespace {

constexpr std::string_view kPrefix = "arq-";
constexpr std::size_t kIdLength = 10;
constexpr std::size_t kHashBytes = 32;

util::Bytes hash_secret(std::string_view secret, const util::Key& names_key) {
    return util::keyed_hash(names_key, "api-key:" + std::string{secret}, kHashBytes);
}

// A book-keeping write: that it fails (a full disk) is logged, and no reason to refuse a read.
void note_use(const store::ApiKey& record, store::Host& host, util::Timestamp now) {
    if (record.last_used_at && now - *record.last_used_at < std::chrono::minutes{1}) return;
    try {
        host.note_key_use(record.id, now);
    } catch (const Error& error) {
        util::log_error("the use of the key " + record.id + " was not noted: " + error.what());
    }
}

}  // namespace

NewApiKey make_api_key(store::KeyRole role, std::string_view name, const util::Key& names_key,
                       util::Clock& clock) {
    std::array<std::byte, kIdLength / 2> id{};
    std::array<std::byte, 32> random{};
    clock.random_fill(id);
    clock.random_fill(random);
    const std::string secret = util::to_base64url(random);
    NewApiKey made;
    made.record = {.id = util::to_hex(id),
                   .name = std::string{name},
                   .role = role,
                   .secret_hash = hash_secret(secret, names_key),
                   .created_at = clock.now()};
    made.key = std::string{kPrefix} + made.record.id + "-" + secret;
    return made;
}

std::optional<store::ApiKey> verify_api_key(std::string_view key, store::Host& host,
                                            const util::Key& names_key, util::Clock& clock) {
    if (!key.starts_with(kPrefix)) return std::nullopt;
    key.remove_prefix(kPrefix.size());
    if (key.size() <= kIdLength || key[kIdLength] != '-') return std::nullopt;
    auto record = host.find_key(key.substr(0, kIdLength));
    if (!record) return std::nullopt;
    const util::Bytes hash = hash_secret(key.substr(kIdLength + 1), names_key);
    if (!util::equal_in_constant_time(hash, record->secret_hash) || record->revoked_at) return std::nullopt;
    note_use(*record, host, clock.now());
    return record;
}

}  // namespace arq::http
