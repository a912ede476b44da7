// SPDX-License-Identifier: MIT
#include "arq/watch/pool_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>

#include "arq/util/file.h"

namespace arq::watch {
namespace {

// The first word of a small file; empty where there is none.
std::string word_of(const std::string& path) {
    try {
        const std::string text = util::read_file(path);
        return text.substr(0, text.find_first_of(" \n"));
    } catch (const std::system_error&) {
        return {};
    }
}

pid_t process_of(const std::string& path) {
    const std::string word = word_of(path);
    pid_t pid = 0;
    std::from_chars(word.data(), word.data() + word.size(), pid);
    return pid;
}

std::string socket_of(const std::string& name, const std::string& slots) {
    if (name == "standby") return "legacy.sock";
    const std::string first = slots.substr(0, slots.find(','));
    if (first.empty() || first.find_first_not_of("0123456789") != std::string::npos) return {};
    return "slot" + first + ".sock";
}

}  // namespace

std::vector<Worker> read_pool(const std::string& run_folder) {
    constexpr std::string_view kBegin = "worker-";
    constexpr std::string_view kEnd = ".pid";
    std::vector<Worker> workers;
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(run_folder.c_str()), ::closedir};
    if (!stream) return workers;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is nobody else's
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string_view file = entry->d_name;
        // Not those of workers that are about to be ready: worker-1.pid.17.
        if (!file.starts_with(kBegin) || !file.ends_with(kEnd)) continue;
        Worker worker;
        worker.name = file.substr(kBegin.size(), file.size() - kBegin.size() - kEnd.size());
        const std::string base = run_folder + "/worker-" + worker.name;
        worker.pid = process_of(base + ".pid");
        if (worker.pid <= 0 || worker.name.find_first_of(". ") != std::string::npos) continue;
        const std::string slots = word_of(base + ".slots");
        worker.socket = socket_of(worker.name, slots);
        if (!worker.socket.empty())
            worker.probes = 1 + static_cast<std::uint64_t>(std::count(slots.begin(), slots.end(), ','));
        worker.variant = word_of(base + ".variant");
        if (worker.variant.empty()) worker.variant = "production";
        workers.push_back(std::move(worker));
    }
    std::sort(workers.begin(), workers.end(),
              [](const Worker& a, const Worker& b) { return a.name < b.name; });
    return workers;
}

std::string read_serving(const std::string& run_folder) {
    const std::string word = word_of(run_folder + "/variant");
    return word == "legacy" ? word : "production";
}

bool tell_supervisor(const std::string& run_folder, std::string_view line) {
    // For reading as well, so that it neither waits for the supervisor nor fails as it ends.
    const util::UniqueFd pipe{::open((run_folder + "/control").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    struct stat what {};
    if (!pipe || ::fstat(pipe.get(), &what) != 0 || !S_ISFIFO(what.st_mode)) return false;
    // Written at once, up to PIPE_BUF, so that lines never mix.
    const std::string text = std::string{line.substr(0, 1000)} + "\n";
    return ::write(pipe.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace arq::watch
