// SPDX-License-Identifier: MIT
#include "arq/store/host.h"

#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "arq/util/error.h"
#include "arq/util/log.h"
#include "store/host_impl.h"
#include "store/migrations.h"

namespace arq::store {
namespace {

std::optional<util::Timestamp> read_time(const Query& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return util::Timestamp{util::Milliseconds{row.integer(column)}};
}

ApiKey read_key(const Query& row) {
    const std::string hash = row.text(3);
    ApiKey key{.id = row.text(0),
               .name = row.text(1),
               .role = static_cast<KeyRole>(row.integer(2)),
               .secret_hash = util::Bytes(hash.size()),
               .created_at = util::Timestamp{util::Milliseconds{row.integer(4)}},
               .last_used_at = read_time(row, 5),
               .revoked_at = read_time(row, 6)};
    std::memcpy(key.secret_hash.data(), hash.data(), hash.size());
    return key;
}

}  // namespace

void Host::Impl::open(Connection::Mode mode) {
    const bool is_new = mode == Connection::Mode::kCreate;
    if (!is_new && !std::filesystem::is_regular_file(path)) {
        util::log_error("there is no file " + path);
        throw Error{ErrorCode::kStorageDamaged, "the keys' file is missing"};
    }
    Connection opened{path, mode};
    opened.set_busy_timeout(busy_timeout_ms);
    // The file is made with its schema: one without was emptied by somebody.
    if (!is_new && opened.pragma("user_version") == 0) opened.raise(SQLITE_CORRUPT, "PRAGMA user_version");
    // It has a rollback journal, as SQLite's files have by default, so it may lie on a network file
    // system. EXTRA keeps that journal from coming back after a power cut, and with it a key that was
    // revoked.
    opened.set_pragma("synchronous", "EXTRA");
    migrate(opened, host_migrations());
    connection = std::move(opened);
}

Host::Host(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Host::Host(std::string path, int busy_timeout_ms)
    : Host(std::make_unique<Impl>(std::move(path), busy_timeout_ms)) {
    impl_->open(Connection::Mode::kCreate);
}

Host Host::existing(std::string path, int busy_timeout_ms) {
    return Host{std::make_unique<Impl>(std::move(path), busy_timeout_ms)};
}

Host::~Host() = default;

void Host::add_key(const ApiKey& key) {
    impl_->use([&](Connection& connection) {
        Query query{connection, R"sql(
            INSERT INTO keys (id, name, role, secret_hash, created_at)
            VALUES (:id, :name, :role, :secret_hash, :created_at))sql"};
        query.bind(":id", key.id).bind(":name", key.name).bind(":role", static_cast<std::int64_t>(key.role));
        query.bind_blob(":secret_hash",
                        {reinterpret_cast<const char*>(key.secret_hash.data()), key.secret_hash.size()});
        query.bind(":created_at", key.created_at.time_since_epoch().count());
        query.execute();
    });
}

std::optional<ApiKey> Host::find_key(std::string_view id) {
    return impl_->use([&](Connection& connection) -> std::optional<ApiKey> {
        Query query{connection, R"sql(
            SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys WHERE id = :id)sql"};
        query.bind(":id", id);
        if (!query.next()) return std::nullopt;
        return read_key(query);
    });
}

std::vector<ApiKey> Host::list_keys() {
    return impl_->use([&](Connection& connection) -> std::vector<ApiKey> {
        Query query{connection, R"sql(
            SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys
            ORDER BY created_at, id)sql"};
        std::vector<ApiKey> keys;
        while (query.next()) keys.push_back(read_key(query));
        return keys;
    });
}

void Host::revoke_key(std::string_view id, util::Timestamp now) {
    impl_->use([&](Connection& connection) {
        Query query{connection, R"sql(
            UPDATE keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL)sql"};
        query.bind(":now", now.time_since_epoch().count()).bind(":id", id);
        query.execute();
    });
}

void Host::note_key_use(std::string_view id, util::Timestamp now) {
    impl_->use([&](Connection& connection) {
        Query query{connection, "UPDATE keys SET last_used_at = :now WHERE id = :id"};
        query.bind(":now", now.time_since_epoch().count()).bind(":id", id);
        query.execute();
    });
}

}  // namespace arq::store
