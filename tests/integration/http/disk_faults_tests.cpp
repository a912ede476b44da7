// SPDX-License-Identifier: MIT
//
// Every route that writes, with a disk that fails at each of its steps: the answer is the contract's, the
// file is whole, what was acknowledged is there, and a repetition makes good what was refused.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "http/routes.h"
#include "support/fault_cases.h"

namespace arq::http {
namespace {

using tests::FaultCase;
using tests::Operation;

struct Kind {
    Operation operation;
    int error;
    bool lasting;
};

// What each operation may fail with, once or from then on.
constexpr Kind kKinds[] = {
    {Operation::kOpen, EIO, false},     {Operation::kOpen, ENOSPC, true},   {Operation::kRead, EIO, false},
    {Operation::kWrite, EIO, false},    {Operation::kWrite, EDQUOT, false}, {Operation::kWrite, ENOSPC, true},
    {Operation::kTruncate, EIO, false}, {Operation::kSync, EIO, false},     {Operation::kSync, EDQUOT, true},
    {Operation::kUnlink, EIO, false},   {Operation::kUnlink, EIO, true},    {Operation::kName, ENOSPC, false},
    {Operation::kName, EROFS, true},    {Operation::kLook, EIO, false},     {Operation::kLock, EIO, true},
    {Operation::kLock, EAGAIN, false},  {Operation::kShare, ENOSPC, false}, {Operation::kShare, EIO, true},
};

struct DiskFaultsFixture : tests::FaultCases {
    void check(const FaultCase& what, const Response& response, int error) const {
        const std::string code = code_of(response);
        const bool failed =
            response.status == 503 && (code == "storage_read_only" || code == "storage_damaged");
        const bool full = response.status == 507 && code == "storage_full";
        const bool busy = response.status == 503 && code == "storage_busy";
        bool is_right = error == EAGAIN ? busy : error == ENOSPC || error == EDQUOT ? full : failed;
        // A user's file goes by a rollback journal, and SQLite forgets its errno with it.
        if (what.route == "/api/user" && error == EDQUOT) is_right |= failed;
        BOOST_CHECK_MESSAGE(is_right && text_of(response, "error.type") == "storage_error",
                            about << "status " << response.status << ", " << response.body);
    }

    void run_all(const std::vector<FaultCase>& group) {
        for (const FaultCase& what : group) {
            prepare(what);
            int runs = 0;
            for (const Kind& kind : kKinds)
                runs += run(what, {kind.operation, kind.error, 1, kind.lasting},
                            [&](const Response& response) { check(what, response, kind.error); });
            BOOST_TEST_MESSAGE(what.name << ": " << runs << " faults");
            BOOST_TEST((runs > 0) == what.touches_storage, what.name << " met " << runs << " faults");
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(disk_faults_tests, DiskFaultsFixture)

BOOST_AUTO_TEST_CASE(each_route_that_may_write_has_a_case) {
    const std::vector<FaultCase> known = cases();
    for (const Route& route : all_routes().routes) {
        const bool has_case = std::any_of(known.begin(), known.end(), [&](const FaultCase& one) {
            return one.method == route.method && one.route == route.path;
        });
        BOOST_TEST((route.method == "GET" || has_case),
                   "tests/support/fault_cases.cpp has no case for " << route.method << ' ' << route.path);
    }
}

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

// Who stored it may have died before the disk had it.
BOOST_AUTO_TEST_CASE(an_answer_is_not_told_again_where_its_log_can_not_be_synced) {
    FaultCase what = message_cases().back();
    what.warm = true;
    prepare(what);
    for (const Operation operation : {Operation::kOpen, Operation::kSync}) {
        int refused = 0;
        const int runs = run(what, {.operation = operation, .error = EIO, .at = 1},
                             [&](const Response& response) { refused += response.status == 503 ? 1 : 0; });
        BOOST_TEST(runs == 1);
        BOOST_TEST(refused == runs);
    }
}

// What is to be scrubbed needs space to be, but not to be read.
BOOST_AUTO_TEST_CASE(a_file_left_unscrubbed_is_read_though_the_disk_is_full) {
    const FaultCase what = unscrubbed_case();
    prepare(what);
    BOOST_TEST(run(what, {.operation = Operation::kWrite, .error = ENOSPC, .at = 1, .lasting = true},
                   [&](const Response& response) { BOOST_ERROR("refused: " + response.body); }) > 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
