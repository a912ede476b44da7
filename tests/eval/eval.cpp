// SPDX-License-Identifier: MIT
//
// eval --data FOLDER [--project FOLDER] [--only NAME,…]: prints a table of what was measured, with n in each
// row.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "eval/eval.h"

namespace arq::eval {
namespace {

struct Named {
    std::string_view name;
    Measure measure;
};

// In the order of the table.
const std::vector<Named>& measures() {
    static const std::vector<Named> list{
        {"dates", measure_dates}, {"intents", measure_intents}, {"tokens", measure_tokens},
        {"facts", measure_facts}, {"recall", measure_recall},
    };
    return list;
}

bool is_wanted(std::string_view name, std::string_view only) {
    if (only.empty()) return true;
    while (!only.empty()) {
        const std::size_t comma = only.find(',');
        if (only.substr(0, comma) == name) return true;
        only = comma == std::string_view::npos ? std::string_view{} : only.substr(comma + 1);
    }
    return false;
}

void print(const Row& row) {
    const bool is_share = row.unit == "%";
    std::printf("| %-52s | %-28s | %6zu | %8.1f %-5s | %-20s | %-18s |\n", row.task.c_str(), row.data.c_str(),
                row.n, is_share ? row.value * 100 : row.value, row.unit.c_str(), row.reference.c_str(),
                row.goal.c_str());
    std::fflush(stdout);
}

int run(const std::filesystem::path& data, const std::filesystem::path& project, std::string_view only) {
    std::printf("| %-52s | %-28s | %6s | %-14s | %-20s | %-18s |\n", "task", "data", "n", "measured",
                "reference", "goal");
    std::printf("|---|---|---:|---:|---|---|\n");
    std::size_t rows = 0;
    for (const Named& named : measures()) {
        if (!is_wanted(named.name, only)) continue;
        for (const Row& row : named.measure(data, project)) {
            print(row);
            ++rows;
        }
    }
    if (rows > 0) return 0;
    std::fprintf(stderr,
                 "eval: nothing was measured: DATA=%s holds none of the sets that docs/quality.md names\n",
                 data.c_str());
    return 1;
}

}  // namespace
}  // namespace arq::eval

int main(int argc, char** argv) {
    std::filesystem::path data;
    std::filesystem::path project = ".";
    std::string only;
    for (int at = 1; at + 1 < argc; at += 2) {
        const std::string_view option = argv[at];
        if (option == "--data") data = argv[at + 1];
        if (option == "--project") project = argv[at + 1];
        if (option == "--only") only = argv[at + 1];
    }
    try {
        return arq::eval::run(data, project, only);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "eval: %s\n", error.what());
        return 1;
    }
}
