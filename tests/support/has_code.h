// SPDX-License-Identifier: MIT
#pragma once

#include "arq/util/error.h"

namespace arq::tests {

// For BOOST_CHECK_EXCEPTION: whether an error has that code, and that param where one is named.
inline auto has_code(ErrorCode code, std::string param = {}) {
    return [code, param](const Error& error) {
        return error.code() == code && (param.empty() || error.param() == param);
    };
}

}  // namespace arq::tests
