// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "arq/store/user_files.h"
#include "arq/util/file.h"
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

// Whether the word stands in any file below the folder, as it is on the disk. The shared memory's files are
// left out: where SQLite recovers a log without one whole frame, it puts there what lay in its heap (3.40,
// walIndexRecover), and they go with the last connection.
inline bool is_on_disk(const std::string& folder, const std::string& word) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file() || entry.path().extension() == ".sqlite3-shm") continue;
        if (util::read_file(entry.path()).find(word) != std::string::npos) return true;
    }
    return false;
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
