// SPDX-License-Identifier: MIT
#include "support/faulty_disk.h"

#include <array>
#include <atomic>
#include <mutex>

namespace arq::tests {
namespace {

struct State {
    std::atomic<bool> armed{false};  // asked first: most tests have no fault
    std::atomic<int> skipping{0};
    std::atomic<DiskListener*> listener{nullptr};

    std::mutex mutex;
    // Guarded by mutex.
    std::array<char, 4096> root{};  // ends with a zero
    Fault fault{};
    int seen = 0;
    int hits = 0;
};

// SQLite's VFS and allocator are told of no object, so there is one for the process; and it is asked before
// anything is constructed, by the sanitizers' libraries.
constinit State the_state;

State& state() {
    return the_state;
}

}  // namespace

ArmedFault::ArmedFault(std::string_view root, Fault fault) {
    State& s = state();
    const std::lock_guard lock{s.mutex};
    s.root = {};
    root.copy(s.root.data(), s.root.size() - 1);
    s.fault = fault;
    s.seen = 0;
    s.hits = 0;
    s.armed = true;
}

ArmedFault::~ArmedFault() {
    state().armed = false;
}

int ArmedFault::hits() const {
    const std::lock_guard lock{state().mutex};
    return state().hits;
}

SkippedSyncs::SkippedSyncs() {
    ++state().skipping;
}
SkippedSyncs::~SkippedSyncs() {
    --state().skipping;
}

int next_fault(Operation operation, const char* path) {
    State& s = state();
    if (!s.armed) return 0;
    const std::lock_guard lock{s.mutex};
    if (operation != s.fault.operation) return 0;
    if (path != nullptr && !std::string_view{path}.starts_with(s.root.data())) return 0;
    ++s.seen;
    if (s.seen != s.fault.at && !(s.fault.lasting && s.seen > s.fault.at)) return 0;
    ++s.hits;
    return s.fault.error;
}

bool syncs_are_skipped() {
    return state().skipping > 0;
}

DiskListener* disk_listener() {
    return state().listener;
}
void set_disk_listener(DiskListener* listener) {
    state().listener = listener;
}

}  // namespace arq::tests
