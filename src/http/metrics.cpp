// SPDX-License-Identifier: MIT
//
// GET /metrics: the pool's numbers in Prometheus's text format, 0.0.4. Names and labels: never change one,
// only add.
#include <charconv>
#include <cstdint>
#include <map>
#include <tuple>

#include "http/routes.h"

namespace arq::http {
namespace {

constexpr double kUptimeTarget = 0.999;
constexpr int kLongestBoundsMs[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000};

// Lines of the format; a family's lines stand together, below its type and its help.
class Exposition {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void sample(Labels labels, double value) { line({}, labels, value); }
    void sample(Labels labels, std::uint64_t value) { line({}, labels, value); }
    void part(std::string_view suffix, Labels labels, double value) { line(suffix, labels, value); }
    void part(std::string_view suffix, Labels labels, std::uint64_t value) { line(suffix, labels, value); }

    std::string take() { return std::move(text_); }

private:
    template <typename Value>
    void line(std::string_view suffix, Labels labels, Value value) {
        text_.append(name_).append(suffix);
        char separator = '{';
        for (const auto& [name, label] : labels) {
            text_ += std::exchange(separator, ',');
            text_.append(name).append("=\"");
            for (const char c : label) {
                if (c == '\\' || c == '"') text_ += '\\';
                text_.append(c == '\n' ? "\\n" : std::string_view{&c, 1});
            }
            text_ += '"';
        }
        if (separator == ',') text_ += '}';
        char number[32];
        const auto end = std::to_chars(number, number + sizeof number, value).ptr;
        text_.append(" ").append(number, end).append("\n");
    }

