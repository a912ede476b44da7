// SPDX-License-Identifier: MIT
//
// Counts what went wrong and shows the first few. Thread safe.
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace load {

class Failures {
public:
    void add(const std::string& reason) {
        const std::lock_guard lock(mutex_);
        if (++count_ <= kShown) std::fprintf(stderr, "arq-load: %s\n", reason.c_str());
    }
    std::int64_t count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    static constexpr std::int64_t kShown = 5;
    std::mutex mutex_;
    std::int64_t count_ = 0;  // guarded by mutex_
};

}  // namespace load
