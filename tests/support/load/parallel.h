// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "http_client.h"

namespace load {

// Calls work(client, i) for i from 0, on `threads` threads with a connection each, until i reaches `count` or
// one call returned false.
inline void share_out(unsigned threads, std::size_t count,
                      const std::function<bool(HttpClient&, std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> go_on = true;
    std::vector<std::jthread> crew;  // joined at the end
    for (unsigned i = 0; i < threads; ++i) {
        crew.emplace_back([&] {
            HttpClient client;
            while (go_on) {
                const std::size_t at = next++;
                if (at >= count) return;
                if (!work(client, at)) go_on = false;
            }
        });
    }
}

}  // namespace load
