// SPDX-License-Identifier: MIT
//
// Every route that writes, with a disk that fails at each of its steps: the answer is the contract's, the
// file is whole, what was acknowledged is there, and a repetition makes good what was refused.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "http/routes.h"
#include "store/migrations.h"
#include "support/fault_fixture.h"

namespace arq::http {
namespace {

using tests::Fault;
using tests::FaultCase;
using tests::Operation;
using tests::Worker;

struct DiskFaultsFixture : tests::FaultFixture {
    FaultCase message_case(std::string name, std::string text, std::string more = {}) {
        FaultCase made{.name = std::move(name), .method = "POST", .route = "/api/message"};
        made.request = [=, this] { return message("asked", text, more); };
        made.check_repetition = [=, this](Worker& worker, const Response& first) {
            check_said_once(worker, message("asked", text, more), first);
        };
        return made;
    }

    FaultCase new_user() { return message_case("a new user's message", "My name is Anna"); }

    std::vector<FaultCase> cases() { return {new_user()}; }

    void check_everywhere(const FaultCase& what) {
        constexpr Operation kAll[] = {
            Operation::kOpen,   Operation::kRead, Operation::kWrite, Operation::kTruncate, Operation::kSync,
            Operation::kUnlink, Operation::kName, Operation::kLook,  Operation::kLock,     Operation::kShare};
        prepare(what);
        int runs = 0;
        for (const Operation operation : kAll)
            for (const int error : {EIO, ENOSPC, EDQUOT})
                for (const bool lasting : {false, true}) {
                    const Fault fault{.operation = operation, .error = error, .at = 1, .lasting = lasting};
                    runs += run(what, fault, [&](const Response& response) { check(response, error); });
                }
        BOOST_TEST_MESSAGE(what.name << ": " << runs << " faults");
    }

    void check(const Response& response, int error) {
        const std::string code = code_of(response);
        const bool full = error != EIO;
        BOOST_CHECK_MESSAGE(response.status == (full ? 507 : 503), about << response.body);
        BOOST_CHECK_MESSAGE(
            full ? code == "storage_full" : code == "storage_read_only" || code == "storage_damaged",
            about << response.body);
        BOOST_CHECK_MESSAGE(text_of(response, "error.type") == "storage_error", about << response.body);
    }
};

BOOST_FIXTURE_TEST_SUITE(disk_faults_tests, DiskFaultsFixture)

BOOST_AUTO_TEST_CASE(a_new_users_message) {
    check_everywhere(new_user());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
