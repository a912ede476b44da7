// SPDX-License-Identifier: MIT
#include "monitor/process.h"

#include <string>
#include <string_view>
#include <system_error>

#include "arq/util/file.h"

namespace arq::monitor {
namespace {

// "" where it can't be read.
std::string read(const std::string& path) {
    try {
        return util::read_file(path);
    } catch (const std::system_error&) {
        return {};
    }
}

// The n-th word, counted from 0.
std::string_view word(std::string_view text, int number) {
    for (; number > 0; --number) {
        const std::size_t blank = text.find(' ');
        if (blank == std::string_view::npos) return {};
        text.remove_prefix(blank + 1);
    }
    return text.substr(0, text.find(' '));
}

// FNV-1a: the same in every build, unlike std::hash. Never 0.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return value == 0 ? 1 : value;
}

}  // namespace

std::uint64_t process_identity(pid_t process) {
    const std::string line = read("/proc/" + std::to_string(process) + "/stat");
    // The program's name, in brackets, may hold anything (proc(5)): what follows the last one begins with the
    // third field, the state; the 22nd is the time of the start.
    const std::size_t name_end = line.rfind(") ");
    if (name_end == std::string::npos) return 0;
    const std::string_view fields = std::string_view{line}.substr(name_end + 2);
    const std::string_view state = word(fields, 0);
    if (state == "Z" || state == "X") return 0;
    return hash(std::to_string(machine_identity()) + " " + std::string{word(fields, 19)});
}

std::uint64_t machine_identity() {
    static const std::uint64_t identity = hash(read("/proc/sys/kernel/random/boot_id"));
    return identity;
}

}  // namespace arq::monitor
