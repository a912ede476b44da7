// SPDX-License-Identifier: MIT
#include "arq/fcgi/exchange.h"

#include <cassert>
#include <string>
#include <string_view>
#include <utility>

#include "arq/util/log.h"
#include "fcgi/connection.h"
#include "fcgi/in_flight.h"
#include "fcgi/response_head.h"

namespace arq::fcgi {

Exchange::Exchange(std::unique_ptr<Connection> connection, http::Request request,
                   std::shared_ptr<InFlight> in_flight)
    : connection_(std::move(connection)), request_(std::move(request)), in_flight_(std::move(in_flight)) {
    in_flight_->enter();
}

Exchange::~Exchange() {
    if (!connection_) return;
    util::log_error("request " + request_.request_id + " was dropped unanswered");
    end();
}

bool Exchange::respond(const http::Response& response) {
    assert(connection_ && "an exchange is answered once");
    const std::string head = format_head(response);
    const bool has_body = request_.method != "HEAD" && !is_bodiless(response.status);
    const bool delivered = has_body ? connection_->answer(head, response.body, response.more)
                                    : connection_->answer(head, {}, {});
    end();
    return delivered;
}

void Exchange::end() {
    connection_.reset();
    in_flight_->leave();
}

}  // namespace arq::fcgi
