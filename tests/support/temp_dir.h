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
    TempDir() : TempDir(base()) {}
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

    static std::string base() {
        const char* base = std::getenv("TMPDIR");
        return base != nullptr ? base : "/tmp";
    }
    // For what makes and removes thousands of files: other people's syncs don't hold it up.
    static std::string base_in_memory() {
        const char* memory = "/dev/shm";
        return ::access(memory, W_OK | X_OK) == 0 ? memory : base();
    }

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
