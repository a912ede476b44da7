// SPDX-License-Identifier: MIT
//
// A disk that fails where a test says, and that can tell what was written to it.
//
// It lies under all that the product does to files: under SQLite as its default VFS (faulty_vfs.cpp, over
// SQLite's own "unix") and its allocator, and under the system calls of the product's own code
// (faulty_calls.cpp, by the linker's --wrap). It passes everything on until something below is alive.
// A fault or a recording concerns one thread at a time; at most one of each is alive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace arq::tests {

// What may fail, as the system sees it; each is counted for itself.
enum class Operation {
    kOpen,
    kRead,
    kWrite,  // half of the bytes get there
    kTruncate,
    kSync,
    kUnlink,
    kName,      // a file or folder is made or linked
    kLook,      // whether it is there, how large it is
    kLock,      // EAGAIN: somebody else has it
    kShare,     // the shared memory beside a write-ahead log
    kAllocate,  // SQLite's memory; no error of the system's
};

// While it lives, the `at`-th operation of its kind (from 1) on files below `root` fails with `error` (of
// <cerrno>); with `lasting`, each one from there on.
struct Fault {
    Operation operation;
    int error;
    int at;
    bool lasting;
};

class ArmedFault {
public:
    ArmedFault(std::string_view root, Fault fault);
    ~ArmedFault();
    ArmedFault(const ArmedFault&) = delete;
    ArmedFault& operator=(const ArmedFault&) = delete;

    int hits() const;
};

// While it lives no sync reaches the real disk: what a test asserts doesn't depend on it, how long it takes
// does.
class SkippedSyncs {
public:
    SkippedSyncs();
    ~SkippedSyncs();
    SkippedSyncs(const SkippedSyncs&) = delete;
    SkippedSyncs& operator=(const SkippedSyncs&) = delete;
};

// Told in the order in which things happen, before a sync and after anything else.
class DiskListener {
public:
    virtual ~DiskListener() = default;
    virtual void created(const std::string& path) = 0;
    virtual void folder_created(const std::string& path) = 0;
    virtual void linked(const std::string& from, const std::string& to) = 0;
    virtual void unlinked(const std::string& path) = 0;
    virtual void written(const std::string& path, std::int64_t offset, std::string_view bytes) = 0;
    virtual void truncated(const std::string& path, std::int64_t size) = 0;
    virtual void synced(const std::string& path) = 0;
    virtual void folder_synced(const std::string& path) = 0;
};

// --- for the layers themselves ---

// The errno that this operation is to fail with, 0 for none. `path` may be null.
int next_fault(Operation operation, const char* path);
bool syncs_are_skipped();
// Who is told, or null.
DiskListener* disk_listener();
void set_disk_listener(DiskListener* listener);

}  // namespace arq::tests
