// SPDX-License-Identifier: MIT
#include "arq/store/user_files.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "arq/util/file.h"
#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::has_code;
using tests::StoreFixture;

struct UserFilesFixture : StoreFixture {
    // The users' files that this process has open.
    std::set<std::string> open_files() const {
        std::set<std::string> open;
        for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
            std::error_code gone;
            const std::string path = std::filesystem::read_symlink(entry.path(), gone).string();
            if (path.starts_with(users_folder()) && path.ends_with(".sqlite3")) open.insert(path);
        }
        return open;
    }
    // So that nobody else's file stays open.
    void fill_up() {
        for (int number = 0; number < 4; ++number) files.open_or_create(user(number));
    }
    static void make_older(const std::string& path, std::chrono::seconds age) {
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - age);
    }
    void tidy_all() {
        for (int call = 0; call < 256; ++call) files.tidy(std::chrono::seconds{60});
    }
};

BOOST_FIXTURE_TEST_SUITE(user_files_tests, UserFilesFixture)

BOOST_AUTO_TEST_CASE(a_file_is_made_only_when_it_is_to_be_written) {
    BOOST_TEST(!files.open(user(1)).has_value());
    BOOST_TEST(!std::filesystem::exists(path_of(user(1))));
    { const auto lease = files.open_or_create(user(1)); }
    BOOST_TEST(files.open(user(1)).has_value());
    struct stat status {};
    BOOST_REQUIRE(::stat(path_of(user(1)).c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 077) == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_beside_a_new_file) {
    { const auto lease = files.open_or_create(user(1)); }
    for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
        BOOST_TEST(entry.path().string().find(".new-") == std::string::npos, entry.path());
}

BOOST_AUTO_TEST_CASE(more_users_than_open_files_are_served_and_no_more_stay_open) {
    for (int round = 0; round < 2; ++round)
        for (int number = 0; number < 20; ++number) {
            const auto lease = files.open_or_create(user(number));
            lease->create_session("title", false);
        }
    for (int number = 0; number < 20; ++number)
        BOOST_TEST((*files.open(user(number)))->list_sessions({}, 50).size() == 2U);
    BOOST_TEST(open_files().size() <= 4U);
}

BOOST_AUTO_TEST_CASE(those_who_come_back_soon_stay_open_and_others_do_not_push_them_out) {
    const auto visit = [this](int number) { files.open_or_create(user(number))->list_sessions({}, 1); };
    for (int number = 0; number < 4; ++number) visit(number);
    const std::set<std::string> first = open_files();
    BOOST_TEST(first.size() == 4U);
    for (int number = 10; number < 30; ++number) visit(number);
    BOOST_TEST(open_files() == first);
    visit(40);
    BOOST_TEST(open_files() == first);
    visit(40);
    BOOST_TEST(open_files().contains(path_of(user(40))));
    BOOST_TEST(open_files().size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_opened_for_one_use_leaves_its_log_until_it_has_grown) {
    if (options.journal == Journal::kRollback) return;  // there are no logs
    fill_up();
    const std::string log = path_of(user(9)) + "-wal";
    int folded = 0;
    for (int number = 0; number < 200; ++number) {
        files.open_or_create(user(9))->create_session("title", false);
        // Or it would come back soon, and stay open.
        for (int between = 10; between < 18; ++between) files.open_or_create(user(between));
        folded += std::filesystem::exists(log) ? 0 : 1;
    }
    BOOST_TEST(!std::filesystem::exists(path_of(user(9)) + "-shm"));
    BOOST_TEST(folded >= 1);
    BOOST_TEST(folded <= 10);
    BOOST_TEST((*files.open(user(9)))->list_sessions({}, 200).size() == 200U);
}

BOOST_AUTO_TEST_CASE(two_processes_may_have_a_file_open_in_either_way) {
    UserFiles other{users_folder(), options, 1, clock};
    {
        // Kept open there, so not to be had alone here; then the other way round.
        const auto there = other.open_or_create(user(9));
        there->create_session("title", false);
        fill_up();
        files.open_or_create(user(9))->create_session("title", false);
        there->create_session("title", false);
    }
    other.tidy(std::chrono::seconds{0});
    clock.advance(util::Milliseconds{1});
    other.tidy(std::chrono::seconds{0});
    std::thread waits;
    {
        const auto alone = files.open_or_create(user(9));
        UserFile::Transaction transaction{*alone};
        alone->create_session("title", false);
        waits = std::thread{[&] { other.open_or_create(user(9))->create_session("title", false); }};
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        transaction.commit();
    }
    waits.join();
    BOOST_TEST((*files.open(user(9)))->list_sessions({}, 200).size() == 5U);
}

BOOST_AUTO_TEST_CASE(tidying_closes_what_is_idle_and_folds_in_what_logs_were_left) {
    if (options.journal == Journal::kRollback) return;  // there are no logs
    fill_up();
    for (const int number : {9, 10}) files.open_or_create(user(number))->create_session("title", false);
    const auto log_of = [this](int number) { return path_of(user(number)) + "-wal"; };
    const std::string unfinished = path_of(user(9)) + ".new-1234";
    { const std::ofstream made{unfinished}; }
    make_older(log_of(9), std::chrono::minutes{2});
    make_older(unfinished, std::chrono::hours{2});
    clock.advance(util::Milliseconds{30'000});
    files.open(user(0));
    clock.advance(util::Milliseconds{40'000});
    tidy_all();
    BOOST_TEST(open_files() == std::set<std::string>{path_of(user(0))});
    BOOST_TEST(!std::filesystem::exists(log_of(9)));
    BOOST_TEST(!std::filesystem::exists(unfinished));
    BOOST_TEST(std::filesystem::exists(log_of(10)));  // written a moment ago
    for (const int number : {9, 10})
        BOOST_TEST((*files.open(user(number)))->list_sessions({}, 200).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_that_was_opened_alone_keeps_its_log_however_long) {
    if (options.journal == Journal::kRollback) return;  // nothing is opened alone
    {
        const auto file = files.open_or_create(user(9));
        const model::Session session = file->create_session("title", false);
        for (int i = 0; i < 20; ++i) file->append_message(session.id, "m" + std::to_string(i), "text");
    }
    clock.advance(util::Milliseconds{1});
    files.tidy(std::chrono::seconds{0});  // all of it is in the file
    UserFileOptions patient = options;
    patient.wal_checkpoint_pages = 1000;
    UserFiles writes{users_folder(), patient, 0, clock};
    for (int i = 0; i < 10; ++i) writes.open(user(9)).value()->create_session("title", false);
    const std::string path = path_of(user(9));
    {
        const std::string header = util::read_file(path).substr(0, 1024);
        std::ofstream damaged{path, std::ios::binary};
        damaged << header << std::string(32 * 1024, '\xFF');
    }
    const std::string before = util::read_file(path);
    const std::string log = util::read_file(path + "-wal");
    BOOST_REQUIRE(log.size() > 4096U);
    UserFileOptions strict = options;
    strict.wal_checkpoint_pages = 2;
    UserFiles reads{users_folder(), strict, 0, clock};
    BOOST_CHECK_EXCEPTION(reads.open(user(9)).value()->find_message("m1"), Error,
                          has_code(ErrorCode::kStorageDamaged));
    BOOST_TEST((util::read_file(path) == before));
    BOOST_TEST((util::read_file(path + "-wal") == log));
}

BOOST_AUTO_TEST_CASE(tidying_leaves_alone_what_is_in_use_or_damaged) {
    if (options.journal == Journal::kRollback) return;  // there are no logs
    UserFiles other{users_folder(), options, 4, clock};
    const auto there = other.open_or_create(user(9));
    there->create_session("title", false);
    make_older(path_of(user(9)) + "-wal", std::chrono::minutes{2});
    const std::string damaged = path_of(user(2));
    std::filesystem::create_directories(std::filesystem::path{damaged}.parent_path());
    std::ofstream{damaged} << std::string(4096, 'x');
    std::ofstream{damaged + "-wal"} << std::string(4096, 'y');
    make_older(damaged + "-wal", std::chrono::minutes{2});
    tidy_all();
    BOOST_TEST(std::filesystem::exists(path_of(user(9)) + "-wal"));
    BOOST_TEST(std::filesystem::file_size(damaged) == 4096U);
    BOOST_TEST(std::filesystem::exists(damaged + "-wal"));
    there->create_session("title", false);
    BOOST_TEST(there->list_sessions({}, 200).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_belongs_to_one_thread_at_a_time) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([this] {
            for (int i = 0; i < 20; ++i) {
                const auto lease = files.open_or_create(user(i % 6));
                UserFile::Transaction transaction{*lease};
                lease->create_session("title", false);
                transaction.commit();
            }
        });
    for (std::thread& thread : threads) thread.join();
    std::size_t sessions = 0;
    for (int number = 0; number < 6; ++number)
        sessions += (*files.open(user(number)))->list_sessions({}, 200).size();
    BOOST_TEST(sessions == 160U);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_told_and_left_as_it_is) {
    { const auto lease = files.open_or_create(user(1)); }
    const store::UserKey damaged = user(2);
    std::filesystem::create_directories(std::filesystem::path{path_of(damaged)}.parent_path());
    std::ofstream{path_of(damaged)} << std::string(4096, 'x');
    BOOST_CHECK_EXCEPTION(files.open_or_create(damaged), Error, has_code(ErrorCode::kStorageDamaged));
    std::ifstream again{path_of(damaged)};
    BOOST_TEST(std::string(std::istreambuf_iterator<char>{again}, {}) == std::string(4096, 'x'));
    BOOST_CHECK_NO_THROW(files.open_or_create(user(1)));
}

BOOST_AUTO_TEST_CASE(an_emptied_file_is_told_and_not_started_afresh) {
    { const auto lease = files.open_or_create(user(1)); }
    const store::UserKey emptied = user(2);
    std::filesystem::create_directories(std::filesystem::path{path_of(emptied)}.parent_path());
    std::ofstream{path_of(emptied)}.close();
    BOOST_CHECK_EXCEPTION(files.open(emptied), Error, has_code(ErrorCode::kStorageDamaged));
    BOOST_TEST(std::filesystem::file_size(path_of(emptied)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
