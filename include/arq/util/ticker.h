// SPDX-License-Identifier: MIT
//
// Does a small task again and again on a thread of its own until it is destroyed, which waits for the task
// under way. What the task throws ends the program, so it handles its errors.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace arq::util {

class Ticker {
public:
    // The first time after one `interval`. Throws std::system_error where the system refuses a thread.
    Ticker(std::chrono::milliseconds interval, std::function<void()> task)
        : thread_([this, interval, task = std::move(task)] {
              std::unique_lock lock(mutex_);
              while (!stop_.wait_for(lock, interval, [this] { return stopped_; })) {
                  lock.unlock();
                  task();
                  lock.lock();
              }
          }) {}

    ~Ticker() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        stop_.notify_one();
        thread_.join();
    }

    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopped_ = false;  // guarded by mutex_
    std::thread thread_;    // last: it uses the others
};

}  // namespace arq::util
