// SPDX-License-Identifier: MIT
//
// The head of an answer as FastCGI wants it: "Status: 200 OK", the headers, an empty line. Pure.
#pragma once

#include <string>

#include "arq/http/message.h"

namespace arq::fcgi {

// 204, 304 and 1xx.
bool is_bodiless(int status);

// Adds Content-Length, the size of the body, where the response has none and may have a body.
// Throws Error kInternal for a status outside 100 to 599, a header's name that is no token, or a value that
// would break out of its line: it could only come from input that went through unchecked.
std::string format_head(const http::Response& response);

}  // namespace arq::fcgi
