// SPDX-License-Identifier: MIT
//
// The pages of a user's file as they are on the disk, its write-ahead log laid over it: what SQLite would
// read, for a file that SQLite refuses. (Its own recovery reads through the virtual table sqlite_dbpage,
// which Debian's library is built without; their sqlite3 program's .recover fails for the same reason.)
//
// SQLite's file format (https://www.sqlite.org/fileformat.html) is fixed and documented.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace arq::store {

// Every user's file has pages of this size, in bytes.
inline constexpr std::uint32_t kPageBytes = 1024;

class FileImage {
public:
    // `file` and `log` as they were read; an absent log is empty. Frames of the log count up to the last
    // commit whose checksums are right.
    FileImage(std::string file, std::string_view log);

    // Pages are counted from 1.
    std::uint32_t page_count() const;
    // Empty where there is no such page. The last one may have been cut off: it then ends in zeros.
    std::string_view page(std::uint32_t number) const;

    // Whether the page held something before and now holds nothing. Only a file with a header can tell.
    bool is_free(std::uint32_t number) const { return free_.contains(number); }

    // What the header says of the schema; nothing where it is no header.
    std::optional<std::uint32_t> schema() const;

private:
    bool has_header() const;
    void apply_log(std::string_view log);
    void find_free_pages();

    std::string pages_;
    std::unordered_set<std::uint32_t> free_;
};

// Big-endian numbers, as all of the file's are.
std::uint32_t read_u16(std::string_view bytes, std::size_t at);
std::uint32_t read_u32(std::string_view bytes, std::size_t at);

}  // namespace arq::store
