// SPDX-License-Identifier: MIT
#include "http/route_list.h"

namespace arq::http {

const RouteTable& all_routes() {
    static constexpr RouteTable kTable{kRoutes<Build::kWhole>};
    return kTable;
}

}  // namespace arq::http
