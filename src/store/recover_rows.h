// SPDX-License-Identifier: MIT
//
// Puts rows that were salvaged into an empty database of today's schema, and makes it whole.
#pragma once

#include <span>
#include <string_view>

#include "arq/store/repair.h"
#include "store/file_image.h"
#include "store/sqlite.h"

namespace arq::store {

// What a user can't do without: all but leases, indexes, topics and state, which are made anew. Told apart by
// the number of columns and whether it has a rowid, for where the pages are lost that say which table a page
// is of.
struct RecoveredTable {
    std::string_view name;
    bool has_rowid;
    // One letter a column, in the order in which a record holds them: k the rowid, i an integer, t a text,
    // I, T and R an integer, a text and any number, or null.
    std::string_view columns;
    // How many of them it had at first: a row that wasn't written since is as short as then.
    std::size_t columns_at_first;
    const char* insert;  // its parameters are ?1, ?2, …
    const char* find;    // by the rowid as ?1
};
std::span<const RecoveredTable> recovered_tables();

// `into` has the newest schema, no rows, and foreign keys off. Adds to `found` what there was.
void recover_rows(const FileImage& image, Connection& into, Recovered& found);

}  // namespace arq::store
