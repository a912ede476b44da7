// SPDX-License-Identifier: MIT
#include "arq/watch/users_count.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace arq::watch {
namespace {

struct Users {
    tests::TempDir folder{tests::TempDir::base_in_memory()};
    std::chrono::steady_clock::time_point now{std::chrono::hours{1}};

    void put(const std::string& where, const std::string& name, std::size_t bytes) {
        std::filesystem::create_directories(folder.path() + "/" + where);
        std::ofstream{folder.path() + "/" + where + "/" + name} << std::string(bytes, 'x');
    }
};

BOOST_FIXTURE_TEST_SUITE(users_count_tests, Users)

BOOST_AUTO_TEST_CASE(users_are_counted_once_and_their_logs_bytes_too) {
    put("ab/cd", "1.sqlite3", 100);
    put("ab/cd", "1.sqlite3-wal", 10);
    put("ab/ef", "2.sqlite3", 200);
    put("00/ff", "3.sqlite3", 300);
    std::ofstream{folder.path() + "/.open"} << "hidden";
    UsersCount count{folder.path(), std::chrono::seconds{600}};
    const auto total = count.step(now);
    BOOST_REQUIRE(total.has_value());
    BOOST_TEST(total->users == 3U);
    BOOST_TEST(total->bytes == 610U);
}

BOOST_AUTO_TEST_CASE(the_next_tour_waits_and_sees_what_is_new) {
    UsersCount count{folder.path(), std::chrono::seconds{600}};
    BOOST_TEST(count.step(now)->users == 0U);
    put("ab/cd", "1.sqlite3", 1);
    BOOST_TEST(!count.step(now + std::chrono::seconds{599}).has_value());
    BOOST_TEST(count.step(now + std::chrono::seconds{600})->users == 1U);
}

BOOST_AUTO_TEST_CASE(many_files_take_several_steps) {
    for (int number = 0; number < 1200; ++number)
        put(std::to_string(number % 6) + "0/00", std::to_string(number) + ".sqlite3", 1);
    UsersCount count{folder.path(), std::chrono::seconds{600}};
    int steps = 1;
    auto total = count.step(now);
    for (; !total && steps < 100; ++steps) total = count.step(now);
    BOOST_REQUIRE(total.has_value());
    BOOST_TEST(total->users == 1200U);
    BOOST_TEST(steps > 1);
}

BOOST_AUTO_TEST_CASE(without_a_folder_there_are_none) {
    UsersCount count{folder.path() + "/none", std::chrono::seconds{600}};
    BOOST_TEST(count.step(now)->users == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
