// SPDX-License-Identifier: MIT
//
// GET /health, /health/live and /health/ready. What nobody counts yet is null rather than guessed.
#include <sys/statvfs.h>
#include <unistd.h>

#include "arq/json/writer.h"
#include "http/routes.h"

namespace arq::http {
namespace {

// What the contract calls it; null where it can be written to. (A quota that is full shows only when
// writing.)
const char* storage_trouble(const std::string& folder) {
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return "read_only";
    struct statvfs room {};
    const bool is_full = ::statvfs(folder.c_str(), &room) == 0 && room.f_blocks > 0 && room.f_bavail == 0;
    return is_full ? "full" : nullptr;
}

void write_nulls(json::Writer& json, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) json.key(name).null();
}

Response write_status(int status, std::string_view word) {
    json::Writer json;
    json.begin_object().key("status").value(word).end_object();
    return make_json(status, json.take());
}

}  // namespace

Response get_health(Context& context) {
    const char* const trouble = storage_trouble(context.parts.data_folder);
    json::Writer json;
    json.begin_object();
    json.key("status").value(trouble == nullptr ? "ok" : "degraded");
    json.key("variant").value("production");
    json.key("version").value(context.parts.version);
    json.key("uptime_s").null();
    json.key("workers").begin_object().key("configured").value(context.parts.config.pool.workers);
    write_nulls(json, {"ready", "restarts"});
    json.end_object();
    json.key("store").begin_object().key("status").value(trouble == nullptr ? "ok" : trouble);
    write_nulls(json, {"users", "bytes"});
    json.end_object();
    json.key("providers").begin_array().end_array();
    json.key("requests").begin_object();
    write_nulls(json, {"total", "errors", "error_rate", "p50_ms", "p95_ms", "p99_ms"});
    json.end_object();
    json.key("memory_bytes").null();
    json.key("sla").begin_object().key("target").value(99.9, 1);
    write_nulls(json, {"day", "week", "month"});
    json.end_object().end_object();
    return make_json(200, json.take());
}

Response get_health_live(Context&) {
    return write_status(200, "ok");
}

Response get_health_ready(Context& context) {
    const bool can_store = storage_trouble(context.parts.data_folder) == nullptr;
    return can_store ? write_status(200, "ok") : write_status(503, "down");
}

}  // namespace arq::http
