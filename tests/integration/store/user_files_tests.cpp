// SPDX-License-Identifier: MIT
#include "arq/store/user_files.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>
#include <vector>

#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::has_code;
using tests::StoreFixture;

BOOST_FIXTURE_TEST_SUITE(user_files_tests, StoreFixture)

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
    std::size_t open = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{users_folder()})
        open += entry.path().extension() == ".sqlite3-wal" ? 1 : 0;
    BOOST_TEST(open <= 4U);
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
