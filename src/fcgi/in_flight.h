// SPDX-License-Identifier: MIT
//
// Counts what must end before a server may: its threads and the exchanges still to be answered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace arq::fcgi {

class InFlight {
public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }

    void leave() {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }

    // True once nothing is in flight, false when the deadline has passed first.
    bool wait_for_none(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        return none_.wait_until(lock, deadline, [this] { return count_ == 0; });
    }

    unsigned count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    std::mutex mutex_;
    std::condition_variable none_;
    unsigned count_ = 0;  // guarded by mutex_
};

}  // namespace arq::fcgi
