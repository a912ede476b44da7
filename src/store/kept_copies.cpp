// SPDX-License-Identifier: MIT
#include "store/kept_copies.h"

#include <filesystem>
#include <system_error>

#include "arq/util/file.h"
#include "store/failure.h"

namespace arq::store {
namespace {

// 2026-11-24T10:15:00.000Z without what stands between the digits.
std::string stamp_of(util::Timestamp now) {
    std::string stamp;
    for (const char letter : util::format_rfc3339(now).substr(0, 19))
        if (letter != '-' && letter != ':') stamp += letter;
    return stamp + "Z";
}

}  // namespace

std::string keep_copy(const std::string& path, std::string_view file, std::string_view log,
                      util::Timestamp now) {
    const std::string name = path + ".damaged-" + stamp_of(now);
    try {
        std::string copy = name;
        for (int number = 2; !util::create_file(copy, file, 0600); ++number)
            copy = name + "-" + std::to_string(number);
        if (!log.empty()) util::create_file(copy + "-wal", log, 0600);
        return copy;
    } catch (const std::system_error& error) {
        throw storage_error(error.code().value());
    }
}

void unlink_copies(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    const std::string begin = std::filesystem::path{path}.filename().string() + ".damaged-";
    try {
        if (!std::filesystem::exists(folder)) return;
        bool any = false;
        for (const auto& entry : std::filesystem::directory_iterator{folder}) {
            if (!entry.path().filename().string().starts_with(begin)) continue;
            std::filesystem::remove(entry.path());
            any = true;
        }
        if (any) util::sync_folder(folder.string());
    } catch (const std::system_error& error) {
        throw storage_error(error.code().value());
    }
}

}  // namespace arq::store
