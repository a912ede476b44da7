// SPDX-License-Identifier: MIT
//
// The value that makes a browser the same visitor again: `v1.<id>.<issued>.<mac>`, the id 128 bits as
// 22 characters of base64url, the time in seconds since 1970, the MAC over all before it.
// Format in the API: never change, only add.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/http/message.h"
#include "arq/util/clock.h"
#include "arq/util/hash.h"

namespace arq::http {

struct Visitor {
    std::string id;
    util::Timestamp issued_at;
};

std::string format_visitor(const Visitor& visitor, const util::Key& signing_key);

// Nothing where it is forged, damaged or no visitor's value at all. Each of the keys is tried.
std::optional<Visitor> verify_visitor(std::string_view value, const std::vector<util::Key>& keys);

// A visitor for a request that comes from nobody. The id is a keyed hash of the request's, so that the
// request, handed to a second worker when the first one died, makes the same visitor again.
Visitor make_visitor(std::string_view request_id, const util::Key& names_key, util::Timestamp now);

// The values of all cookies of that name in the request, in their order.
std::vector<std::string_view> cookie_values(const Request& request, std::string_view name);

}  // namespace arq::http
