// SPDX-License-Identifier: MIT
//
// The installation's file behind store::Host.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "arq/store/host.h"
#include "arq/util/error.h"
#include "store/sqlite.h"

namespace arq::store {

struct Host::Impl {
    Impl(std::string the_path, int the_busy_timeout_ms)
        : path(std::move(the_path)), busy_timeout_ms(the_busy_timeout_ms) {}

    void open(Connection::Mode mode);

    // Whoever finds the file damaged closes it: the next one opens what the operator has put there since.
    template <typename Use>
    auto use(const Use& use) {
        const std::lock_guard lock{mutex};
        try {
            if (!connection) open(Connection::Mode::kExisting);
            return use(*connection);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::kStorageDamaged) throw;
            connection.reset();
            throw Error{ErrorCode::kStorageDamaged,
                        "the keys of this installation can't be read: the operator has to put their file "
                        "(host.sqlite3) back from a backup"};
        }
    }

    const std::string path;
    const int busy_timeout_ms;
    std::mutex mutex;
    std::optional<Connection> connection;  // guarded by mutex; none until the first use
};

}  // namespace arq::store
