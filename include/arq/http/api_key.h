// SPDX-License-Identifier: MIT
//
// Keys of servers and administrators: "arq-<id>-<secret>". The id finds the key's record, of the
// secret (256 random bits) only a keyed hash is kept. Format: never change, only add.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "arq/store/host.h"
#include "arq/util/clock.h"
#include "arq/util/hash.h"

namespace arq::http {

struct NewApiKey {
    store::ApiKey record;
    std::string key;  // the only time that it is seen
};

NewApiKey make_api_key(store::KeyRole role, std::string_view name, const util::Key& names_key,
                       util::Clock& clock);

// The record of a key as it was sent; nothing where it is malformed, unknown, wrong or revoked. The
// comparison takes the same time however wrong it is. The key's use is noted, once a minute.
std::optional<store::ApiKey> verify_api_key(std::string_view key, store::Host& host,
                                            const util::Key& names_key, util::Clock& clock);

}  // namespace arq::http