    std::string text_;
    std::string_view name_;
};

std::string_view name_of(model::Variant variant) {
    return model::variant_name(variant);
}

double seconds(util::Timestamp time) {
    return std::chrono::duration<double>{time.time_since_epoch()}.count();
}

void write_state(Exposition& out, const Context& context, const PoolView::Facts& facts) {
    const monitor::PoolMap& pool = context.parts.pool;
    const bool is_writable = storage_trouble(context) == nullptr;
    out.family("arq_up", "gauge", "1 while the pool answers.");
    out.sample({}, std::uint64_t{1});
    out.family("arq_degraded", "gauge",
               "1 while it serves with less than all it has: the legacy build, or storage that can't be "
               "written to.");
    out.sample({}, std::uint64_t{facts.on_legacy || !is_writable});
    out.family("arq_build_info", "gauge", "Version and variant of the worker that answers.");
    out.sample({{"version", context.parts.version}, {"variant", name_of(context.parts.variant)}},
               std::uint64_t{1});
    out.family("arq_uptime_seconds", "gauge", "Since the pool was started.");
    out.sample({}, static_cast<std::uint64_t>(facts.uptime_s));

    const monitor::Uptime uptime = pool.uptime();
    out.family("arq_uptime_ratio", "gauge",
               "Share of the time in which every user was seen to be served, 0 to 1; what was not measured "
               "counts as down.");
    if (uptime.day) out.sample({{"window", "day"}}, *uptime.day / 100);
    if (uptime.week) out.sample({{"window", "week"}}, *uptime.week / 100);
    if (uptime.month) out.sample({{"window", "month"}}, *uptime.month / 100);
    out.family("arq_uptime_target_ratio", "gauge", "The goal for arq_uptime_ratio.");
    out.sample({}, kUptimeTarget);
    out.family("arq_probes_total", "counter", "Rounds of probes from outside; ok: every user was served.");
    out.sample({{"result", "ok"}}, facts.totals.probes_ok);
    out.sample({{"result", "failed"}},
               facts.totals.probes - std::min(facts.totals.probes, facts.totals.probes_ok));
    out.family("arq_fallbacks_total", "counter", "Times that the legacy build took over.");
    out.sample({}, facts.totals.fallbacks);

    out.family("arq_store_writable", "gauge", "1 while users' files can be written to.");
    out.sample({}, std::uint64_t{is_writable});
    if (const auto users = pool.store_users()) {
        out.family("arq_store_users", "gauge", "Users' files.");
        out.sample({}, *users);
    }
    if (const auto bytes = pool.store_bytes()) {
        out.family("arq_store_bytes", "gauge", "Size of all users' files.");
        out.sample({}, *bytes);
    }
}

void write_workers(Exposition& out, const Context& context) {
    const auto workers = context.parts.pool.workers();
    out.family("arq_workers_configured", "gauge", "Workers that the pool is to have.");
    out.sample({}, static_cast<std::uint64_t>(context.parts.config.pool.workers));
    out.family("arq_worker_ready", "gauge", "1 for a worker that serves.");
    for (const auto& worker : workers)
        out.sample({{"worker", worker.name}, {"variant", name_of(worker.variant)}},
                   std::uint64_t{worker.ready});
    out.family("arq_worker_restarts_total", "counter",
               "Workers that died or were ended because they failed, and were replaced.");
    for (const model::Variant variant : monitor::kAllVariants)
        out.sample({{"variant", name_of(variant)}}, context.parts.pool.totals(variant).deaths);
    out.family("arq_worker_start_time_seconds", "gauge",
               "When the worker was started, in seconds since 1970.");
    for (const auto& worker : workers)
        out.sample({{"worker", worker.name}, {"variant", name_of(worker.variant)}},
                   seconds(worker.started_at));
    out.family("arq_worker_memory_bytes", "gauge", "Memory that the worker takes.");
    for (const auto& worker : workers)
        if (worker.memory_bytes)
            out.sample({{"worker", worker.name}, {"variant", name_of(worker.variant)}}, *worker.memory_bytes);
    out.family("arq_worker_requests_total", "counter", "Answers of the worker since it was started.");
    for (const auto& worker : workers)
        out.sample({{"worker", worker.name}, {"variant", name_of(worker.variant)}}, worker.requests);
    out.family("arq_worker_requests_under_way", "gauge",
               "Requests that the worker has begun and not answered.");
    for (const auto& worker : workers)
        out.sample({{"worker", worker.name}, {"variant", name_of(worker.variant)}}, worker.under_way);
}

void write_requests(Exposition& out, const Context& context, const PoolView::Facts& facts) {
    using Key = std::tuple<std::string, std::string, model::Variant>;
    std::map<Key, monitor::Histogram> by_route;
    out.family("arq_requests_total", "counter", "Answers, by the pattern of their route.");
    for (const auto& one : context.parts.pool.series()) {
        const std::uint64_t count = one.times.count();
        if (count == 0) continue;
        const std::string status = one.status_class == 0 ? "other" : std::to_string(one.status_class) + "xx";
        out.sample({{"method", one.method},
                    {"route", one.route},
                    {"status", status},
                    {"variant", name_of(one.variant)},
                    {"responder", one.responder}},
                   count);
        by_route[{one.method, one.route, one.variant}] += one.times;
    }
    out.family("arq_request_duration_seconds", "histogram",
               "From a request's acceptance by a worker to its answer.");
    for (const auto& [key, times] : by_route) {
        const auto& [method, route, variant] = key;
        const std::string_view name = name_of(variant);
        for (const int bound : kLongestBoundsMs) {
            char le[16];
            const auto end = std::to_chars(le, le + sizeof le, bound / 1000.0).ptr;
            out.part("_bucket",
                     {{"method", method},
                      {"route", route},
                      {"variant", name},
                      {"le", {le, static_cast<std::size_t>(end - le)}}},
                     times.count_up_to(std::chrono::milliseconds{bound}));
        }
        out.part("_bucket", {{"method", method}, {"route", route}, {"variant", name}, {"le", "+Inf"}},
                 times.count());
        out.part("_sum", {{"method", method}, {"route", route}, {"variant", name}},
                 times.sum_microseconds() / 1e6);
        out.part("_count", {{"method", method}, {"route", route}, {"variant", name}}, times.count());
    }
    out.family("arq_recent_request_seconds", "gauge",
               "Within what time that percentage was answered, over the last five minutes; without /health "
               "and /metrics.");
    const std::pair<std::string_view, std::optional<double>> recent[] = {
        {"50", facts.p50_ms}, {"95", facts.p95_ms}, {"99", facts.p99_ms}, {"100", facts.max_ms}};
    for (const auto& [percentage, ms] : recent)
        if (ms) out.sample({{"percentage", percentage}}, *ms / 1000);
    out.family("arq_recent_error_ratio", "gauge",
               "Share of answers with a status of 500 or more over the last five minutes, 0 to 1.");
    if (facts.error_rate) out.sample({}, *facts.error_rate);
}

}  // namespace

Response get_metrics(Context& context) {
    const PoolView::Facts facts = context.pool_view.facts();
    Exposition out;
    write_state(out, context, facts);
    write_workers(out, context);
    write_requests(out, context, facts);
    Response response{.status = 200, .body = out.take()};
    response.add_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
}

}  // namespace arq::http
