// SPDX-License-Identifier: MIT
#include "store/migrations.h"

#include <boost/test/unit_test.hpp>

#include "arq/util/error.h"
#include "store/sqlite.h"
#include "support/temp_dir.h"

namespace arq::store {
namespace {

BOOST_AUTO_TEST_SUITE(migrations_tests)

BOOST_AUTO_TEST_CASE(steps_are_numbered_without_a_gap_and_set_their_own_version) {
    for (const auto steps : {user_migrations(), host_migrations()}) {
        Connection connection{"", Connection::Mode::kInMemory};
        int expected = 0;
        for (const Migration& step : steps) {
            BOOST_TEST(step.version == ++expected);
            connection.execute_script(step.sql);
            BOOST_TEST(connection.pragma("user_version") == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_database_of_any_version_becomes_the_newest) {
    const auto steps = user_migrations();
    for (std::size_t taken = 0; taken <= steps.size(); ++taken) {
        Connection connection{"", Connection::Mode::kInMemory};
        for (std::size_t i = 0; i < taken; ++i) connection.execute_script(steps[i].sql);
        migrate(connection, steps);
        BOOST_TEST(connection.pragma("user_version") == steps.back().version);
    }
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_database_as_it_was) {
    static constexpr Migration kSteps[] = {
        {1, "CREATE TABLE kept (a); PRAGMA user_version = 1;"},
        {2, "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1); PRAGMA user_version = 2;"},
    };
    Connection connection{"", Connection::Mode::kInMemory};
    BOOST_CHECK_THROW(migrate(connection, kSteps), Error);
    BOOST_TEST(connection.pragma("user_version") == 1);
    BOOST_CHECK_THROW(connection.execute_script("SELECT * FROM half"), Error);
}

BOOST_AUTO_TEST_CASE(a_database_from_a_newer_build_is_served_as_it_is) {
    Connection connection{"", Connection::Mode::kInMemory};
    migrate(connection, user_migrations());
    connection.set_pragma("user_version", 99);
    migrate(connection, user_migrations());
    BOOST_TEST(connection.pragma("user_version") == 99);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
