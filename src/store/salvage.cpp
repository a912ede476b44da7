// SPDX-License-Identifier: MIT
//
// SQLite's file format, sections 1.6 (pages of b-trees) and 2.1 (records). All that is read here may be
// garbage: each number is held against what it may be, and a record counts only where its lengths add up to
// the byte.
#include "store/salvage.h"

#include <bit>
#include <optional>
#include <string_view>

namespace arq::store {
namespace {

constexpr std::size_t kFileHeaderBytes = 100;
constexpr std::size_t kLeafHeaderBytes = 8;
constexpr std::size_t kInteriorHeaderBytes = 12;
constexpr std::size_t kOverflowBytes = kPageBytes - 4;

enum class Kind : unsigned char { kInteriorIndex = 2, kLeafIndex = 10, kLeafTable = 13 };

// Reads from the left; nothing once it would have gone beyond the end.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::optional<std::string_view> take(std::size_t bytes) {
        if (bytes > rest_.size()) return std::nullopt;
        const std::string_view taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return taken;
    }

    // 1 to 9 bytes, 7 bits each, all 8 of the ninth.
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (int i = 0; i < 9; ++i) {
            if (rest_.empty()) return std::nullopt;
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            if (i == 8) return value << 8 | byte;
            value = value << 7 | (byte & 0x7F);
            if ((byte & 0x80) == 0) return value;
        }
        return value;
    }

    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::int64_t big_endian(std::string_view bytes) {
    std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
}

// A column's value by its serial type.
std::optional<Value> read_value(std::uint64_t type, Reader& body) {
    constexpr std::size_t kIntegerBytes[] = {0, 1, 2, 3, 4, 6, 8};
    if (type == 0) return Null{};
    if (type == 8 || type == 9) return static_cast<std::int64_t>(type - 8);
    if (type == 10 || type == 11) return std::nullopt;  // reserved
    if (type <= 7) {
        const auto bytes = body.take(type == 7 ? 8 : kIntegerBytes[type]);
        if (!bytes) return std::nullopt;
        const std::int64_t number = big_endian(*bytes);
        if (type == 7) return std::bit_cast<double>(number);
        return number;
    }
    const auto bytes = body.take(static_cast<std::size_t>((type - 12) / 2));
    if (!bytes) return std::nullopt;
    if (type % 2 == 1) return std::string{*bytes};
    return Blob{std::string{*bytes}};
}

std::optional<std::vector<Value>> read_record(std::string_view payload) {
    Reader whole{payload};
    const auto header_bytes = whole.varint();
    const std::size_t length_bytes = payload.size() - whole.rest().size();
    if (!header_bytes || *header_bytes < length_bytes || *header_bytes > payload.size()) return std::nullopt;
    Reader types{payload.substr(length_bytes, static_cast<std::size_t>(*header_bytes) - length_bytes)};
    Reader body{payload.substr(static_cast<std::size_t>(*header_bytes))};
    std::vector<Value> columns;
    while (!types.rest().empty()) {
        const auto type = types.varint();
        if (!type) return std::nullopt;
        auto value = read_value(*type, body);
        if (!value) return std::nullopt;
        columns.push_back(*std::move(value));
    }
    if (!body.rest().empty()) return std::nullopt;
    return columns;
}

// How much of a payload stands in the page itself.
std::size_t local_bytes(std::uint64_t payload_bytes, Kind kind) {
    const std::size_t most = kind == Kind::kLeafTable ? kPageBytes - 35 : (kPageBytes - 12) * 64 / 255 - 23;
    if (payload_bytes <= most) return static_cast<std::size_t>(payload_bytes);
    const std::size_t least = (kPageBytes - 12) * 32 / 255 - 23;
    const std::size_t fitting = least + static_cast<std::size_t>((payload_bytes - least) % kOverflowBytes);
    return fitting <= most ? fitting : least;
}

std::optional<std::string> read_payload(const FileImage& image, Reader& cell, std::uint64_t bytes,
                                        Kind kind) {
    if (bytes > std::uint64_t{image.page_count()} * kPageBytes) return std::nullopt;
    const std::size_t local = local_bytes(bytes, kind);
    const auto begin = cell.take(local);
    if (!begin) return std::nullopt;
    std::string payload{*begin};
    if (local == bytes) return payload;
    const auto first = cell.take(4);
    if (!first) return std::nullopt;
    std::uint32_t next = read_u32(*first, 0);
    while (payload.size() < bytes) {
        const std::string_view page = image.page(next);
        if (page.empty()) return std::nullopt;
        payload += page.substr(4, static_cast<std::size_t>(bytes) - payload.size());
        next = read_u32(page, 0);
    }
    // The last page of a chain leads nowhere; another one is not of this row.
    if (next != 0) return std::nullopt;
    return payload;
}

std::optional<Record> read_cell(const FileImage& image, std::string_view bytes, Kind kind) {
    Reader cell{bytes};
    Record record{.has_rowid = kind == Kind::kLeafTable, .columns = {}};
    if (kind == Kind::kInteriorIndex && !cell.take(4)) return std::nullopt;  // the page below
    const auto payload_bytes = cell.varint();
    if (!payload_bytes) return std::nullopt;
    if (record.has_rowid) {
        const auto rowid = cell.varint();
        if (!rowid) return std::nullopt;
        record.rowid = static_cast<std::int64_t>(*rowid);
    }
    const auto payload = read_payload(image, cell, *payload_bytes, kind);
    if (!payload) return std::nullopt;
    auto columns = read_record(*payload);
    if (!columns) return std::nullopt;
    record.columns = *std::move(columns);
    return record;
}

}  // namespace

std::int64_t salvage(const FileImage& image, const std::function<void(const Record&)>& use) {
    std::int64_t unreadable = 0;
    for (std::uint32_t number = 1; number <= image.page_count(); ++number) {
        if (image.is_free(number)) continue;
        const std::string_view page = image.page(number);
        const std::size_t begin = number == 1 ? kFileHeaderBytes : 0;
        // Pages that overflow begin with the number of another, whose first byte is 0: what somebody wrote is
        // never taken for a page of rows.
        const auto kind = static_cast<Kind>(page[begin]);
        if (kind != Kind::kLeafTable && kind != Kind::kLeafIndex && kind != Kind::kInteriorIndex) continue;
        const std::size_t pointers =
            begin + (kind == Kind::kInteriorIndex ? kInteriorHeaderBytes : kLeafHeaderBytes);
        const std::size_t count = read_u16(page, begin + 3);
        if (pointers + 2 * count > page.size()) {
            ++unreadable;  // at least
            continue;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = read_u16(page, pointers + 2 * i);
            std::optional<Record> record;
            if (at >= pointers + 2 * count && at < page.size())
                record = read_cell(image, page.substr(at), kind);
            if (record)
                use(*record);
            else
                ++unreadable;
        }
    }
    return unreadable;
}

}  // namespace arq::store
