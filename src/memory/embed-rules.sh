#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a C++ file that holds the table of rules named as argument. In pieces: compilers need take no literal
# longer than 64 kB.
set -u

main() {
    printf '#include "memory/rule_table.h"\n\nnamespace arq::memory {\n'
    printf 'std::string_view standard_rules_text() {\n    return R"rules('
    awk '{ size += length($0) + 1; print } size > 8000 { printf ")rules\"\nR\"rules("; size = 0 }' "$1"
    printf ')rules";\n}\n}  // namespace arq::memory\n'
}

main "$@"
