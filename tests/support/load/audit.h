// SPDX-License-Identifier: MIT
//
// Reads back, after the load, what each user's sessions hold.
#pragma once

#include <cstdint>
#include <vector>

#include "failures.h"
#include "options.h"
#include "run.h"

namespace load {

struct AuditResult {
    std::int64_t lost = 0;     // acknowledged, but the message (with its text) or its reply is not there
    std::int64_t doubled = 0;  // messages of this run that are there, or are replied to, more than once
};

// A request of the audit that fails is a failure too.
AuditResult audit(const Options& options, const Script& script, const std::vector<User>& users,
                  Failures& failures);

}  // namespace load
