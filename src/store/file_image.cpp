// SPDX-License-Identifier: MIT
#include "store/file_image.h"

#include <array>
#include <map>

namespace arq::store {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kHeaderBytes = 100;
constexpr std::size_t kFirstFreeTrunk = 32;
constexpr std::size_t kFreePages = 36;
constexpr std::size_t kUserVersion = 60;

constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kLogMagic = 0x377F0682;  // its lowest bit: the checksums' words are big-endian

// The log's checksum (file format, section 4.2): each goes on from the one before.
class Checksum {
public:
    explicit Checksum(bool big_endian) : big_endian_(big_endian) {}

    void add(std::string_view bytes) {
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first_ += word(bytes, at) + second_;
            second_ += word(bytes, at + 4) + first_;
        }
    }
    bool is(std::string_view stored) const {
        return read_u32(stored, 0) == first_ && read_u32(stored, 4) == second_;
    }

private:
    std::uint32_t word(std::string_view bytes, std::size_t at) const {
        const std::uint32_t value = read_u32(bytes, at);
        return big_endian_ ? value : __builtin_bswap32(value);
    }

    bool big_endian_;
    std::uint32_t first_ = 0;
    std::uint32_t second_ = 0;
};

}  // namespace

std::uint32_t read_u16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                      static_cast<unsigned char>(bytes[at + 1]));
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
    return read_u16(bytes, at) << 16 | read_u16(bytes, at + 2);
}

FileImage::FileImage(std::string file, std::string_view log) : pages_(std::move(file)) {
    apply_log(log);
    pages_.resize((pages_.size() + kPageBytes - 1) / kPageBytes * kPageBytes);
    if (has_header()) find_free_pages();
}

std::uint32_t FileImage::page_count() const {
    return static_cast<std::uint32_t>(pages_.size() / kPageBytes);
}

std::string_view FileImage::page(std::uint32_t number) const {
    if (number == 0 || number > page_count()) return {};
    return std::string_view{pages_}.substr(std::size_t{number - 1} * kPageBytes, kPageBytes);
}

bool FileImage::has_header() const {
    return pages_.size() >= kHeaderBytes && pages_.starts_with(kMagic);
}

std::optional<std::uint32_t> FileImage::schema() const {
    if (!has_header()) return std::nullopt;
    return read_u32(pages_, kUserVersion);
}

void FileImage::apply_log(std::string_view log) {
    if (log.size() < kLogHeaderBytes) return;
    const std::uint32_t magic = read_u32(log, 0);
    if ((magic & ~1U) != kLogMagic || read_u32(log, 8) != kPageBytes) return;
    Checksum checksum{(magic & 1U) != 0};
    checksum.add(log.substr(0, 24));
    if (!checksum.is(log.substr(24))) return;
    const std::string_view salts = log.substr(16, 8);

    std::map<std::uint32_t, std::string_view> pending;
    for (std::size_t at = kLogHeaderBytes; at + kFrameHeaderBytes + kPageBytes <= log.size();
         at += kFrameHeaderBytes + kPageBytes) {
        const std::string_view header = log.substr(at, kFrameHeaderBytes);
        const std::string_view page = log.substr(at + kFrameHeaderBytes, kPageBytes);
        checksum.add(header.substr(0, 8));
        checksum.add(page);
        // Frames of an older round have other salts.
        if (header.substr(8, 8) != salts || !checksum.is(header.substr(16))) return;
        const std::uint32_t number = read_u32(header, 0);
        if (number == 0) return;
        pending[number] = page;
        const std::uint32_t pages_after = read_u32(header, 4);
        if (pages_after == 0) continue;  // the last frame of a transaction says how long the file is then
        for (const auto& [target, content] : pending) {
            if (target > pages_after) continue;
            const std::size_t begin = std::size_t{target - 1} * kPageBytes;
            if (pages_.size() < begin + kPageBytes) pages_.resize(begin + kPageBytes);
            pages_.replace(begin, kPageBytes, content);
        }
        pending.clear();
        pages_.resize(std::size_t{pages_after} * kPageBytes);
    }
}

// A list of trunks, each of which names pages. Where it doesn't add up, part of it is damaged and names
// anything.
void FileImage::find_free_pages() {
    std::uint32_t trunk = read_u32(pages_, kFirstFreeTrunk);
    while (trunk != 0 && trunk <= page_count() && free_.insert(trunk).second) {
        const std::string_view content = page(trunk);
        const std::uint32_t count = read_u32(content, 4);
        for (std::uint32_t i = 0; i < count && 8 + 4 * i + 4 <= kPageBytes; ++i)
            free_.insert(read_u32(content, 8 + 4 * i));
        trunk = read_u32(content, 0);
    }
    if (free_.size() != read_u32(pages_, kFreePages)) free_.clear();
}

}  // namespace arq::store
