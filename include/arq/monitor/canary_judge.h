// SPDX-License-Identifier: MIT
//
// Whether a release that some of the users try does worse than the one that serves the others. Pure: numbers
// in, verdict out.
//
// Three things are compared, each by an exact one-sided test: the share of requests that failed (Fisher's),
// the share that took longer than the p95 of both together (Fisher's again; called worse only where p95 is
// also larger by a least ratio), and the workers that died (binomial, given all deaths, by the slots that
// each side served for how long). One canary is looked at many times: three steps, each minute. So that all
// looks together call a release that is as good as the other one worse in at most `level` of the cases, the
// level is shared out among them (Bonferroni): half of it to the looks at the ends of the steps, half to all
// looks before.
#pragma once

#include <cstdint>
#include <string>

#include "arq/monitor/histogram.h"

namespace arq::monitor {

// What one side did in the time that is compared.
struct CanarySide {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  // of them with a status of 500 or more
    std::uint64_t deaths = 0;  // workers that ended otherwise than they were told to
    Histogram times;
    double slot_minutes = 0;  // slots that it served, times the minutes that it did
};

struct CanaryRules {
    double level = 0.01;
    std::uint64_t min_requests = 200;  // of each side, for errors and times to be compared
    double p95_ratio = 2;  // the same build on both sides differs by up to 1.8 (docs/operations.md)
    unsigned looks = 15;   // that a step has before its end
};

// At what time of the step it is looked.
struct CanaryMoment {
    bool is_over = false;     // the step has lasted long enough
    unsigned late_looks = 0;  // taken since it had, while there were too few requests
};

enum class CanaryVerdict {
    kWorse,  // to be taken back
    kWell,   // the step is over, and nothing speaks against the next one
    kHold,   // the step is over, but there were too few requests
    kWait    // the step is not over
};

struct CanaryJudgement {
    CanaryVerdict verdict = CanaryVerdict::kWait;
    std::string text;  // one line, with the numbers, for the operator
    // The chance that a release as good as the other does so badly; 1 where it was not compared.
    double errors_p = 1, times_p = 1, deaths_p = 1;
    double level = 0;  // what errors_p and times_p are measured by, at this look
};

CanaryJudgement judge_canary(const CanarySide& canary, const CanarySide& production, const CanaryRules& rules,
                             const CanaryMoment& moment);

}  // namespace arq::monitor
