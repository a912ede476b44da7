// SPDX-License-Identifier: MIT
//
// What the pool did: rows of minutes, hours and days.
#include "store/host_impl.h"

namespace arq::store {
namespace {

std::int64_t milliseconds(util::Timestamp time) {
    return time.time_since_epoch().count();
}

void bind_time(Query& query, const char* name, std::optional<double> milliseconds) {
    if (milliseconds)
        query.bind(name, *milliseconds);
    else
        query.bind_null(name);
}

std::optional<double> read_milliseconds(const Query& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.real(column);
}

std::string read_state(Connection& connection) {
    Query query{connection, "SELECT value FROM state WHERE name = 'fold'"};
    return query.next() ? query.text(0) : std::string{};
}

void write_state(Connection& connection, const std::string& state) {
    Query query{connection, R"sql(
        INSERT INTO state (name, value) VALUES ('fold', :state)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value)sql"};
    query.bind(":state", std::string_view{state});
    query.execute();
}

void write_row(Connection& connection, const model::Fold::Row& row) {
    const model::PoolFigures& figures = row.figures;
    Query query{connection, R"sql(
        INSERT OR REPLACE INTO pool_figures (span, begins_at, variant, requests, errors, p50_ms, p95_ms, p99_ms,
            max_ms, times, deaths, fallbacks, probes, probes_ok, up_ms)
        VALUES (:span, :begins_at, :variant, :requests, :errors, :p50_ms, :p95_ms, :p99_ms, :max_ms, :times,
            :deaths, :fallbacks, :probes, :probes_ok, :up_ms))sql"};
    query.bind(":span", static_cast<std::int64_t>(row.span));
    query.bind(":begins_at", milliseconds(figures.begins_at));
    query.bind(":variant", static_cast<std::int64_t>(figures.variant));
    query.bind(":requests", figures.requests).bind(":errors", figures.errors);
    bind_time(query, ":p50_ms", figures.p50_ms);
    bind_time(query, ":p95_ms", figures.p95_ms);
    bind_time(query, ":p99_ms", figures.p99_ms);
    bind_time(query, ":max_ms", figures.max_ms);
    query.bind_blob(":times", figures.times);
    query.bind(":deaths", figures.deaths).bind(":fallbacks", figures.fallbacks);
    query.bind(":probes", figures.probes).bind(":probes_ok", figures.probes_ok).bind(":up_ms", figures.up_ms);
    query.execute();
}

void drop_before(Connection& connection, model::Span span, util::Timestamp from) {
    Query query{connection, "DELETE FROM pool_figures WHERE span = :span AND begins_at < :from"};
    query.bind(":span", static_cast<std::int64_t>(span)).bind(":from", milliseconds(from));
    query.execute();
}

}  // namespace

std::string Host::fold_state() {
    return impl_->use([](Connection& connection) { return read_state(connection); });
}

bool Host::write_fold(const model::Fold& fold, const std::string& expected) {
    return impl_->use([&](Connection& connection) {
        ImmediateTransaction transaction{connection};
        if (read_state(connection) != expected) return false;
        write_state(connection, fold.state);
        for (const model::Fold::Row& row : fold.rows) write_row(connection, row);
        drop_before(connection, model::Span::kMinute, fold.minutes_from);
        drop_before(connection, model::Span::kHour, fold.hours_from);
        drop_before(connection, model::Span::kDay, fold.days_from);
        transaction.commit();
        return true;
    });
}

std::vector<model::PoolFigures> Host::list_figures(model::Span span, util::Timestamp from,
                                                   util::Timestamp until) {
    return impl_->use([&](Connection& connection) {
        Query query{connection, R"sql(
            SELECT begins_at, variant, requests, errors, p50_ms, p95_ms, p99_ms, max_ms, times, deaths, fallbacks,
                probes, probes_ok, up_ms
            FROM pool_figures WHERE span = :span AND begins_at >= :from AND begins_at < :until
            ORDER BY begins_at, variant)sql"};
        query.bind(":span", static_cast<std::int64_t>(span));
        query.bind(":from", milliseconds(from)).bind(":until", milliseconds(until));
        std::vector<model::PoolFigures> rows;
        while (query.next())
            rows.push_back({.begins_at = util::Timestamp{util::Milliseconds{query.integer(0)}},
                            .variant = static_cast<model::Variant>(query.integer(1)),
                            .requests = query.integer(2),
                            .errors = query.integer(3),
                            .p50_ms = read_milliseconds(query, 4),
                            .p95_ms = read_milliseconds(query, 5),
                            .p99_ms = read_milliseconds(query, 6),
                            .max_ms = read_milliseconds(query, 7),
                            .times = query.text(8),
                            .deaths = query.integer(9),
                            .fallbacks = query.integer(10),
                            .probes = query.integer(11),
                            .probes_ok = query.integer(12),
                            .up_ms = query.integer(13)});
        return rows;
    });
}

std::int64_t Host::sum_up_ms(model::Span span, util::Timestamp from) {
    return impl_->use([&](Connection& connection) {
        Query query{connection, R"sql(
            SELECT coalesce(sum(up_ms), 0) FROM pool_figures WHERE span = :span AND begins_at >= :from)sql"};
        query.bind(":span", static_cast<std::int64_t>(span)).bind(":from", milliseconds(from));
        return query.next() ? query.integer(0) : 0;
    });
}

}  // namespace arq::store
