// SPDX-License-Identifier: MIT
//
// GET /health, /health/live and /health/ready. What nobody counts yet is null rather than guessed.
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>

#include "arq/json/writer.h"
#include "http/routes.h"

namespace arq::http {
namespace {

// What the contract calls it; null where it can be written to. (A quota that is full shows only when
// writing. A full disk has a little room now and then, where logs are folded in: hence a least amount.)
const char* storage_trouble(const Context& context) {
    const std::string& folder = context.parts.data_folder;
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return "read_only";
    struct statvfs room {};
    if (::statvfs(folder.c_str(), &room) != 0 || room.f_blocks == 0) return nullptr;
    const std::uint64_t free_bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
    const auto least_kib = static_cast<std::uint64_t>(context.parts.config.store.min_free_kib);
    return free_bytes == 0 || free_bytes / 1024 < least_kib ? "full" : nullptr;
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
    const char* const trouble = storage_trouble(context);
    json::Writer json;
    json.begin_object();
    const bool is_standby = context.parts.variant == model::Variant::kLegacy;
    json.key("status").value(trouble == nullptr && !is_standby ? "ok" : "degraded");
    json.key("variant").value(model::variant_name(context.parts.variant));
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
    const bool can_store = storage_trouble(context) == nullptr;
    return can_store ? write_status(200, "ok") : write_status(503, "down");
}

}  // namespace arq::http
