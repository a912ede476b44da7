// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>
#include <cstdlib>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace arq::tests {

// A folder of its own for a test, gone with it.
class TempDir {
public:
    TempDir() : TempDir(disk()) {}
    // In memory where the system has a place for it: for what writes many files and need not outlive
    // anything.
    static std::string memory() {
        const char* const place = "/dev/shm";
        return ::access(place, W_OK) == 0 ? place : disk();
    }
    explicit TempDir(const std::string& base) {
        std::string name = base + "/arq-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        path_ = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    static std::string disk() {
        const char* const place = std::getenv("TMPDIR");
        return place != nullptr ? place : "/tmp";
    }

    std::string path_;
};

}  // namespace arq::tests
