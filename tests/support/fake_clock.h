// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

#include "arq/util/clock.h"

namespace arq::tests {

// Stands still unless told, and its randomness repeats from run to run.
class FakeClock final : public util::Clock {
public:
    // 2026-11-24T06:00:00Z, a Tuesday.
    static constexpr util::Milliseconds kStart{1795500000000};

    util::Timestamp now() override { return util::Timestamp{util::Milliseconds{now_ms_}}; }
    std::chrono::steady_clock::time_point steady_now() override {
        return std::chrono::steady_clock::time_point{util::Milliseconds{now_ms_}};
    }
    void sleep_for(util::Milliseconds duration) override { advance(duration); }
    void random_fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes) {
            state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<std::byte>(state_ >> 56);
        }
    }

    void advance(util::Milliseconds by) { now_ms_ += by.count(); }

private:
    std::atomic<std::int64_t> now_ms_{kStart.count()};
    std::atomic<std::uint64_t> state_{1};
};

}  // namespace arq::tests
