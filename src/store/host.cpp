// SPDX-License-Identifier: MIT
#include "arq/store/host.h"

#include <cstring>
#include <mutex>

#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::store {

struct Host::Impl {
    explicit Impl(const std::string& path) : connection(path, Connection::Mode::kCreate) {}

    std::mutex mutex;
    Connection connection;  // guarded by mutex
};

Host::Host(const std::string& path, int busy_timeout_ms) : impl_(std::make_unique<Impl>(path)) {
    impl_->connection.set_busy_timeout(busy_timeout_ms);
    impl_->connection.set_pragma("synchronous", "FULL");
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
        SELECT id, name, role, secret_hash, created_at FROM keys WHERE id = :id)sql"};
    query.bind(":id", id);
    if (!query.next()) return std::nullopt;
    const std::string hash = query.text(3);
    ApiKey key{.id = query.text(0),
               .name = query.text(1),
               .role = static_cast<KeyRole>(query.integer(2)),
               .secret_hash = util::Bytes(hash.size()),
               .created_at = util::Timestamp{util::Milliseconds{query.integer(4)}}};
    std::memcpy(key.secret_hash.data(), hash.data(), hash.size());
    return key;
}

}  // namespace arq::store
