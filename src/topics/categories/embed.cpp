// SPDX-License-Identifier: MIT
//
// embed FILE…: trains the categories whose sentences stand in the files, and prints the model as a C++
// source. Built and run by make.
#include <cstdio>
#include <exception>
#include <string>

#include "arq/topics/categories.h"
#include "arq/util/file.h"

namespace {

// As string literals: of all that a compiler reads this is the quickest.
void print(const std::vector<std::byte>& model) {
    std::puts(
        "// SPDX-License-Identifier: MIT\n"
        "// Made by src/topics/categories/embed.cpp.\n"
        "#include \"topics/shipped_model.h\"\n"
        "namespace arq::topics {\n"
        "namespace {\n"
        "alignas(16) constexpr char kModel[] =");
    constexpr std::size_t kPerLine = 64;
    for (std::size_t at = 0; at < model.size(); ++at) {
        if (at % kPerLine == 0) std::fputs(at == 0 ? "    \"" : "\"\n    \"", stdout);
        std::printf("\\%03o", static_cast<unsigned>(model[at]));
    }
    std::printf(
        "\";\n"
        "}  // namespace\n"
        "std::span<const std::byte> shipped_model() {\n"
        "    return {reinterpret_cast<const std::byte*>(kModel), %zu};\n"
        "}\n"
        "}  // namespace arq::topics\n",
        model.size());
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::string sentences;
        for (int at = 1; at < argc; ++at) sentences += arq::util::read_file(argv[at]);
        print(arq::topics::train_categories(sentences));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "embed: %s\n", error.what());
        return 1;
    }
}
