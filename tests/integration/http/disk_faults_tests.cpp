// SPDX-License-Identifier: MIT
//
// Every route that writes, with a disk that fails at each of its steps: the answer is the contract's, the
// file is whole, what was acknowledged is there, and a repetition makes good what was refused.
#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "http/routes.h"
#include "support/fault_cases.h"

namespace arq::http {
namespace {

using tests::Fault;
using tests::FaultCase;
using tests::Operation;

struct Kind {
    Operation operation;
    int error;
    bool lasting;
};

// What each operation may fail with, once and from then on.
constexpr Kind kKinds[] = {
    {Operation::kOpen, EIO, false},     {Operation::kOpen, ENOSPC, true},
    {Operation::kRead, EIO, false},     {Operation::kRead, EIO, true},
    {Operation::kWrite, EIO, false},    {Operation::kWrite, EDQUOT, false},
    {Operation::kWrite, ENOSPC, false}, {Operation::kWrite, ENOSPC, true},
    {Operation::kTruncate, EIO, false}, {Operation::kSync, EIO, false},
    {Operation::kSync, EDQUOT, true},   {Operation::kUnlink, EIO, false},
    {Operation::kUnlink, EIO, true},    {Operation::kName, ENOSPC, false},
    {Operation::kName, EROFS, true},    {Operation::kLook, EIO, false},
    {Operation::kLock, EIO, false},     {Operation::kLock, EIO, true},
    {Operation::kLock, EAGAIN, false},  {Operation::kShare, ENOSPC, false},
    {Operation::kShare, EIO, true},
};

struct DiskFaultsFixture : tests::FaultCases {
    void check(const Response& response, int error) const {
        const std::string code = code_of(response);
        const bool is_full = error == ENOSPC || error == EDQUOT;
        const bool is_right = is_full           ? response.status == 507 && code == "storage_full"
                              : error == EAGAIN ? response.status == 503 && code == "storage_busy"
                                                : response.status == 503 && (code == "storage_read_only" ||
                                                                             code == "storage_damaged");
        BOOST_CHECK_MESSAGE(is_right && text_of(response, "error.type") == "storage_error",
                            about << "status " << response.status << ", " << response.body);
    }
};

BOOST_FIXTURE_TEST_SUITE(disk_faults_tests, DiskFaultsFixture)

BOOST_AUTO_TEST_CASE(each_route_that_may_write_has_a_case) {
    const std::vector<FaultCase> known = cases();
    for (const Route& route : routes()) {
        if (route.method == "GET") continue;
        BOOST_TEST(std::any_of(known.begin(), known.end(),
                               [&](const FaultCase& one) {
                                   return one.method == route.method && one.route == route.path;
                               }),
                   "tests/support/fault_cases.cpp has no case for " << route.method << ' ' << route.path);
    }
}

BOOST_AUTO_TEST_CASE(whatever_fails_nothing_is_lost_and_a_repetition_makes_it_good) {
    for (const FaultCase& what : cases()) {
        prepare(what);
        int runs = 0;
        for (const Kind& kind : kKinds)
            runs += run(what, {kind.operation, kind.error, 1, kind.lasting},
                        [&](const Response& response) { check(response, kind.error); });
        BOOST_TEST_MESSAGE(what.name << ": " << runs << " faults");
        BOOST_TEST((runs > 0) == what.touches_storage, what.name << " met " << runs << " faults");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
