// SPDX-License-Identifier: MIT
//
// The seam between the program and what it can't decide: the time, and chance.
// Thread safe. Tests put a fake in its place, so that nothing in a test sleeps or depends on luck.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace arq::util {

using Milliseconds = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<Milliseconds>;

class Clock {
public:
    virtual ~Clock() = default;

    // Wall-clock time, UTC. May step backwards when the machine's clock is set.
    virtual Timestamp now() = 0;

    // For durations only: never steps backwards.
    virtual std::chrono::steady_clock::time_point steady_now() = 0;

    // Blocks the calling thread.
    virtual void sleep_for(Milliseconds duration) = 0;

    // Fills `bytes` with cryptographically strong random bytes.
    virtual void random_fill(std::span<std::byte> bytes) = 0;
};

class SystemClock final : public Clock {
public:
    Timestamp now() override;
    std::chrono::steady_clock::time_point steady_now() override;
    void sleep_for(Milliseconds duration) override;
    void random_fill(std::span<std::byte> bytes) override;
};

// "2026-11-24T06:00:00.000Z" (RFC 3339, UTC, milliseconds).
std::string format_rfc3339(Timestamp time);
// The same form alone; nothing where it is another or no such time.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace arq::util
