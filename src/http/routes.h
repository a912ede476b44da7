// SPDX-License-Identifier: MIT
//
// The routes: which path and method is whose, and what a handler gets.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arq/http/api.h"
#include "http/identity.h"
#include "http/pool_view.h"
#include "http/target.h"

namespace arq::http {

// All that a handler may use. The body has been checked for size and type.
struct Context {
    const Api::Parts& parts;
    const Identity& identity;
    const Request& request;
    const Target& target;
    PoolView& pool_view;
    Caller caller;

    // The {id} or {name} of the path, by its number.
    const std::string& segment(std::size_t number) const { return target.segments.at(number); }
};

struct Route {
    std::string_view method;
    std::string_view path;  // "/api/sessions/{id}"
    Access access;
    bool has_body;
    std::string_view parameters;  // the query's, separated by blanks
    bool counted;                 // in the pool's totals
    // What it tells beyond a client's limit: nothing, or (its handler sees to it) what was answered before.
    bool answers_repetitions;
    Response (*handle)(Context& context);
};

// What a program answers: all_routes() or legacy_routes() (arq/http/api.h).
struct RouteTable {
    std::span<const Route> routes;

    // All methods of a path, as Allow lists them; empty where there is no such path.
    std::string methods_of(const Target& target) const;

    // The route of a path and method. Errors: kNotFound, kMethodNotAllowed.
    const Route& find(std::string_view method, const Target& target) const;
};

// Stands, in the legacy program, for the handlers that it goes without. Error: kNotInLegacy.
Response refuse_in_legacy(Context& context);

// --- handlers: post_message.cpp, sessions.cpp, memories.cpp, search.cpp, topics.cpp, transfer.cpp,
// health.cpp, metrics.cpp ---
Response post_visitor(Context& context);
Response post_message(Context& context);
Response get_sessions(Context& context);
Response get_session(Context& context);
Response patch_session(Context& context);
Response delete_session(Context& context);
Response get_session_messages(Context& context);
Response get_memories(Context& context);
Response post_memory(Context& context);
Response get_memory(Context& context);
Response patch_memory(Context& context);
Response delete_memory(Context& context);
Response get_memory_history(Context& context);
Response get_search(Context& context);
Response get_topics(Context& context);
Response get_topic_messages(Context& context);
Response delete_user(Context& context);
Response get_health(Context& context);
Response get_health_live(Context& context);
Response get_health_ready(Context& context);
Response get_metrics(Context& context);

Response make_json(int status, std::string body);

// "store;dur=1.234": one step of Server-Timing (W3C), in milliseconds.
std::string format_timing(std::string_view step, std::chrono::duration<double, std::milli> time);

// What the contract calls it when users' files can't be written to ("read_only", "full"); null where they
// can.
const char* storage_trouble(const Context& context);

}  // namespace arq::http
