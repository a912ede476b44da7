// SPDX-License-Identifier: MIT
#include "http/identity.h"

#include <algorithm>
#include <cctype>

#include "arq/http/api_key.h"
#include "arq/http/user_name.h"
#include "arq/util/error.h"
#include "arq/util/text.h"

namespace arq::http {
namespace {

constexpr std::string_view kCookie = "arq_visitor";

// The scheme's name has no case (RFC 9110, section 11.1).
std::optional<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view kScheme = "bearer ";
    if (authorization.size() <= kScheme.size()) return std::nullopt;
    const bool is_bearer = std::equal(
        kScheme.begin(), kScheme.end(), authorization.begin(),
        [](char expected, char c) { return std::tolower(static_cast<unsigned char>(c)) == expected; });
    if (!is_bearer) return std::nullopt;
    return util::trim(authorization.substr(kScheme.size()));
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

// Whoever stands between may be on this machine; the one who asks need not be.
bool was_forwarded(const Request& request) {
    constexpr std::string_view kForwarding[] = {
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"};
    return std::any_of(std::begin(kForwarding), std::end(kForwarding),
                       [&](std::string_view name) { return request.header(name).has_value(); });
}

store::UserKey key_of(const util::Key& names, const std::string& caller) {
    return store::UserKey{util::to_hex(util::keyed_hash(names, caller, 16))};
}

}  // namespace

bool is_user_name(std::string_view name) {
    return !name.empty() && name.size() <= kUserNameBytes && util::is_valid_utf8(name) &&
           !util::has_control_characters(name);
}

store::UserKey user_key(const util::Key& names, std::string_view user_name) {
    return key_of(names, "user:" + std::string{user_name});
}

std::optional<Visitor> Identity::verify(std::string_view value) {
    if (auto visitor = verify_visitor(value, secrets_->visitor_keys)) return visitor;
    // Another worker may know a newer key already.
    auto newest = live_secrets_.newest();
    if (newest == secrets_) return std::nullopt;
    secrets_ = std::move(newest);
    return verify_visitor(value, secrets_->visitor_keys);
}

store::ApiKey Identity::verify_key(std::string_view authorization) const {
    const auto token = bearer_token(authorization);
    auto key = token ? verify_api_key(*token, host_, secrets_->names, clock_) : std::nullopt;
    if (!key)
        throw Error{ErrorCode::kInvalidKey,
                    "the key in `Authorization: Bearer` is not one of this installation: `arqctl key "
                    "add` makes one"};
    return *std::move(key);
}

Caller Identity::authenticate_admin(const Request& request) const {
    Caller caller;
    if (const auto authorization = request.header("authorization")) {
        caller.key = verify_key(*authorization);
        if (caller.key->role != store::KeyRole::kAdmin)
            throw Error{ErrorCode::kForbidden, "a server key speaks for users: use an admin key"};
        return caller;
    }
    if (!is_loopback(request.remote_address) || was_forwarded(request))
        throw Error{
            ErrorCode::kCredentialsRequired,
            "this is for administrators: send `Authorization: Bearer` with a key that `arqctl key add "
            "--role admin` makes; only programs on the machine itself need none"};
    return caller;
}

Caller Identity::authenticate(const Request& request, Access access) {
    Caller caller;
    if (access == Access::kAnybody) return caller;
    if (access == Access::kAdmin) return authenticate_admin(request);
    if (const auto authorization = request.header("authorization")) {
        caller.key = verify_key(*authorization);
        if (caller.key->role != store::KeyRole::kServer)
            throw Error{ErrorCode::kForbidden, "an admin key can't speak for users: use a server key"};
        return caller;
    }
    if (const auto header = request.header("x-arq-visitor")) {
        caller.by_header = true;
        caller.visitor = verify(*header);
        caller.forged_visitor = !caller.visitor;
        return caller;
    }
    for (const std::string_view value : cookie_values(request, kCookie)) {
        caller.visitor = verify(value);
        caller.forged_visitor = !caller.visitor;
        if (caller.visitor) break;
    }
    return caller;
}

void Identity::require_identity(const Caller& caller) {
    if (caller.key || caller.visitor) return;
    if (caller.forged_visitor)
        throw Error{ErrorCode::kInvalidVisitor,
                    "the visitor's value is forged or damaged: `POST /api/visitor` makes a new one"};
    throw Error{ErrorCode::kCredentialsRequired,
                "nobody is calling: send the cookie or `X-ARQ-Visitor` that `POST /api/visitor` gives, or a "
                "server key "
                "with `X-ARQ-User`"};
}

void Identity::become_visitor(Caller& caller, const Request& request) const {
    caller.visitor = make_visitor(request.request_id, secrets_->names, clock_.now());
    caller.is_new_visitor = true;
}

store::UserKey Identity::user_of(const Caller& caller, const Request& request) const {
    if (caller.key) {
        const auto user = request.header("x-arq-user");
        if (!user || user->empty())
            throw Error{ErrorCode::kUserRequired,
                        "a server key speaks for a user: name them in the header `X-ARQ-User`", "X-ARQ-User"};
        if (!is_user_name(*user))
            throw Error{ErrorCode::kInvalidValue,
                        "`X-ARQ-User` must be 1 to 128 bytes of UTF-8 without control characters",
                        "X-ARQ-User"};
        return user_key(secrets_->names, *user);
    }
    return key_of(secrets_->names, "visitor:" + caller.visitor.value().id);
}

bool Identity::is_due(const Visitor& visitor) const {
    return clock_.now() - visitor.issued_at >= std::chrono::hours{config_.visitor.renew_hours};
}

std::string Identity::visitor_value(const Caller& caller) const {
    Visitor visitor = caller.visitor.value();
    if (is_due(visitor)) visitor.issued_at = clock_.now();
    return format_visitor(visitor, secrets_->visitor_keys.front());
}

void Identity::expire_cookie(Response& response, const Caller& caller) {
    if (!caller.visitor || caller.by_header) return;
    response.add_header("Set-Cookie", std::string{kCookie} + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

void Identity::add_cookie(Response& response, const Caller& caller, const Request& request) const {
    if (!caller.visitor || caller.by_header) return;
    if (!caller.is_new_visitor && !is_due(*caller.visitor)) return;
    const std::int64_t seconds = std::chrono::seconds{std::chrono::days{config_.visitor.cookie_days}}.count();
    response.add_header("Set-Cookie", std::string{kCookie} + "=" + visitor_value(caller) +
                                          "; Path=/; Max-Age=" + std::to_string(seconds) +
                                          "; HttpOnly; SameSite=Lax" + (request.secure ? "; Secure" : ""));
}

}  // namespace arq::http
