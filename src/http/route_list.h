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
// an optional library, or that would keep its only thread for long.
template <Build kBuild>
consteval auto whole_only(Response (*handle)(Context&)) {
    return kBuild == Build::kLegacy ? refuse_in_legacy : handle;
}

template <Build kBuild>
inline constexpr Route kRoutes[] = {
    {"POST", "/api/visitor", Access::kUser, Body::kNone, "", true, false, post_visitor},
    {"POST", "/api/message", Access::kUser, Body::kJson, "", true, true, post_message},
    {"GET", "/api/sessions", Access::kUser, Body::kNone, "limit after", true, false, get_sessions},
    {"GET", "/api/sessions/{id}", Access::kUser, Body::kNone, "", true, false, get_session},
    {"PATCH", "/api/sessions/{id}", Access::kUser, Body::kJson, "", true, false, patch_session},
    {"DELETE", "/api/sessions/{id}", Access::kUser, Body::kNone, "", true, false, delete_session},
    {"GET", "/api/sessions/{id}/messages", Access::kUser, Body::kNone, "limit after", true, false,
     get_session_messages},
    {"GET", "/api/memory", Access::kUser, Body::kNone, "query kind session_id limit after", true, false,
     get_memories},
    {"POST", "/api/memory", Access::kUser, Body::kJson, "", true, false, post_memory},
    {"GET", "/api/memory/{id}", Access::kUser, Body::kNone, "", true, false, get_memory},
    {"PATCH", "/api/memory/{id}", Access::kUser, Body::kJson, "", true, false, patch_memory},
    {"DELETE", "/api/memory/{id}", Access::kUser, Body::kNone, "", true, false, delete_memory},
    {"GET", "/api/memory/{id}/history", Access::kUser, Body::kNone, "limit after", true, false,
     get_memory_history},
    {"GET", "/api/search", Access::kUser, Body::kNone, "query session_id limit after", true, false,
     get_search},
    {"GET", "/api/topics", Access::kUser, Body::kNone, "session_id limit after", true, false, get_topics},
    {"GET", "/api/topics/{name}/messages", Access::kUser, Body::kNone, "session_id limit after", true, false,
     get_topic_messages},
    {"GET", "/api/export", Access::kUser, Body::kNone, "", true, false, whole_only<kBuild>(get_export)},
    {"POST", kImportPath, Access::kUser, Body::kLines, "", true, false, whole_only<kBuild>(post_import)},
    {"DELETE", "/api/user", Access::kUser, Body::kNone, "", true, false, delete_user},
    {"GET", "/health", Access::kAnybody, Body::kNone, "", false, false, get_health},
    {"GET", "/health/live", Access::kAnybody, Body::kNone, "", false, false, get_health_live},
    {"GET", "/health/ready", Access::kAnybody, Body::kNone, "", false, false, get_health_ready},
    {"GET", "/metrics", Access::kAdmin, Body::kNone, "", false, false, get_metrics},
};

}  // namespace arq::http
