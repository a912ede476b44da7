// SPDX-License-Identifier: MIT
#include "store/recall_block.h"

#include <algorithm>
#include <optional>

#include "arq/util/error.h"
#include "arq/util/function_words.h"
#include "arq/util/text.h"

namespace arq::store {
namespace {

constexpr unsigned char kVersion = 1;
constexpr std::size_t kMostWords = 4000;     // of one text
constexpr std::size_t kMostPlaces = 12'000;  // in one block, so that 16 bits tell where they end
constexpr std::uint8_t kLabelled = 0x80;
constexpr std::size_t kLongest = 0x7F;

void put_varint(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
    to += static_cast<char>(value);
}

std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

[[noreturn]] void raise_damaged() {
    throw Error{
        ErrorCode::kStorageDamaged,
        "this user's file is damaged and was left as it is: the operator has to repair it, or to put it "
        "back from a backup"};
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7FU} << shift;
            if (next < 0x80) return value;
        }
        raise_damaged();
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
    std::string_view take(std::uint64_t count) {
        if (count > rest_.size()) raise_damaged();
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::uint32_t read_number(std::string_view from, std::size_t at, std::size_t bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(from[at * bytes + i]);
    return value;
}
void put_number(std::string& to, std::uint32_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
}

model::Stretch::Turn read_turn(std::uint8_t byte) {
    return {.length = static_cast<std::uint8_t>(byte & ~kLabelled), .is_labelled = (byte & kLabelled) != 0};
}
char write_turn(const model::Stretch::Turn& turn) {
    return static_cast<char>(turn.length | (turn.is_labelled ? kLabelled : 0));
}

// The parts of a block, the exchanges read.
struct Block {
    explicit Block(std::string_view bytes) {
        Reader reader{bytes};
        if (reader.byte() != kVersion) raise_damaged();
        const std::uint64_t count = reader.varint();
        if (count > kMostInBlock) raise_damaged();
        exchanges.resize(count);
        util::Id id = 0;
        for (auto& exchange : exchanges) exchange.id = id += static_cast<util::Id>(reader.varint());
        util::Id session = 0;
        for (std::size_t at = 0; at < count;) {
            const std::uint64_t run = reader.varint();
            session += unzigzag(reader.varint());
            if (run == 0 || run > count - at) raise_damaged();
            for (const std::size_t end = at + run; at < end; ++at) exchanges[at].session = session;
        }
        for (auto& exchange : exchanges) {
            exchange.said = read_turn(reader.byte());
            exchange.answered = read_turn(reader.byte());
        }
        stems = reader.varint();
        if (stems > bytes.size()) raise_damaged();
        numbers = reader.take(stems * 3);
        ends = reader.take(stems * 2);
        places = reader.rest();
    }

    std::uint32_t number(std::size_t at) const { return read_number(numbers, at, 3); }

    // Calls `use` with each turn in which the stem at that place of the table stands, and how often.
    template <typename Use>
    void each_place(std::size_t at, const Use& use) const {
        const std::uint32_t begin = at == 0 ? 0 : read_number(ends, at - 1, 2);
        const std::uint32_t end = read_number(ends, at, 2);
        if (begin > end || end > places.size()) raise_damaged();
        Reader reader{places.substr(begin, end - begin)};
        std::uint64_t turn = 0;
        while (!reader.rest().empty()) {
            const std::uint64_t next = reader.varint();
            turn += next >> 1;
            if (turn >= exchanges.size() * 2) raise_damaged();
            use(static_cast<std::uint16_t>(turn), (next & 1) != 0 ? reader.byte() : std::uint8_t{1});
        }
    }

    std::optional<std::size_t> find(std::uint32_t wanted) const {
        std::size_t low = 0;
        for (std::size_t high = stems; low < high;) {
            const std::size_t middle = (low + high) / 2;
            if (number(middle) < wanted)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == stems || number(low) != wanted) return std::nullopt;
        return low;
    }

    std::vector<model::Stretch::Exchange> exchanges;
    std::size_t stems = 0;
    std::string_view numbers, ends, places;
};

// FNV-1a.
std::uint32_t hash(std::string_view stem, std::uint32_t seed) {
    std::uint32_t value = seed;
    for (const char letter : stem) value = (value ^ static_cast<unsigned char>(letter)) * 16777619U;
    return (value >> 24 ^ value) & 0xFFFFFFU;
}

bool is_upper(std::string_view word) {
    return !word.empty() && util::fold_word(word) != word;
}

}  // namespace

model::Stretch::Turn IndexedText::turn() const {
    return {.length = static_cast<std::uint8_t>(std::min(stems.size(), kLongest)),
            .is_labelled = is_labelled};
}

std::uint32_t number_of(std::string_view stem) {
    return hash(stem, 2166136261U);
}
std::uint32_t label_number_of(std::string_view stem) {
    return hash(stem, 2166136261U ^ 0x5BD1E995U);
}

std::string_view speaker_of(std::string_view text) {
    constexpr std::size_t kLongestLabel = 40;
    constexpr std::size_t kMostNames = 3;
    const std::size_t colon = text.substr(0, kLongestLabel).find(':');
    if (colon == std::string_view::npos || colon + 1 >= text.size() || text[colon + 1] != ' ') return {};
    const std::string_view label = text.substr(0, colon);
    const std::vector<std::string_view> names = util::split_words(label);
    if (names.empty() || names.size() > kMostNames) return {};
    const char* end = label.data();
    for (const std::string_view name : names) {
        const bool is_apart = name.data() != label.data();
        if (name.data() != end + (is_apart ? 1 : 0) || !is_upper(name)) return {};
        end = name.data() + name.size();
    }
    return end == label.data() + label.size() ? label : std::string_view{};
}

IndexedText index_text(std::string_view text) {
    IndexedText indexed;
    const std::string_view speaker = speaker_of(text);
    for (const std::string& stem : util::stems(speaker)) indexed.stems.push_back(label_number_of(stem));
    indexed.is_labelled = !speaker.empty();
    for (const std::string_view word : util::split_words(text)) {
        if (indexed.stems.size() == kMostWords) break;
        const std::string folded = util::fold_word(word);
        if (!util::is_function_word(folded)) indexed.stems.push_back(number_of(util::stem(folded)));
    }
    std::sort(indexed.stems.begin(), indexed.stems.end());
    return indexed;
}

std::size_t fit_block(std::span<const IndexedExchange> exchanges) {
    std::size_t places = 0;
    std::size_t fit = 0;
    while (fit < exchanges.size() && fit < kMostInBlock && places < kMostPlaces) {
        places += exchanges[fit].said.stems.size() + exchanges[fit].answered.stems.size();
        ++fit;
    }
    return fit;
}

std::string encode_block(std::span<const IndexedExchange> exchanges) {
    std::string block;
    block += static_cast<char>(kVersion);
    put_varint(block, exchanges.size());
    util::Id id = 0;
    for (const IndexedExchange& exchange : exchanges) {
        put_varint(block, static_cast<std::uint64_t>(exchange.id - id));
        id = exchange.id;
    }
    util::Id session = 0;
    for (std::size_t at = 0; at < exchanges.size();) {
        std::size_t end = at;
        while (end < exchanges.size() && exchanges[end].session == exchanges[at].session) ++end;
        put_varint(block, end - at);
        put_varint(block, zigzag(exchanges[at].session - session));
        session = exchanges[at].session;
        at = end;
    }
    struct Place {
        std::uint32_t number;
        std::uint16_t turn;
    };
    std::vector<Place> all;
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        block += write_turn(exchanges[at].said.turn());
        block += write_turn(exchanges[at].answered.turn());
        for (const std::uint32_t stem : exchanges[at].said.stems)
            all.push_back({stem, static_cast<std::uint16_t>(2 * at)});
        for (const std::uint32_t stem : exchanges[at].answered.stems)
            all.push_back({stem, static_cast<std::uint16_t>(2 * at + 1)});
    }
    std::sort(all.begin(), all.end(), [](const Place& a, const Place& b) {
        return a.number != b.number ? a.number < b.number : a.turn < b.turn;
    });
    std::string numbers, ends, places;
    std::size_t stems = 0;
    for (std::size_t at = 0; at < all.size(); ++stems) {
        const std::uint32_t number = all[at].number;
        std::uint16_t before = 0;
        while (at < all.size() && all[at].number == number) {
            const std::uint16_t turn = all[at].turn;
            std::size_t times = 0;
            for (; at < all.size() && all[at].number == number && all[at].turn == turn; ++at) ++times;
            put_varint(places,
                       std::uint64_t{static_cast<unsigned>(turn - before)} << 1 | (times > 1 ? 1 : 0));
            if (times > 1) places += static_cast<char>(std::min<std::size_t>(times, 0xFF));
            before = turn;
        }
        put_number(numbers, number, 3);
        put_number(ends, static_cast<std::uint32_t>(places.size()), 2);
    }
    put_varint(block, stems);
    return block + numbers + ends + places;
}

