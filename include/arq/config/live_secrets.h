// SPDX-License-Identifier: MIT
//
// etc/secrets.json as it stands now: `arqctl secret rotate` changes it under running workers, and what one
// of them signs with the new key the others must believe at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "arq/config/config.h"
#include "arq/util/clock.h"

namespace arq::config {

// Thread safe.
class LiveSecrets {
public:
    // Throws kConfiguration where the file is missing or wrong. `clock` outlives it.
    LiveSecrets(std::string path, util::Clock& clock);

    // Looks at the file once a second at most. Shared: a request goes on with what it began with.
    std::shared_ptr<const Secrets> current();

    // Looks at the file now, for a value that no known key has signed.
    std::shared_ptr<const Secrets> newest();

private:
    struct Stamp {
        std::int64_t seconds = 0, nanoseconds = 0, inode = 0;
        bool operator==(const Stamp&) const = default;
    };
    Stamp stamp_of_file() const;
    void reload_if_changed();

    const std::string path_;
    util::Clock& clock_;

    std::mutex mutex_;
    std::shared_ptr<const Secrets> secrets_;           // guarded by mutex_
    Stamp stamp_;                                      // guarded by mutex_
    std::chrono::steady_clock::time_point looked_at_;  // guarded by mutex_
};

}  // namespace arq::config
