// SPDX-License-Identifier: MIT
//
// One line for each name: what has the same name is worked on one after the other, and what waits for its
// turn holds no thread. So a user whose file is locked, or who asks for very much, keeps one thread busy
// and not all of them. Thread safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace arq::util {

template <typename Item>
class SerialQueues {
public:
    // At most `limit` items of a name wait.
    explicit SerialQueues(std::size_t limit) : limit_(limit) {}

    // Works on the item in the calling thread, and then on those of the same name that came meanwhile; or
    // leaves it to the thread that is at work on that name. Gives it back where too many wait already.
    // `work` doesn't throw.
    template <typename Work>
    std::optional<Item> run(const std::string& name, Item item, const Work& work) {
        {
            const std::lock_guard lock{mutex_};
            const auto [line, is_first] = lines_.try_emplace(name);
            if (!is_first) {
                if (line->second.size() >= limit_) return item;
                line->second.push_back(std::move(item));
                return std::nullopt;
            }
        }
        std::optional<Item> next{std::move(item)};
        while (next) {
            work(*std::move(next));
            next = take_next(name);
        }
        return std::nullopt;
    }

private:
    // The line goes with its last item.
    std::optional<Item> take_next(const std::string& name) {
        const std::lock_guard lock{mutex_};
        const auto line = lines_.find(name);
        if (line->second.empty()) {
            lines_.erase(line);
            return std::nullopt;
        }
        std::optional<Item> next{std::move(line->second.front())};
        line->second.pop_front();
        return next;
    }

    const std::size_t limit_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<Item>>
        lines_;  // guarded by mutex_; a line is there while it is worked on
};

}  // namespace arq::util
