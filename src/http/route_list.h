// SPDX-License-Identifier: MIT
//
// The one list of routes. It is compiled twice, into all_routes.cpp and legacy_routes.cpp: the second's table
// holds another handler wherever whole_only() stands, so a program that uses it links nothing of what the
// legacy program goes without, yet knows every path.
#pragma once

#include "http/routes.h"

namespace arq::http {

enum class Build { kWhole, kLegacy };

// Around the handler of a route that the legacy program goes without: one that needs a provider, threads or
// an optional library. None of today's does.
template <Build kBuild>
consteval auto whole_only(Response (*handle)(Context&)) {
    return kBuild == Build::kLegacy ? refuse_in_legacy : handle;
}

template <Build kBuild>
inline constexpr Route kRoutes[] = {
    {"POST", "/api/visitor", Access::kUser, false, "", true, false, post_visitor},
    {"POST", "/api/message", Access::kUser, true, "", true, true, post_message},
    {"GET", "/api/sessions", Access::kUser, false, "limit after", true, false, get_sessions},
    {"GET", "/api/sessions/{id}", Access::kUser, false, "", true, false, get_session},
    {"PATCH", "/api/sessions/{id}", Access::kUser, true, "", true, false, patch_session},
    {"DELETE", "/api/sessions/{id}", Access::kUser, false, "", true, false, delete_session},
    {"GET", "/api/sessions/{id}/messages", Access::kUser, false, "limit after", true, false,
     get_session_messages},
    {"GET", "/api/memory", Access::kUser, false, "query kind session_id limit after", true, false,
     get_memories},
    {"POST", "/api/memory", Access::kUser, true, "", true, false, post_memory},
    {"GET", "/api/memory/{id}", Access::kUser, false, "", true, false, get_memory},
    {"PATCH", "/api/memory/{id}", Access::kUser, true, "", true, false, patch_memory},
    {"DELETE", "/api/memory/{id}", Access::kUser, false, "", true, false, delete_memory},
    {"GET", "/api/memory/{id}/history", Access::kUser, false, "limit after", true, false, get_memory_history},
    {"GET", "/api/search", Access::kUser, false, "query session_id limit after", true, false, get_search},
    {"GET", "/api/topics", Access::kUser, false, "session_id limit after", true, false, get_topics},
    {"GET", "/api/topics/{name}/messages", Access::kUser, false, "session_id limit after", true, false,
     get_topic_messages},
    {"DELETE", "/api/user", Access::kUser, false, "", true, false, delete_user},
    {"GET", "/health", Access::kAnybody, false, "", false, false, get_health},
    {"GET", "/health/live", Access::kAnybody, false, "", false, false, get_health_live},
    {"GET", "/health/ready", Access::kAnybody, false, "", false, false, get_health_ready},
    {"GET", "/metrics", Access::kAdmin, false, "", false, false, get_metrics},
};

}  // namespace arq::http
