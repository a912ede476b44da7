// SPDX-License-Identifier: MIT
#include "support/power_cut.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

namespace arq::tests {
namespace {

constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kAllSubsetsUpTo = 10;

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

void write_at(std::string& content, std::size_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    content.replace(offset, bytes.size(), bytes);
}

// Some of the sectors that a write touches, and of one of them only a part.
void tear_at(std::string& content, std::size_t offset, std::string_view bytes, std::mt19937& random) {
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), kSectorBytes - offset % kSectorBytes);
        const unsigned fate = random() % 5;
        if (fate < 2) write_at(content, offset, bytes.substr(0, count));
        if (fate == 2) write_at(content, offset, bytes.substr(0, random() % count));
        offset += count;
        bytes.remove_prefix(count);
    }
}

// What becomes of an operation that was not synced.
enum class Fate { kLost, kDone, kTorn };

// Now nearly all of them are done, now about half, now nearly none.
std::vector<Fate> random_fates(std::size_t count, std::mt19937& random) {
    constexpr unsigned kDoneOfTen[] = {1, 5, 9};
    const unsigned done = kDoneOfTen[random() % 3];
    std::vector<Fate> fates(count);
    for (Fate& fate : fates)
        fate = random() % 8 == 0 ? Fate::kTorn : random() % 10 < done ? Fate::kDone : Fate::kLost;
    return fates;
}

std::size_t hash_of(const DiskImage& image) {
    std::size_t hash = 0;
    const auto add = [&](const std::string& text) { hash = hash * 31 + std::hash<std::string>{}(text); };
    for (const std::string& folder : image.folders) add(folder);
    for (const auto& [path, content] : image.files) {
        add(path);
        add(content);
    }
    return hash;
}

}  // namespace

// The state of the disk as the events go by: what is sure, and which events are not yet.
class DiskRecording::Disk {
public:
    Disk(const DiskImage& first, const std::map<std::string, int>& numbers) : folders_(first.folders) {
        for (const auto& [path, content] : first.files) {
            names_[path] = numbers.at(path);
            contents_[numbers.at(path)] = content;
        }
    }

    void take(const Event& event) {
        switch (event.kind) {
            case Kind::kSync:
                settle([&](const Event& e) { return is_content(e) && e.file == event.file; });
                break;
            case Kind::kSyncFolder:
                settle([&](const Event& e) { return !is_content(e) && folder_of(e.path) == event.path; });
                break;
            case Kind::kMark:
                break;
            default:
                pending_.push_back(&event);
        }
    }

    const std::vector<const Event*>& pending() const { return pending_; }

    // What is sure, and of the pending events what their fates leave.
    DiskImage image(const std::vector<Fate>& fates, std::mt19937& random) const {
        Disk after = *this;
        for (std::size_t i = 0; i < pending_.size(); ++i) {
            const Event& event = *pending_[i];
            if (fates[i] == Fate::kTorn && event.kind == Kind::kWrite)
                tear_at(after.contents_[event.file], static_cast<std::size_t>(event.at), event.bytes, random);
            else if (fates[i] != Fate::kLost)
                after.apply(event);
        }
        DiskImage image;
        for (const std::string& folder : after.folders_)
            if (after.is_reachable(folder)) image.folders.insert(folder);
        for (const auto& [path, number] : after.names_)
            if (after.is_reachable(folder_of(path))) image.files[path] = after.contents_[number];
        return image;
    }

private:
    static bool is_content(const Event& event) {
        return event.kind == Kind::kWrite || event.kind == Kind::kTruncate;
    }

    template <typename Predicate>
    void settle(Predicate is_sure) {
        for (const Event* event : pending_)
            if (is_sure(*event)) apply(*event);
        std::erase_if(pending_, [&](const Event* event) { return is_sure(*event); });
    }

    void apply(const Event& event) {
        switch (event.kind) {
            case Kind::kName:
                names_[event.path] = event.file;
                break;
            case Kind::kUnlink:
                names_.erase(event.path);
                break;
            case Kind::kFolder:
                folders_.insert(event.path);
                break;
            case Kind::kWrite:
                write_at(contents_[event.file], static_cast<std::size_t>(event.at), event.bytes);
                break;
            case Kind::kTruncate:
                contents_[event.file].resize(static_cast<std::size_t>(event.at));
                break;
            default:
                break;
        }
    }

    bool is_reachable(const std::string& folder) const {
        return folder.empty() || (folders_.contains(folder) && is_reachable(folder_of(folder)));
    }

    std::map<std::string, int> names_;
    std::map<int, std::string> contents_;
    std::set<std::string> folders_;
    std::vector<const Event*> pending_;
};

DiskRecording::DiskRecording(std::string root) : root_(std::move(root)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root_}) {
        const std::string path = relative(entry.path());
        if (entry.is_directory()) {
            first_.folders.insert(path);
        } else if (is_of_interest(entry.path())) {
            first_.files[path] = content_of(entry.path());
            numbers_[path] = ++last_number_;
        }
    }
    first_numbers_ = numbers_;
    set_disk_listener(this);
}

