// SPDX-License-Identifier: MIT
//
// Some stems that are looked for in many texts. A word is stemmed only if it begins like one of them,
// which few words do, so a text costs little more than its splitting into words. Immutable, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arq::util {

class StemSet {
public:
    static constexpr std::size_t kMost = 64;  // what is beyond is not looked for

    // As util::stem() gives them.
    explicit StemSet(std::vector<std::string> stems);

    const std::vector<std::string>& stems() const noexcept { return stems_; }
    bool empty() const noexcept { return stems_.empty(); }

    // Bit i is set where a word of the text has the i-th stem.
    std::uint64_t find_in(std::string_view text) const;
    // How often each of the stems stands in the text is added to `counts`, which has a place for each. How
    // many words the text has.
    std::size_t count_in(std::string_view text, std::span<std::uint8_t> counts) const;

private:
    std::uint64_t candidates(std::string_view word) const;

    std::vector<std::string> stems_;
    // The stems that begin with two letters, or are one letter, of that hash.
    std::array<std::uint64_t, 256> pairs_{};
    std::array<std::uint64_t, 256> singles_{};
};

}  // namespace arq::util
