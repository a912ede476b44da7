// SPDX-License-Identifier: MIT
//
// Who is calling, and for whom. In two steps, for the contract's order of checks: authenticate() gives
// 401 and 403, and only when the body was looked at user_of() gives 400.
#pragma once

#include <optional>
#include <string>

#include "arq/config/config.h"
#include "arq/config/live_secrets.h"
#include "arq/http/message.h"
#include "arq/store/host.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "http/visitor.h"

namespace arq::http {

enum class Access {
    kAnybody,  // no identity asked for
    kUser,     // a visitor, or a server on behalf of a user
    kAdmin,    // a key of that role; without one, a program on this machine that nobody forwarded
};

struct Caller {
    std::optional<store::ApiKey> key;
    std::optional<Visitor> visitor;
    bool by_header = false;       // the visitor's value came, and goes, as X-ARQ-Visitor
    bool is_new_visitor = false;  // made for this very request
    bool forged_visitor = false;  // a value was sent that nobody here signed
};

class Identity {
public:
    // What they refer to outlives it.
    Identity(const config::Config& config, config::LiveSecrets& live_secrets, store::Host& host,
             util::Clock& clock)
        : config_(config),
          live_secrets_(live_secrets),
          secrets_(live_secrets.current()),
          host_(host),
          clock_(clock) {}

    // Errors: kInvalidKey, kForbidden; for Access::kAdmin also kCredentialsRequired.
    Caller authenticate(const Request& request, Access access);

    // Errors: kCredentialsRequired, kInvalidVisitor.
    static void require_identity(const Caller& caller);

    // A visitor of its own for a caller who is nobody yet.
    void become_visitor(Caller& caller, const Request& request) const;

    // Errors: kUserRequired, kInvalidValue (a user's name that can't be one).
    store::UserKey user_of(const Caller& caller, const Request& request) const;

    // The value to hand out: renewed where it is older than the configuration says.
    std::string visitor_value(const Caller& caller) const;

    // Takes the browser's cookie away.
    static void expire_cookie(Response& response, const Caller& caller);

    // Sets the cookie where it is new or due to be renewed.
    void add_cookie(Response& response, const Caller& caller, const Request& request) const;

private:
    store::ApiKey verify_key(std::string_view authorization) const;
    Caller authenticate_admin(const Request& request) const;
    bool is_due(const Visitor& visitor) const;
    std::optional<Visitor> verify(std::string_view value);

    const config::Config& config_;
    config::LiveSecrets& live_secrets_;
    std::shared_ptr<const config::Secrets> secrets_;  // as LiveSecrets hands them out
    store::Host& host_;
    util::Clock& clock_;
};

}  // namespace arq::http
