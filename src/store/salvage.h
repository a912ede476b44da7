// SPDX-License-Identifier: MIT
//
// Every row that can still be read in a file, whatever has become of the pages that lead to it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "store/file_image.h"

namespace arq::store {

using Null = std::monostate;
struct Blob {
    std::string bytes;
};
using Value =
    std::variant<Null, std::int64_t, double, std::string, Blob>;  // a string as it stands there, unchecked

// One row as a page holds it. In a table with a rowid the column that is its alias is null.
struct Record {
    bool has_rowid = false;  // else a row of an index, or of a table WITHOUT ROWID
    std::int64_t rowid = 0;
    std::vector<Value> columns;
};

// Calls `use` with the rows of all pages but the free ones, in the order of the pages: no tree is followed,
// so neither its root nor a page on the way is missed. A row may come twice, and one that was moved may come
// in an older state. Returns how many rows stood in such a page and could not be read.
std::int64_t salvage(const FileImage& image, const std::function<void(const Record&)>& use);

}  // namespace arq::store
