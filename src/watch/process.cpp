// SPDX-License-Identifier: MIT
#include "arq/watch/process.h"

#include <dirent.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "arq/util/file.h"

namespace arq::watch {
namespace {

std::optional<std::string> read(const std::string& path) {
    try {
        return util::read_file(path);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

std::optional<std::vector<std::string>> names_in(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(folder.c_str()), ::closedir};
    if (!stream) return std::nullopt;
    std::vector<std::string> names;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is nobody else's
    while (const dirent* entry = ::readdir(stream.get()))
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    return names;
}

// The sum of all lines "Name:   123 kB" whose name begins so.
std::int64_t sum_of(std::string_view text, std::string_view name) {
    std::int64_t sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (!line.starts_with(name)) continue;
        const std::size_t digits = line.find_first_of("0123456789");
        if (digits == std::string_view::npos) continue;
        std::int64_t number = 0;
        std::from_chars(line.data() + digits, line.data() + line.size(), number);
        sum += number;
    }
    return sum;
}

// State and processor time, from behind the name, which may hold anything.
std::string describe_stat(const std::string& folder) {
    const std::optional<std::string> stat = read(folder + "/stat");
    const std::size_t name_end = stat ? stat->rfind(')') : std::string::npos;
    char state = '?';
    unsigned long user = 0;
    unsigned long system = 0;
    // NOLINTBEGIN(cert-err34-c): the kernel's own numbers
    if (name_end == std::string::npos ||
        std::sscanf(stat->c_str() + name_end + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu",
                    &state, &user, &system) != 3)
        return "state=? cpu_s=?";
    // NOLINTEND(cert-err34-c)
    char text[64];
    static_cast<void>(
        std::snprintf(text, sizeof text, "state=%c cpu_s=%.1f", state,
                      static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))));
    return text;
}

std::string describe_threads(const std::string& folder) {
    const auto threads = names_in(folder + "/task");
    if (!threads) return "wchan=? threads=?";
    std::map<std::string, int> places;
    for (const std::string& thread : *threads)
        ++places[read(folder + "/task/" + thread + "/wchan").value_or("?")];
    std::string text = "wchan=";
    for (const auto& [place, count] : places) {
        if (text.back() != '=') text += ',';
        text += (place.empty() || place == "0" ? "none" : place) + ":" + std::to_string(count);
    }
    return text + " threads=" + std::to_string(threads->size());
}

}  // namespace

std::string describe_process(pid_t process) {
    const std::string folder = "/proc/" + std::to_string(process);
    const auto descriptors = names_in(folder + "/fd");
    const auto kib = private_kib(process);
    return describe_stat(folder) + " " + describe_threads(folder) +
           " fds=" + (descriptors ? std::to_string(descriptors->size()) : "?") +
           " private_kib=" + (kib ? std::to_string(*kib) : "?");
}

std::optional<std::int64_t> private_kib(pid_t process) {
    const std::string folder = "/proc/" + std::to_string(process);
    if (const auto rollup = read(folder + "/smaps_rollup"); rollup && !rollup->empty())
        return sum_of(*rollup, "Private_") + sum_of(*rollup, "Swap:");
    // Before Linux 4.14: resident pages without those of files, which count too little of what was swapped
    // out.
    const auto statm = read(folder + "/statm");
    long resident = 0;
    long shared = 0;
    // NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers
    if (!statm || std::sscanf(statm->c_str(), "%*s %ld %ld", &resident, &shared) != 2) return std::nullopt;
    return std::int64_t{resident - shared} * ::sysconf(_SC_PAGESIZE) / 1024;
}

}  // namespace arq::watch
