// SPDX-License-Identifier: MIT
//
// The one place where an error becomes a status and the contract's JSON, by one table.
#pragma once

#include <string>
#include <string_view>

#include "arq/http/message.h"
#include "arq/util/error.h"

namespace arq::http {

struct ErrorShape {
    ErrorCode code;
    std::string_view name;
    int status;
    std::string_view type;
    int retry_after_s;  // 0: none
};

const ErrorShape& error_shape(ErrorCode code);

Response make_error(const Error& error, std::string_view request_id);

}  // namespace arq::http