std::vector<IndexedExchange> decode_block(std::string_view bytes) {
    const Block block{bytes};
    std::vector<IndexedExchange> exchanges(block.exchanges.size());
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        exchanges[at].id = block.exchanges[at].id;
        exchanges[at].session = block.exchanges[at].session;
        exchanges[at].said.is_labelled = block.exchanges[at].said.is_labelled;
        exchanges[at].answered.is_labelled = block.exchanges[at].answered.is_labelled;
    }
    for (std::size_t stem = 0; stem < block.stems; ++stem)
        block.each_place(stem, [&](std::uint16_t turn, std::uint8_t times) {
            IndexedExchange& exchange = exchanges[turn / 2];
            auto& stems = (turn % 2 == 0 ? exchange.said : exchange.answered).stems;
            stems.insert(stems.end(), times, block.number(stem));
        });
    return exchanges;
}

std::vector<std::uint32_t> stems_of_block(std::string_view bytes) {
    const Block block{bytes};
    std::vector<std::uint32_t> stems;
    stems.reserve(block.stems);
    for (std::size_t at = 0; at < block.stems; ++at) stems.push_back(block.number(at));
    return stems;
}

WantedStems::WantedStems(const std::vector<std::string>& stems) {
    for (const std::string& stem : stems) {
        plain.push_back(number_of(stem));
        labels.push_back(label_number_of(stem));
        for (const std::uint32_t number : {plain.back(), labels.back()})
            filter[number % 4096 / 64] |= std::uint64_t{1} << number % 64;
    }
}

