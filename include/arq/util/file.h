// SPDX-License-Identifier: MIT
//
// Files and folders, with what durability asks for. Errors: std::system_error with the errno.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace arq::util {

// Owns a descriptor; closes it.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    ~UniqueFd() { reset(); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }
    void reset() noexcept;

private:
    int fd_ = -1;
};

// The whole file. A missing one is std::system_error with ENOENT.
std::string read_file(const std::string& path);

// Puts a new file in place as a whole: written beside it, synced, renamed; the folder is synced.
void write_file_atomically(const std::string& path, std::string_view content, unsigned mode);

// Like the above, but leaves an existing file alone. True where the file was made.
bool create_file(const std::string& path, std::string_view content, unsigned mode);

// Makes one folder if it is missing and syncs its parent in any case, so that it outlives a power cut.
void make_durable_folder(const std::string& path, unsigned mode);

void sync_folder(const std::string& path);

}  // namespace arq::util
