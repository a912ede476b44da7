// SPDX-License-Identifier: MIT
//
// Every route that writes, with SQLite getting no memory at its n-th allocation, once or from then on.
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "support/fault_cases.h"

namespace arq::http {
namespace {

using tests::FaultCase;
using tests::Operation;

// A request makes thousands of allocations, most of them alike: the first ones are all tried, then fewer and
// fewer, each time a sixth further.
int next_allocation(int n) {
    constexpr int kAllUpTo = 30;
    return n < kAllUpTo ? n + 1 : n + n / 6;
}

struct MemoryFaultsFixture : tests::FaultCases {
    void run_all(const std::vector<FaultCase>& group) {
        for (const FaultCase& what : group) {
            prepare(what);
            int runs = 0;
            for (const bool lasting : {false, true})
                runs += run(
                    what, {Operation::kAllocate, ENOMEM, 1, lasting},
                    [&](const Response& response) {
                        BOOST_CHECK_MESSAGE(response.status == 500 && code_of(response) == "internal",
                                            about << "status " << response.status << ", " << response.body);
                    },
                    next_allocation);
            BOOST_TEST_MESSAGE(what.name << ": " << runs << " faults");
            BOOST_TEST((runs > 0) == what.touches_storage, what.name << " met " << runs << " faults");
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(memory_faults_tests, MemoryFaultsFixture)

BOOST_AUTO_TEST_CASE(a_message_that_is_refused_can_be_repeated_and_no_other_is_lost) {
    run_all(message_cases());
}

BOOST_AUTO_TEST_CASE(a_deletion_that_is_refused_can_be_repeated_and_nothing_else_is_lost) {
    run_all(deletion_cases());
}

BOOST_AUTO_TEST_CASE(a_change_of_the_memory_that_is_refused_can_be_repeated_and_nothing_is_lost) {
    run_all(memory_cases());
}

BOOST_AUTO_TEST_CASE(whatever_else_is_refused_can_be_repeated_and_nothing_is_lost) {
    run_all(other_cases());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
