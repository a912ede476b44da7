// SPDX-License-Identifier: MIT
#include "arq/monitor/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace arq::monitor {
namespace {

// LEB128: seven bits a byte, the lowest first.
void append_number(std::string& bytes, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) bytes += static_cast<char>((number & 0x7FU) | 0x80U);
    bytes += static_cast<char>(number);
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return number;
    }
    return std::nullopt;
}

}  // namespace

Histogram& Histogram::operator+=(const Histogram& other) {
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) counts_[bucket] += other.counts_[bucket];
    return *this;
}

Histogram Histogram::operator-(const Histogram& earlier) const {
    Histogram difference;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
        difference.counts_[bucket] = counts_[bucket] - std::min(counts_[bucket], earlier.counts_[bucket]);
    return difference;
}

std::uint64_t Histogram::count() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

double Histogram::sum_microseconds() const {
    double sum = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
        if (counts_[bucket] != 0) sum += static_cast<double>(counts_[bucket]) * middle_of_bucket(bucket);
    return sum;
}

std::uint64_t Histogram::count_up_to(std::chrono::microseconds time) const {
    const std::size_t last = bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)));
    return std::accumulate(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                           std::uint64_t{0});
}

std::optional<double> Histogram::quantile_ms(double share) const {
    const std::uint64_t total = count();
    if (total == 0) return std::nullopt;
    const auto rank = static_cast<std::uint64_t>(
        std::clamp(std::ceil(share * static_cast<double>(total)), 1.0, static_cast<double>(total)));
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    while ((seen += counts_[bucket]) < rank) ++bucket;
    return middle_of_bucket(bucket) / 1000;
}

std::string Histogram::encode() const {
    std::string bytes;
    std::size_t next = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        if (counts_[bucket] == 0) continue;
        append_number(bytes, bucket - next);
        append_number(bytes, counts_[bucket]);
        next = bucket + 1;
    }
    return bytes;
}

std::optional<Histogram> Histogram::decode(std::string_view bytes) {
    Histogram histogram;
    std::size_t next = 0;
    while (!bytes.empty()) {
        const auto distance = take_number(bytes);
        const auto count = take_number(bytes);
        if (!distance || !count || *distance >= kBuckets - next) return std::nullopt;
        next += *distance;
        histogram.counts_[next++] = *count;
    }
    return histogram;
}

}  // namespace arq::monitor
