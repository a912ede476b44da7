// SPDX-License-Identifier: MIT
//
// What may be on a disk after the power was cut.
//
// A DiskRecording keeps all that is done to the files below a folder, in order. A power cut at some point of
// it leaves what was synced by then; of what was not, any part, in any order: a write may be there, not at
// all, or torn (some of its sectors of 512 bytes; the last of them not to its end). The same goes for
// names: a file made, linked or unlinked is so for sure only once its folder is synced. The shared memory
// beside a write-ahead log is always lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/faulty_disk.h"

namespace arq::tests {

// Files by their paths below the folder, and the folders that there are.
struct DiskImage {
    std::map<std::string, std::string> files;
    std::set<std::string> folders;
};

class DiskRecording final : public DiskListener {
public:
    // Records from now on; all that is below `root` counts as synced.
    explicit DiskRecording(std::string root);
    ~DiskRecording() override;
    DiskRecording(const DiskRecording&) = delete;
    DiskRecording& operator=(const DiskRecording&) = delete;

    void stop();
    // A point in time that a cut can be compared with: how much was promised by then.
    void mark(std::size_t promises);

    void created(const std::string& path) override;
    void folder_created(const std::string& path) override;
    void linked(const std::string& from, const std::string& to) override;
    void unlinked(const std::string& path) override;
    void written(const std::string& path, std::int64_t offset, std::string_view bytes) override;
    void truncated(const std::string& path, std::int64_t size) override;
    void synced(const std::string& path) override;
    void folder_synced(const std::string& path) override;

    // Each image that a cut may leave, once, with what was promised when the power went: cuts just before
    // each sync and at the end, with all subsets of what was not synced where there are at most 10 such
    // operations, else with `samples` seeded ones; and cuts in the middle of each write with all before it.
    void for_each_cut(std::size_t samples,
                      const std::function<void(const DiskImage&, std::size_t promises)>& check) const;

private:
    enum class Kind { kName, kUnlink, kFolder, kWrite, kTruncate, kSync, kSyncFolder, kMark };
    struct Event {
        Kind kind;
        int file = 0;         // its number: a file may have two names, or none any more
        std::string path;     // names, relative to the root
        std::int64_t at = 0;  // offset, size, or what was promised
        std::string bytes;
    };
    class Disk;

    bool is_of_interest(const std::string& path) const;
    std::string relative(const std::string& path) const;
    void append(Event event);

    const std::string root_;
    DiskImage first_;
    std::map<std::string, int> first_numbers_;
    std::map<std::string, int> numbers_;  // of the names as they are now
    int last_number_ = 0;
    std::vector<Event> events_;
};

// Makes the folder hold the image and nothing else.
void write_image(const DiskImage& image, const std::string& folder);

}  // namespace arq::tests
