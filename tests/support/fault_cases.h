// SPDX-License-Identifier: MIT
//
// The requests that write, in each state of things in which they do something else to the disk: what the
// tests of failing disks and failing memory share.
#pragma once

#include <vector>

#include "support/fault_fixture.h"

namespace arq::tests {

struct FaultCases : FaultFixture {
    // A row for each route that may write, and more than one where a route has more than one way to.
    std::vector<FaultCase> cases();

    std::vector<FaultCase> message_cases();
    std::vector<FaultCase> deletion_cases();
    std::vector<FaultCase> memory_cases();
    std::vector<FaultCase> other_cases();
    FaultCase unscrubbed_case();

private:
    FaultCase message_case(std::string name, std::string text, const std::string& more = {});
    FaultCase rename_case();
    FaultCase key_case();
    FaultCase old_file_case();
    static std::string only_file(const Worker& worker);

    // Takes its time, so that a message is stored before it is answered.
    class SlowResponder final : public responder::Responder {
    public:
        bool is_instant() const override { return false; }
        model::Reply reply(const responder::Prompt& prompt) override {
            return {.text = "reply to " + prompt.message, .responder = "slow"};
        }
    };
    SlowResponder slow;
    std::string session;  // what a case's `prepare` leaves for its request
    std::string key;
    std::string memory;
};

}  // namespace arq::tests