model::Stretch search_block(std::string_view bytes, const WantedStems& wanted) {
    Block block{bytes};
    model::Stretch stretch;
    for (std::size_t stem = 0; stem < wanted.plain.size(); ++stem) {
        if (const auto at = block.find(wanted.plain[stem]))
            block.each_place(*at, [&](std::uint16_t turn, std::uint8_t times) {
                stretch.occurrences.push_back({turn, static_cast<std::uint8_t>(stem), times});
            });
        if (const auto at = block.find(wanted.labels[stem]))
            block.each_place(*at, [&](std::uint16_t turn, std::uint8_t) {
                stretch.occurrences.push_back({turn, static_cast<std::uint8_t>(stem), 0});
            });
    }
    stretch.exchanges = std::move(block.exchanges);
    return stretch;
}

namespace {

void search_turn(const IndexedText& text, const WantedStems& wanted, std::size_t turn,
                 model::Stretch& stretch) {
    for (std::size_t at = 0; at < text.stems.size();) {
        const std::uint32_t number = text.stems[at];
        const std::size_t first = at;
        while (at < text.stems.size() && text.stems[at] == number) ++at;
        if (!wanted.may_be(number)) continue;
        for (std::size_t stem = 0; stem < wanted.plain.size(); ++stem) {
            const auto place = [&](std::size_t count) {
                stretch.occurrences.push_back(
                    {static_cast<std::uint16_t>(turn), static_cast<std::uint8_t>(stem),
                     static_cast<std::uint8_t>(std::min<std::size_t>(count, 0xFF))});
            };
            if (wanted.plain[stem] == number) place(at - first);
            if (wanted.labels[stem] == number) place(0);
        }
    }
}

}  // namespace

void search_exchange(const IndexedExchange& exchange, const WantedStems& wanted, model::Stretch& stretch) {
    const std::size_t turn = stretch.exchanges.size() * 2;
    search_turn(exchange.said, wanted, turn, stretch);
    search_turn(exchange.answered, wanted, turn + 1, stretch);
    stretch.exchanges.push_back({.id = exchange.id,
                                 .session = exchange.session,
                                 .said = exchange.said.turn(),
                                 .answered = exchange.answered.turn()});
}

}  // namespace arq::store
