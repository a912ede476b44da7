// SPDX-License-Identifier: MIT
#include "http/route_list.h"

namespace arq::http {

const RouteTable& legacy_routes() {
    static constexpr RouteTable kTable{kRoutes<Build::kLegacy>};
    return kTable;
}

}  // namespace arq::http
