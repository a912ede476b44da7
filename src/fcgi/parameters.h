// SPDX-License-Identifier: MIT
//
// From the web server's parameters to a request. Pure, but for the random id of a request that has none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "arq/http/message.h"
#include "arq/util/clock.h"

namespace arq::fcgi {

using Parameter = std::pair<std::string_view, std::string_view>;

struct RequestHead {
    http::Request request;                    // all but its body
    std::optional<std::uint64_t> body_bytes;  // as announced; absent where nothing usable was
};

// HTTP_X_ARQ_USER becomes the header "x-arq-user"; CONTENT_TYPE and CONTENT_LENGTH become headers unless they
// are empty, and beat HTTP_CONTENT_TYPE and HTTP_CONTENT_LENGTH. A header that came several times (nginx
// before 1.23 passes each) is joined by ", ", cookies by "; ". What is missing stays empty.
RequestHead read_parameters(std::span<const Parameter> parameters, util::Clock& clock);

}  // namespace arq::fcgi
