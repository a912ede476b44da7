// SPDX-License-Identifier: MIT
#include "arq/store/journal.h"

#include <boost/test/unit_test.hpp>

namespace arq::store {
namespace {

constexpr util::FileSystem kLocal{};
constexpr util::FileSystem kNfs{.name = "nfs", .is_network = true};

BOOST_AUTO_TEST_SUITE(journal_tests)

BOOST_AUTO_TEST_CASE(on_a_network_file_system_no_memory_is_shared) {
    BOOST_TEST((choose_journal("auto", kLocal).journal == Journal::kWriteAheadLog));
    BOOST_TEST((choose_journal("auto", kNfs).journal == Journal::kRollback));
    BOOST_TEST(choose_journal("auto", kNfs).reason.find("lies on nfs") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_operator_has_the_last_word) {
    BOOST_TEST((choose_journal("rollback", kLocal).journal == Journal::kRollback));
    const JournalChoice risked = choose_journal("wal", kNfs);
    BOOST_TEST((risked.journal == Journal::kWriteAheadLog));
    BOOST_TEST(risked.reason.find("may damage") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
