// SPDX-License-Identifier: MIT
#include "arq/store/host.h"

#include <cstring>
#include <mutex>

#include "store/migrations.h"
#include "store/sqlite.h"

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

struct Host::Impl {
    explicit Impl(const std::string& path) : connection(path, Connection::Mode::kCreate) {}

    std::mutex mutex;
    Connection connection;  // guarded by mutex
};

Host::Host(const std::string& path, int busy_timeout_ms) : impl_(std::make_unique<Impl>(path)) {
    impl_->connection.set_busy_timeout(busy_timeout_ms);
    // With a rollback journal FULL is not enough: a commit is sure when the folder has lost the journal's
    // name, or a power cut takes back what was promised (a key revoked).
    impl_->connection.set_pragma("synchronous", "EXTRA");
    migrate(impl_->connection, host_migrations());
}

Host::~Host() = default;

void Host::add_key(const ApiKey& key) {
    const std::lock_guard lock{impl_->mutex};
    Query query{impl_->connection, R"sql(
        INSERT INTO keys (id, name, role, secret_hash, created_at)
        VALUES (:id, :name, :role, :secret_hash, :created_at))sql"};
    query.bind(":id", key.id).bind(":name", key.name).bind(":role", static_cast<std::int64_t>(key.role));
    query.bind_blob(":secret_hash",
                    {reinterpret_cast<const char*>(key.secret_hash.data()), key.secret_hash.size()});
    query.bind(":created_at", key.created_at.time_since_epoch().count());
    query.execute();
}

std::optional<ApiKey> Host::find_key(std::string_view id) {
    const std::lock_guard lock{impl_->mutex};
    Query query{impl_->connection, R"sql(
        SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys WHERE id = :id)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    return read_key(query);
}

std::vector<ApiKey> Host::list_keys() {
    const std::lock_guard lock{impl_->mutex};
    Query query{impl_->connection, R"sql(
        SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys
        ORDER BY created_at, id)sql"};
    std::vector<ApiKey> keys;
    while (query.next()) keys.push_back(read_key(query));
    return keys;
}

void Host::revoke_key(std::string_view id, util::Timestamp now) {
    const std::lock_guard lock{impl_->mutex};
    Query query{impl_->connection, R"sql(
        UPDATE keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL)sql"};
    query.bind(":now", now.time_since_epoch().count()).bind(":id", id);
    query.execute();
}

void Host::note_key_use(std::string_view id, util::Timestamp now) {
    const std::lock_guard lock{impl_->mutex};
    Query query{impl_->connection, "UPDATE keys SET last_used_at = :now WHERE id = :id"};
    query.bind(":now", now.time_since_epoch().count()).bind(":id", id);
    query.execute();
}

}  // namespace arq::store
