// SPDX-License-Identifier: MIT
//
// The file that gets one line for each request. Several processes append to it, a line with one write(2).
// Thread safe. Somebody may rename the file at any time: within a second the next line goes into a new one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "arq/util/clock.h"
#include "arq/util/file.h"

namespace arq::monitor {

class RequestLog {
public:
    // Nothing is opened yet. `clock` outlives it.
    RequestLog(std::string path, util::Clock& clock) : path_(std::move(path)), clock_(clock) {}

    // Adds `line`, which has no line break. Where that fails (the disk is full) the process's own log says so
    // once, and it is tried again a second later at the earliest; what comes meanwhile is left out.
    void append(std::string line);

private:
    std::shared_ptr<const util::UniqueFd> file_to_write();
    void note_failure(int error, bool has_begun_line);
    void note_success();

    const std::string path_;
    util::Clock& clock_;

    std::mutex mutex_;  // guards all below
    // Shared: threads that write to it while another one opens a new file.
    std::shared_ptr<const util::UniqueFd> file_;
    std::chrono::steady_clock::time_point looked_at_;
    std::chrono::steady_clock::time_point try_again_at_;
    bool failing_ = false;
    bool half_line_ = false;  // the last write was cut short
    std::uint64_t left_out_ = 0;
};

}  // namespace arq::monitor