DiskRecording::~DiskRecording() {
    stop();
}

void DiskRecording::stop() {
    if (disk_listener() == this) set_disk_listener(nullptr);
}

bool DiskRecording::is_of_interest(const std::string& path) const {
    return path.starts_with(root_) && !path.ends_with("-shm");
}

std::string DiskRecording::relative(const std::string& path) const {
    return path.size() <= root_.size() ? std::string{} : path.substr(root_.size() + 1);
}

void DiskRecording::append(Event event) {
    events_.push_back(std::move(event));
}

void DiskRecording::mark(std::size_t promises) {
    append({.kind = Kind::kMark, .at = static_cast<std::int64_t>(promises)});
}

void DiskRecording::created(const std::string& path) {
    if (!is_of_interest(path) || numbers_.contains(relative(path))) return;
    numbers_[relative(path)] = ++last_number_;
    append({.kind = Kind::kName, .file = last_number_, .path = relative(path)});
}

void DiskRecording::folder_created(const std::string& path) {
    if (is_of_interest(path)) append({.kind = Kind::kFolder, .path = relative(path)});
}

void DiskRecording::linked(const std::string& from, const std::string& to) {
    if (!is_of_interest(to)) return;
    const int number = numbers_.at(relative(from));
    numbers_[relative(to)] = number;
    append({.kind = Kind::kName, .file = number, .path = relative(to)});
}

void DiskRecording::unlinked(const std::string& path) {
    if (!is_of_interest(path) || numbers_.erase(relative(path)) == 0) return;
    append({.kind = Kind::kUnlink, .path = relative(path)});
}

void DiskRecording::written(const std::string& path, std::int64_t offset, std::string_view bytes) {
    const auto number = numbers_.find(relative(path));
    if (!is_of_interest(path) || number == numbers_.end()) return;
    append({.kind = Kind::kWrite, .file = number->second, .at = offset, .bytes = std::string{bytes}});
}

void DiskRecording::truncated(const std::string& path, std::int64_t size) {
    const auto number = numbers_.find(relative(path));
    if (!is_of_interest(path) || number == numbers_.end()) return;
    append({.kind = Kind::kTruncate, .file = number->second, .at = size});
}

void DiskRecording::synced(const std::string& path) {
    const auto number = numbers_.find(relative(path));
    if (!is_of_interest(path) || number == numbers_.end()) return;
    append({.kind = Kind::kSync, .file = number->second});
}

void DiskRecording::folder_synced(const std::string& path) {
    if (is_of_interest(path)) append({.kind = Kind::kSyncFolder, .path = relative(path)});
}

void DiskRecording::for_each_cut(std::size_t samples,
                                 const std::function<void(const DiskImage&, std::size_t)>& check) const {
    std::mt19937 random{1};  // the same cuts in every run
    Disk disk{first_, first_numbers_};
    std::size_t promises = 0;
    std::map<std::size_t, std::size_t> seen;  // of an image's hash, the promises that it was checked for
    const auto cut = [&](const std::vector<Fate>& fates) {
        const DiskImage image = disk.image(fates, random);
        const auto [known, is_new] = seen.try_emplace(hash_of(image), promises);
        if (!is_new && known->second == promises) return;
        known->second = promises;
        check(image, promises);
    };
    const auto cut_before_sync = [&] {
        const std::size_t count = disk.pending().size();
        const std::size_t subsets = count <= kAllSubsetsUpTo ? std::size_t{1} << count : 0;
        for (std::size_t subset = 0; subset < subsets; ++subset) {
            std::vector<Fate> fates(count, Fate::kLost);
            for (std::size_t i = 0; i < count; ++i)
                if ((subset >> i & 1) != 0) fates[i] = Fate::kDone;
            cut(fates);
        }
        // Of few operations the torn ones are left to try.
        const std::size_t tries = count == 0 ? 0 : subsets == 0 ? samples : samples / 10;
        for (std::size_t sample = 0; sample < tries; ++sample) cut(random_fates(count, random));
    };
    for (const Event& event : events_) {
        if (event.kind == Kind::kSync || event.kind == Kind::kSyncFolder) cut_before_sync();
        if (event.kind == Kind::kMark) promises = static_cast<std::size_t>(event.at);
        disk.take(event);
        if (event.kind == Kind::kWrite) {
            std::vector<Fate> fates(disk.pending().size(), Fate::kDone);
            fates.back() = Fate::kTorn;
            cut(fates);
        }
    }
    cut_before_sync();
}

void write_image(const DiskImage& image, const std::string& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    for (const std::string& path : image.folders) std::filesystem::create_directories(folder + "/" + path);
    for (const auto& [path, content] : image.files)
        std::ofstream{folder + "/" + path, std::ios::binary} << content;
}

}  // namespace arq::tests
