// SPDX-License-Identifier: MIT
//
// Measures of quality over test data that lies outside of the project. One file per subject, each a function
// that reads its data and gives rows; eval.cpp lists them and prints one table.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace arq::eval {

struct Row {
    std::string task;       // "fact with its object: recall"
    std::string data;       // "PersonaExt"
    std::size_t n = 0;      // what was judged: questions, sentences, dates
    double value = 0;       // a share, 0 to 1, unless `unit` says otherwise
    std::string reference;  // what the reference measured on the same data; empty where there is none
    std::string goal;
    std::string unit = "%";
};

// A measure over `data`, the folder given by DATA=; `project` is the source folder, for sets of its own.
// Gives no rows where its data isn't there. Throws std::runtime_error with the file at fault where it can't
// be read.
using Measure = std::vector<Row> (*)(const std::filesystem::path& data, const std::filesystem::path& project);

std::vector<Row> measure_dates(const std::filesystem::path& data, const std::filesystem::path& project);
std::vector<Row> measure_intents(const std::filesystem::path& data, const std::filesystem::path& project);
std::vector<Row> measure_tokens(const std::filesystem::path& data, const std::filesystem::path& project);
std::vector<Row> measure_facts(const std::filesystem::path& data, const std::filesystem::path& project);
std::vector<Row> measure_recall(const std::filesystem::path& data, const std::filesystem::path& project);

}  // namespace arq::eval
