// SPDX-License-Identifier: MIT
//
// The address of a Unix socket in a folder, however long the folder's path is: sun_path holds 107 characters,
// so the socket is named through the folder's descriptor instead.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "arq/util/file.h"

namespace arq::fcgi {

// Errors: std::system_error naming the folder.
inline util::UniqueFd open_folder(const std::string& path) {
    util::UniqueFd folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) throw std::system_error(errno, std::generic_category(), path);
    return folder;
}

// Good as long as `folder` is open.
inline sockaddr_un socket_address(const util::UniqueFd& folder, const std::string& name) {
    const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/" + name;
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path) {
        throw std::system_error(ENAMETOOLONG, std::generic_category(), name);
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

}  // namespace arq::fcgi
