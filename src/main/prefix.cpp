// SPDX-License-Identifier: MIT
#include "main/prefix.h"

#include <unistd.h>

#include <climits>

namespace arq::main {
namespace {

std::string parent_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}
std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string find_release() {
    char path[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0) return {};
    const std::string bin = parent_of({path, static_cast<std::size_t>(length)});
    std::string release = parent_of(bin);
    if (name_of(bin) != "bin" || name_of(parent_of(release)) != "releases") return {};
    return release;
}

std::string find_prefix() {
    const std::string release = find_release();
    if (release.empty()) return {};
    return parent_of(parent_of(release));
}

}  // namespace arq::main
