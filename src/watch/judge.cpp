// SPDX-License-Identifier: MIT
#include "arq/watch/judge.h"

#include <algorithm>

namespace arq::watch {
namespace {

constexpr int kMisses = 2;
constexpr std::chrono::seconds kPause{60};

void say(std::optional<Judge::Time>& said, Judge::Time now, const std::string& line,
         const Judge::Tell& tell) {
    if (said && now - *said < kPause) return;
    if (tell(line)) said = now;
}

}  // namespace

void Judge::look(const Worker& worker, const Seen& seen, Time now, const Tell& tell) {
    Record& record = records_[worker.name];
    if (record.pid != worker.pid) record = {.pid = worker.pid};

    // All its threads may be at work on something long: what finishes requests does not hang.
    const bool is_busy = seen.requests && record.requests && *seen.requests != *record.requests;
    if (seen.answered) record.misses = *seen.answered || is_busy ? 0 : record.misses + 1;
    if (seen.requests) record.requests = seen.requests;
    if (seen.answered == true) record.probes += worker.probes;

    const std::string process = " " + worker.name + " " + std::to_string(worker.pid);
    if (record.misses >= kMisses) {
        say(record.said_hung, now, "hung" + process, tell);
        return;  // it is being ended
    }
    if (limits_.memory_kib > 0 && seen.private_kib && *seen.private_kib > limits_.memory_kib)
        say(record.said_large, now, "large" + process + " " + std::to_string(*seen.private_kib), tell);
    const std::uint64_t requests = seen.requests.value_or(0);
    const std::uint64_t served = requests - std::min(requests, record.probes);
    if (limits_.requests > 0 && served >= static_cast<std::uint64_t>(limits_.requests))
        say(record.said_served, now, "served" + process + " " + std::to_string(served), tell);
}

void Judge::keep_only(const std::vector<Worker>& workers) {
    std::erase_if(records_, [&](const auto& entry) {
        return std::none_of(workers.begin(), workers.end(), [&](const Worker& worker) {
            return worker.name == entry.first && worker.pid == entry.second.pid;
        });
    });
}

void DiskJudge::look(std::int64_t free_mib, const Judge::Tell& tell) {
    if (!nearly_full_ && free_mib < least_free_mib_)
        nearly_full_ = tell("disk nearly_full");
    else if (nearly_full_ && free_mib >= least_free_mib_ + least_free_mib_ / 8)
        nearly_full_ = !tell("disk ok");
}

void NginxJudge::look(Answer answer, bool is_everybody_served, Judge::Time now, const Judge::Tell& tell) {
    const bool has_gone = answer == Answer::kRefused;
    if (answer == Answer::kGood) {
        misses_ = 0;
        said_.reset();
    } else if (has_gone || is_everybody_served) {
        ++misses_;
    } else {
        return;  // what it passes on is not its fault
    }
    if (misses_ >= kMisses) say(said_, now, has_gone ? "nginx gone" : "nginx silent", tell);
}

}  // namespace arq::watch
