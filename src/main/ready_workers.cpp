// SPDX-License-Identifier: MIT
#include "main/ready_workers.h"

#include <dirent.h>

#include <charconv>
#include <exception>
#include <memory>
#include <string_view>

#include "arq/util/file.h"

namespace arq::main {
namespace {

// "123 (arq-worker) S ...": its program and what it is doing. One that is stopped or dead is not ready.
bool is_living_worker(int process) {
    constexpr std::string_view kProgram = "(arq-worker) ";
    const std::string stat = util::read_file("/proc/" + std::to_string(process) + "/stat");
    const std::size_t program = stat.find(kProgram);
    if (program == std::string::npos || program + kProgram.size() >= stat.size()) return false;
    return std::string_view{"RSDI"}.find(stat[program + kProgram.size()]) != std::string_view::npos;
}

bool names_living_worker(const std::string& pid_file) {
    try {
        const std::string text = util::read_file(pid_file);
        int process = 0;
        std::from_chars(text.data(), text.data() + text.size(), process);
        return process > 0 && is_living_worker(process);
    } catch (const std::exception&) {
        return false;  // it has gone meanwhile
    }
}

}  // namespace

bool has_ready_workers(const std::string& run_folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir(run_folder.c_str()), &::closedir};
    if (!folder) return false;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string_view name = entry->d_name;
        if (name.starts_with("worker-") && name.ends_with(".pid") &&
            names_living_worker(run_folder + "/" + entry->d_name))
            return true;
    }
    return false;
}

}  // namespace arq::main
