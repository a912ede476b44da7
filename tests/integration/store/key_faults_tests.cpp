// SPDX-License-Identifier: MIT
//
// The installation's own file on a disk that fails at each step, or without memory: a key that was added or
// revoked is so, one that was not may be tried again, and no other is lost.
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <functional>

#include "arq/store/host.h"
#include "arq/util/error.h"
#include "store/sqlite.h"
#include "support/fake_clock.h"
#include "support/faulty_disk.h"
#include "support/temp_dir.h"

namespace arq::store {
namespace {

using tests::Operation;

struct Kind {
    Operation operation;
    int error;
    bool lasting;
};

constexpr Kind kKinds[] = {
    {Operation::kOpen, EIO, false},        {Operation::kRead, EIO, false},
    {Operation::kWrite, EIO, false},       {Operation::kWrite, ENOSPC, true},
    {Operation::kTruncate, EIO, false},    {Operation::kSync, EIO, false},
    {Operation::kSync, EIO, true},         {Operation::kUnlink, EIO, false},
    {Operation::kUnlink, EIO, true},       {Operation::kLook, EIO, false},
    {Operation::kLock, EIO, false},        {Operation::kLock, EAGAIN, false},
    {Operation::kAllocate, ENOMEM, false}, {Operation::kAllocate, ENOMEM, true},
};

struct KeyFaultsFixture {
    KeyFaultsFixture() {
        std::filesystem::create_directory(folder.file("prepared"));
        Host host{folder.file("prepared/host.sqlite3"), 500};
        host.add_key(key("old"));
        host.add_key(key("doomed"));
    }

    ApiKey key(const std::string& id) {
        return {.id = id, .name = id, .secret_hash = util::Bytes(32), .created_at = clock.now()};
    }

    static void copy(const std::string& from, const std::string& to) {
        std::filesystem::remove_all(to);
        std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    }

    // What must hold of the file whatever happened.
    static void check_file(const std::string& at, const std::string& about,
                           const std::function<bool(Host&)>& is_done, bool must_be_done) {
        {
            Host host{at + "/host.sqlite3", 500};
            BOOST_REQUIRE_MESSAGE(host.find_key("old"), about << "a key is lost");
            BOOST_REQUIRE_MESSAGE(host.find_key("doomed"), about << "a key is lost");
            BOOST_REQUIRE_MESSAGE(!must_be_done || is_done(host), about << "what was promised is not there");
        }
        Connection connection{at + "/host.sqlite3", Connection::Mode::kExisting};
        Query check{connection, "PRAGMA integrity_check"};
        check.next();
        BOOST_REQUIRE_MESSAGE(check.text(0) == "ok", about << check.text(0));
    }

    // `work` meets a fault at each of its steps; `is_done` tells whether it had its effect.
    void run(const std::function<void(Host&)>& work, const std::function<bool(Host&)>& is_done) {
        const std::string data = folder.file("data");
        int runs = 0;
        for (const Kind& kind : kKinds)
            for (int n = 1;; ++n, ++runs) {
                copy(folder.file("prepared"), data);
                Host host{data + "/host.sqlite3", 500};
                const std::string about = "operation " + std::to_string(static_cast<int>(kind.operation)) +
                                          " no. " + std::to_string(n) + ": ";
                bool done = true;
                std::optional<tests::ArmedFault> fault{
                    std::in_place, data, tests::Fault{kind.operation, kind.error, n, kind.lasting}};
                try {
                    work(host);
                } catch (const Error& error) {
                    done = false;
                    BOOST_CHECK_MESSAGE(is_right(error.code(), kind.error), about << error.what());
                }
                const bool was_hit = fault->hits() > 0;
                fault.reset();
                if (!was_hit) break;

                copy(data, folder.file("crashed"));
                check_file(folder.file("crashed"), about, is_done, done);
                if (!is_done(host)) work(host);
                check_file(data, about, is_done, true);
            }
        BOOST_TEST(runs > 20);
    }

    static bool is_right(ErrorCode code, int error) {
        switch (error) {
            case ENOSPC:
                return code == ErrorCode::kStorageFull;
            case EAGAIN:
                return code == ErrorCode::kStorageBusy;
            case ENOMEM:
                return code == ErrorCode::kInternal;
            default:
                return code == ErrorCode::kStorageReadOnly || code == ErrorCode::kStorageDamaged;
        }
    }

    const tests::SkippedSyncs skipped;
    tests::TempDir folder{tests::TempDir::base_in_memory()};
    tests::FakeClock clock;
};

BOOST_FIXTURE_TEST_SUITE(key_faults_tests, KeyFaultsFixture)

BOOST_AUTO_TEST_CASE(a_key_is_added_or_it_is_told_that_it_is_not) {
    run([&](Host& host) { host.add_key(key("new")); },
        [](Host& host) { return host.find_key("new").has_value(); });
}

BOOST_AUTO_TEST_CASE(a_key_is_revoked_or_it_is_told_that_it_is_not) {
    run([&](Host& host) { host.revoke_key("doomed", clock.now()); },
        [](Host& host) { return host.find_key("doomed").value().revoked_at.has_value(); });
}

BOOST_AUTO_TEST_CASE(a_keys_use_is_noted_or_it_is_told_that_it_is_not) {
    run([&](Host& host) { host.note_key_use("old", clock.now()); },
        [](Host& host) { return host.find_key("old").value().last_used_at.has_value(); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
