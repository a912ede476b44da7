// SPDX-License-Identifier: MIT
//
// What kind of file system a folder lies on.
#pragma once

#include <string>
#include <string_view>

namespace arq::util {

struct FileSystem {
    std::string_view name;  // as `stat -f` has it; empty where it is none of those that are asked about
    // Whether another machine, or a program behind FUSE, may keep its content: then a file that is mapped by
    // two processes is not the same memory for both.
    bool is_network = false;
};

// By the number that statfs(2) gives as f_type.
FileSystem classify_file_system(unsigned long type);

// Of the file system below a folder. Errors: std::system_error with the errno.
FileSystem file_system_of(const std::string& folder);

}  // namespace arq::util
