// SPDX-License-Identifier: MIT
//
// How long requests took, counted in buckets: exact below 64 µs, above that 32 buckets for each doubling, so
// that the middle of a bucket is off by less than 1.6 %. Times beyond 17 minutes count as 17 minutes.
// Values; each used by one thread.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arq::monitor {

// Part of the layout of the pool's map and of the rows in host.sqlite3: never change.
inline constexpr std::size_t kBuckets = 832;
inline constexpr std::uint64_t kLongestMicroseconds = (1ULL << 30U) - 1;

constexpr std::size_t bucket_of(std::uint64_t microseconds) {
    if (microseconds < 64) return microseconds;
    if (microseconds > kLongestMicroseconds) microseconds = kLongestMicroseconds;
    const auto shift = static_cast<unsigned>(std::bit_width(microseconds)) - 6;
    return 64 + (shift - 1) * 32 + ((microseconds >> shift) - 32);
}

// What the bucket stands for: its middle, in microseconds.
constexpr double middle_of_bucket(std::size_t bucket) {
    if (bucket < 64) return static_cast<double>(bucket);
    const std::size_t shift = (bucket - 64) / 32 + 1;
    const std::uint64_t lowest = (32 + (bucket - 64) % 32) << shift;
    return static_cast<double>(lowest) + static_cast<double>((1ULL << shift) - 1) / 2;
}

class Histogram {
public:
    void add(std::chrono::microseconds time) {
        ++counts_[bucket_of(static_cast<std::uint64_t>(time.count() < 0 ? 0 : time.count()))];
    }
    void add(std::size_t bucket, std::uint64_t count) { counts_[bucket] += count; }
    Histogram& operator+=(const Histogram& other);
    // What came to `earlier` since. Where a count is smaller than it was, nothing came to it.
    Histogram operator-(const Histogram& earlier) const;
    bool operator==(const Histogram&) const = default;

    std::uint64_t count() const;
    std::uint64_t count_of(std::size_t bucket) const { return counts_[bucket]; }
    double sum_microseconds() const;
    // How many took no longer than that; exact to a bucket.
    std::uint64_t count_up_to(std::chrono::microseconds time) const;

    // The time, in milliseconds, within which `share` (0 to 1) of the requests were answered (nearest rank);
    // nothing where there were none. 1 is the longest.
    std::optional<double> quantile_ms(double share) const;

    // Compact bytes, to be kept: pairs of variable-length numbers (distance to the next bucket that is not
    // empty, its count). Format on disk: never change. decode() gives nothing for what is none.
    std::string encode() const;
    static std::optional<Histogram> decode(std::string_view bytes);

private:
    std::array<std::uint64_t, kBuckets> counts_{};
};

}  // namespace arq::monitor
