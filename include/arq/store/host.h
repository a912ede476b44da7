// SPDX-License-Identifier: MIT
//
// What belongs to the installation and to no user: the keys of servers and administrators, and what the pool
// did (docs/operations.md).
// Thread safe. Several processes may use the same file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/pool_figures.h"
#include "arq/util/clock.h"
#include "arq/util/hash.h"

namespace arq::store {

// Numbers on disk: never change, only add.
enum class KeyRole { kServer = 0, kAdmin = 1 };

struct ApiKey {
    std::string id;  // the public part
    std::string name;
    KeyRole role = KeyRole::kServer;
    util::Bytes secret_hash;
    util::Timestamp created_at;
    std::optional<util::Timestamp> last_used_at;  // to the minute
    std::optional<util::Timestamp> revoked_at;    // absent: in force
};

class Host {
public:
    // Makes the file where it is missing. Errors, also of all others: the storage codes.
    Host(std::string path, int busy_timeout_ms);
    ~Host();

    // For a file that is there: it is opened at the first use, and anew after it was found damaged, so that a
    // worker serves visitors meanwhile. A missing file is kStorageDamaged at each use.
    static Host existing(std::string path, int busy_timeout_ms);

    void add_key(const ApiKey& key);
    std::optional<ApiKey> find_key(std::string_view id);
    std::vector<ApiKey> list_keys();  // oldest first, the revoked ones too
    void revoke_key(std::string_view id, util::Timestamp now);
    void note_key_use(std::string_view id, util::Timestamp now);

    // What monitor::Folder has folded so far; empty at first.
    std::string fold_state();
    // Writes a step of folding as a whole, unless the state is not `expected` any more: then false.
    bool write_fold(const model::Fold& fold, const std::string& expected);
    // The rows that begin from `from` on and before `until`, oldest first.
    std::vector<model::PoolFigures> list_figures(model::Span span, util::Timestamp from,
                                                 util::Timestamp until);
    // How long the pool was seen to answer in the spans that begin from `from` on, whatever served it.
    std::int64_t sum_up_ms(model::Span span, util::Timestamp from);

private:
    struct Impl;
    explicit Host(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace arq::store
