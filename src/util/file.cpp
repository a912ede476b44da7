// SPDX-License-Identifier: MIT
#include "arq/util/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace arq::util {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error{errno, std::generic_category(), what};
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

void write_all(int fd, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write " + path);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

// A complete, synced file under a name of its own beside `path`.
std::string write_beside(const std::string& path, std::string_view content, unsigned mode) {
    std::string name = path + ".new-XXXXXX";
    const UniqueFd fd{::mkostemp(name.data(), O_CLOEXEC)};
    if (!fd) fail("create a file beside " + path);
    try {
        if (::fchmod(fd.get(), mode) != 0) fail("chmod " + name);
        write_all(fd.get(), content, name);
        if (::fsync(fd.get()) != 0) fail("sync " + name);
    } catch (const std::system_error&) {
        ::unlink(name.c_str());
        throw;
    }
    return name;
}

}  // namespace

void UniqueFd::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

std::string read_file(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) fail("open " + path);
    std::string content;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read " + path);
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
    }
}

void write_file_atomically(const std::string& path, std::string_view content, unsigned mode) {
    const std::string name = write_beside(path, content, mode);
    if (::rename(name.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(name.c_str());
        errno = error;
        fail("rename to " + path);
    }
    sync_folder(folder_of(path));
}

bool create_file(const std::string& path, std::string_view content, unsigned mode) {
    const std::string name = write_beside(path, content, mode);
    // link() refuses an existing name, which rename() would replace.
    const int linked = ::link(name.c_str(), path.c_str());
    const int error = errno;
    ::unlink(name.c_str());
    errno = error;
    if (linked != 0 && errno != EEXIST) fail("create " + path);
    sync_folder(folder_of(path));
    return linked == 0;
}

void make_durable_folder(const std::string& path, unsigned mode) {
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) fail("make folder " + path);
    // Also where another process made it: it may not have synced it yet.
    sync_folder(folder_of(path));
}

void sync_folder(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) fail("open folder " + path);
    if (::fsync(fd.get()) != 0) fail("sync folder " + path);
}

}  // namespace arq::util
