// SPDX-License-Identifier: MIT
//
// GET /health, /health/live and /health/ready. What nobody has counted yet is null rather than guessed.
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>

#include "arq/json/writer.h"
#include "http/routes.h"

namespace arq::http {
namespace {

constexpr double kUptimeTarget = 99.9;

void write(json::Writer& json, std::string_view name, std::optional<double> value, int decimals) {
    json.key(name);
    if (value)
        json.value(*value, decimals);
    else
        json.null();
}

void write(json::Writer& json, std::string_view name, std::optional<std::uint64_t> value) {
    json.key(name);
    if (value)
        json.value(static_cast<std::int64_t>(*value));
    else
        json.null();
}

Response write_status(int status, std::string_view word) {
    json::Writer json;
    json.begin_object().key("status").value(word).end_object();
    return make_json(status, json.take());
}

}  // namespace

// (A quota that is full shows only when writing. A full disk has a little room now and then, where logs are
// folded in: hence a least amount.)
const char* storage_trouble(const Context& context) {
    const std::string& folder = context.parts.data_folder;
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return "read_only";
    struct statvfs room {};
    if (::statvfs(folder.c_str(), &room) != 0 || room.f_blocks == 0) return nullptr;
    const std::uint64_t free_bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
    const auto least_kib = static_cast<std::uint64_t>(context.parts.config.store.min_free_kib);
    return free_bytes == 0 || free_bytes / 1024 < least_kib ? "full" : nullptr;
}

Response get_health(Context& context) {
    const char* const trouble = storage_trouble(context);
    const monitor::PoolMap& pool = context.parts.pool;
    const PoolView::Facts facts = context.pool_view.facts();
    const bool is_legacy = facts.on_legacy || context.parts.variant == model::Variant::kLegacy;
    json::Writer json;
    json.begin_object();
    json.key("status").value(trouble == nullptr && !is_legacy ? "ok" : "degraded");
    json.key("variant").value(model::variant_name(context.parts.variant));
    json.key("version").value(context.parts.version);
    json.key("uptime_s").value(facts.uptime_s);
    json.key("workers").begin_object().key("configured").value(context.parts.config.pool.workers);
    json.key("ready").value(facts.workers_ready);
    json.key("restarts").value(static_cast<std::int64_t>(facts.totals.deaths)).end_object();
    json.key("store").begin_object().key("status").value(trouble == nullptr ? "ok" : trouble);
    write(json, "users", pool.store_users());
    write(json, "bytes", pool.store_bytes());
    json.end_object();
    json.key("providers").begin_array().end_array();
    json.key("requests").begin_object();
    json.key("total").value(static_cast<std::int64_t>(facts.totals.requests));
    json.key("errors").value(static_cast<std::int64_t>(facts.totals.errors));
    write(json, "error_rate", facts.error_rate, 6);
    write(json, "p50_ms", facts.p50_ms, 3);
    write(json, "p95_ms", facts.p95_ms, 3);
    write(json, "p99_ms", facts.p99_ms, 3);
    write(json, "max_ms", facts.max_ms, 3);
    json.end_object();
    write(json, "memory_bytes", facts.memory_bytes);
    const monitor::Uptime uptime = pool.uptime();
    json.key("sla").begin_object().key("target").value(kUptimeTarget, 1);
    write(json, "day", uptime.day, 3);
    write(json, "week", uptime.week, 3);
    write(json, "month", uptime.month, 3);
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
