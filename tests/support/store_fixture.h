// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "arq/store/user_files.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace arq::tests {

// As ARQ_TEST_JOURNAL names it: `make test` runs the tests of files a second time as on a network file
// system.
inline store::Journal journal_under_test() {
    const char* name = std::getenv("ARQ_TEST_JOURNAL");
    return name != nullptr && std::string_view{name} == "rollback" ? store::Journal::kRollback
                                                                   : store::Journal::kWriteAheadLog;
}

// Users' files in a folder of their own, on real SQLite.
struct StoreFixture {
    explicit StoreFixture(const std::string& base = TempDir::base()) : folder(base) {
        std::filesystem::create_directory(users_folder());
    }

    std::string users_folder() const { return folder.file("users"); }
    static store::UserKey user(int number) {
        std::string hex = std::to_string(number);
        return store::UserKey{std::string(32 - hex.size(), '0') + hex};
    }
    std::string path_of(const store::UserKey& key) const {
        return users_folder() + "/" + key.hex().substr(0, 2) + "/" + key.hex().substr(2, 2) + "/" +
               key.hex() + ".sqlite3";
    }

    TempDir folder;
    FakeClock clock;
    store::UserFileOptions options{.busy_timeout_ms = 500, .journal = journal_under_test()};
    store::UserFiles files{users_folder(), options, 4, clock};
};

}  // namespace arq::tests
