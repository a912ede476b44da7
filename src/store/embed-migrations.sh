#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a C++ file that holds the migrations named as arguments (…/user/0001_messages.sql …), in order.
set -u

print_table() { # folder, function, files…
    folder=$1 function=$2
    shift 2
    printf 'std::span<const Migration> %s() {\n    static constexpr Migration kSteps[] = {\n' "$function"
    for file; do
        case $file in */"$folder"/*) ;; *) continue ;; esac
        number=$(basename "$file" | sed 's/_.*//; s/^0*//')
        printf '        {%s, R"sql(' "$number"
        cat "$file"
        printf ')sql"},\n'
    done
    printf '    };\n    return kSteps;\n}\n'
}

main() {
    printf '#include "store/migrations.h"\n\nnamespace arq::store {\n'
    print_table user user_migrations "$@"
    print_table host host_migrations "$@"
    printf '}  // namespace arq::store\n'
}

main "$@"
