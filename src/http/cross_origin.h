// SPDX-License-Identifier: MIT
//
// Calls from pages of other sites (the Fetch standard's CORS protocol): closed, but for the origins that
// the operator names, and for those without cookies.
#pragma once

#include <string_view>

#include "arq/config/config.h"
#include "arq/http/message.h"

namespace arq::http {

// Refuses what a page of another site asks for, unless it may (kForbidden). Only requests that change
// something: what is read without permission the browser keeps from the page anyway.
void check_origin(const Request& request, const config::Config& config);

// Whether this is a browser's question whether a page may call, and it may.
bool is_preflight(const Request& request, const config::Config& config);

// The answer to it; `methods` as in Allow.
Response answer_preflight(std::string_view methods);

// Lets the page read the answer, where its origin may.
void add_origin_headers(Response& response, const Request& request, const config::Config& config);

}  // namespace arq::http
