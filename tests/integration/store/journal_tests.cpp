// SPDX-License-Identifier: MIT
//
// Users' files as they pass from one kind of journal to the other.
#include <boost/test/unit_test.hpp>

#include "arq/util/file.h"
#include "store/sqlite.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

struct JournalFixture : tests::StoreFixture {
    UserFiles with(Journal journal) {
        UserFileOptions changed = options;
        changed.journal = journal;
        return UserFiles{users_folder(), changed, 4, clock};
    }
    void write(UserFiles& to, const std::string& title) {
        const auto file = to.open_or_create(user(1));
        UserFile::Transaction transaction{*file};
        file->create_session(title, false);
        transaction.commit();
    }
    std::size_t count(UserFiles& in) { return (*in.open(user(1)))->list_sessions({}, 50).size(); }
    bool is_marked_wal() { return Connection{path_of(user(1)), Connection::Mode::kExisting}.is_marked_wal(); }
    bool is_beside(const std::string& suffix) { return std::filesystem::exists(path_of(user(1)) + suffix); }
};

BOOST_FIXTURE_TEST_SUITE(user_file_journal_tests, JournalFixture)

BOOST_AUTO_TEST_CASE(a_rollback_journal_shares_no_memory_and_leaves_no_log) {
    UserFiles there = with(Journal::kRollback);
    write(there, "one");
    BOOST_TEST(!is_beside("-wal"));
    BOOST_TEST(!is_beside("-shm"));
    BOOST_TEST(!is_beside("-journal"));
    BOOST_TEST(!is_marked_wal());
    BOOST_TEST(count(there) == 1U);
}

// The log is there, not folded in, as a worker that was killed leaves it.
BOOST_AUTO_TEST_CASE(a_file_with_a_log_is_converted_with_all_that_the_log_holds) {
    {
        UserFiles before = with(Journal::kWriteAheadLog);
        write(before, "one");
        write(before, "two");
        const std::string path = path_of(user(1));
        std::filesystem::copy_file(path, folder.file("file"));
        std::filesystem::copy_file(path + "-wal", folder.file("log"));
    }
    const std::string path = path_of(user(1));
    std::filesystem::rename(folder.file("file"), path);
    std::filesystem::rename(folder.file("log"), path + "-wal");
    BOOST_TEST(std::filesystem::file_size(path + "-wal") > 0U);
    // Whoever would share memory could not: its name is taken.
    std::filesystem::create_directory(path + "-shm");
    UserFiles there = with(Journal::kRollback);
    BOOST_TEST(count(there) == 2U);
    BOOST_TEST(!is_beside("-wal"));
    BOOST_TEST(!is_marked_wal());
}

BOOST_AUTO_TEST_CASE(it_is_converted_back) {
    {
        UserFiles there = with(Journal::kRollback);
        write(there, "one");
    }
    UserFiles local = with(Journal::kWriteAheadLog);
    write(local, "two");
    BOOST_TEST(is_marked_wal());
    BOOST_TEST(count(local) == 2U);
}

// As while the workers are replaced one by one after store.journal was changed.
BOOST_AUTO_TEST_CASE(workers_of_both_kinds_lose_nothing_of_each_others) {
    {
        UserFiles before = with(Journal::kWriteAheadLog);
        write(before, "one");
        UserFiles there = with(Journal::kRollback);
        write(there, "two");
        write(before, "three");
        write(there, "four");
        BOOST_TEST(count(before) == 4U);
        BOOST_TEST(count(there) == 4U);
    }
    UserFiles there = with(Journal::kRollback);
    BOOST_TEST(count(there) == 4U);
    BOOST_TEST(!is_marked_wal());
    UserFiles after = with(Journal::kWriteAheadLog);
    write(after, "five");
    write(there, "six");
    BOOST_TEST(count(after) == 6U);
}

// Nothing in a file with a rollback journal tells that somebody has it open.
BOOST_AUTO_TEST_CASE(a_file_that_another_has_open_is_emptied_but_not_unlinked) {
    UserFiles one = with(Journal::kRollback);
    {
        UserFiles other = with(Journal::kRollback);
        write(one, "one");
        write(other, "two");
        one.remove(user(1));
        BOOST_TEST(is_beside(""));
        BOOST_TEST(count(other) == 0U);
        write(other, "three");
        BOOST_TEST(count(one) == 1U);
    }
    one.remove(user(1));
    BOOST_TEST(!is_beside(""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
