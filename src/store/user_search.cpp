// SPDX-License-Identifier: MIT
//
// Search over what was said and learnt. What is in blocks of the index (store/recall_index.h) is asked of
// them; what waits for that is read through, or remembered from when it was stored.
#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "arq/util/text.h"
#include "store/recall_index.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

// Bounds of one search, in blocks of up to 128 exchanges: how many of the newest, of which not all need to be
// in the directory, and how many of those that the directory names.
constexpr std::int64_t kMostNewest = 16;
constexpr std::size_t kMostListed = 6;
// How many of the rarest stems the directory is asked for, and for how many blocks with each, newest first.
constexpr std::size_t kMostAsked = 4;
constexpr std::int64_t kMostNamed = 64;
// Of a history from before the index, of which not all is in blocks yet, the newest.
constexpr std::int64_t kMostUnindexed = 1024;

std::int64_t scope_number(const Scope& scope) {
    return scope.isolated_session.value_or(0);
}

// The share of words that tell something, in English and Russian talk.
std::uint8_t length_of(std::size_t words) {
    return static_cast<std::uint8_t>(std::min<std::size_t>((words * 11 + 19) / 20, 127));
}

// A text that is in no block and was not stored by this connection: only words that begin like a wanted stem
// are stemmed, so its length is a guess.
class TextSearch {
public:
    explicit TextSearch(const util::StemSet& wanted) : wanted_(wanted), counts_(wanted.stems().size()) {}

    model::Stretch::Turn search(std::string_view text, std::size_t turn, model::Stretch& stretch) {
        std::fill(counts_.begin(), counts_.end(), std::uint8_t{0});
        const std::size_t words = wanted_.count_in(text, counts_);
        const std::string_view speaker = speaker_of(text);
        const std::uint64_t labels = speaker.empty() ? 0 : wanted_.find_in(speaker);
        for (std::size_t stem = 0; stem < counts_.size(); ++stem) {
            const auto place = [&](std::uint8_t count) {
                stretch.occurrences.push_back(
                    {static_cast<std::uint16_t>(turn), static_cast<std::uint8_t>(stem), count});
            };
            if (counts_[stem] > 0) place(counts_[stem]);
            if ((labels >> stem & 1U) != 0) place(0);
        }
        return {.length = length_of(words), .is_labelled = !speaker.empty()};
    }

private:
    const util::StemSet& wanted_;
    std::vector<std::uint8_t> counts_;
};

struct BlockPlace {
    util::Id first_id = 0;
    util::Id last_id = 0;
    std::string content;
};

void search_content(Connection& connection, BlockKind kind, std::int64_t scope, util::Id first_id,
                    util::Id last_id, std::string_view content, const WantedStems& wanted,
                    std::vector<model::Stretch>& stretches) {
    if (!content.empty()) {
        stretches.push_back(search_block(content, wanted));
    } else if (const std::string renewed = renew_block(connection, kind, scope, first_id, last_id);
               !renewed.empty()) {
        stretches.push_back(search_block(renewed, wanted));
    }
}

// The newest first. The first id of the oldest that was looked into.
util::Id search_newest(Connection& connection, BlockKind kind, std::int64_t scope, std::int64_t most,
                       const WantedStems& wanted, std::vector<model::Stretch>& stretches) {
    std::vector<BlockPlace> stale;
    util::Id oldest = 0;
    {
        Query query{connection, R"sql(
            SELECT first_id, last_id, content FROM recall_blocks WHERE kind = :kind AND scope = :scope
            ORDER BY first_id DESC LIMIT :most)sql"};
        query.bind(":kind", static_cast<std::int64_t>(kind)).bind(":scope", scope).bind(":most", most);
        while (query.next()) {
            oldest = query.integer(0);
            if (query.view(2).empty())
                stale.push_back({.first_id = oldest, .last_id = query.integer(1), .content = {}});
            else
                stretches.push_back(search_block(query.view(2), wanted));
        }
    }
    for (const BlockPlace& place : stale)
        search_content(connection, kind, scope, place.first_id, place.last_id, {}, wanted, stretches);
    return oldest;
}

// Which blocks older than `before` the directory names for the rarest of the stems, the most telling first.
std::vector<util::Id> ask_directory(Connection& connection, std::int64_t scope, util::Id before,
                                    const WantedStems& wanted, const std::vector<model::Stretch>& newest) {
    std::vector<std::size_t> counts(wanted.plain.size());
    for (const model::Stretch& stretch : newest)
        for (const auto& occurrence : stretch.occurrences) ++counts[occurrence.stem];
    std::vector<std::size_t> order(counts.size());
    for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] < counts[b]; });
    if (order.size() > kMostAsked) order.resize(kMostAsked);
    std::unordered_map<util::Id, double> worth;
    for (const std::size_t stem : order) {
        std::vector<util::Id> named;
        Query query{connection, R"sql(
            SELECT rowid FROM recall_directory WHERE recall_directory MATCH :term AND rowid < :before
            ORDER BY rowid DESC LIMIT :most)sql"};
        query.bind(":term", directory_term(scope, wanted.plain[stem])).bind(":before", before);
        query.bind(":most", kMostNamed);
        while (query.next()) named.push_back(query.integer(0));
        const double weight = std::log2(1 + 16.0 * kMostNamed / (1.0 + static_cast<double>(named.size())));
        for (const util::Id block : named) worth[block] += weight;
    }
    std::vector<std::pair<double, util::Id>> best;
    best.reserve(worth.size());
    for (const auto& [block, weight] : worth) best.emplace_back(weight, block);
    std::sort(best.begin(), best.end(), std::greater<>{});
    if (best.size() > kMostListed) best.resize(kMostListed);
    std::vector<util::Id> blocks;
    blocks.reserve(best.size());
    for (const auto& [weight, block] : best) blocks.push_back(block);
    return blocks;
}

void search_listed(Connection& connection, std::int64_t scope, const std::vector<util::Id>& blocks,
                   const WantedStems& wanted, std::vector<model::Stretch>& stretches) {
    for (const util::Id block : blocks) {
        util::Id last = 0;
        {
            Query query{connection, R"sql(
                SELECT last_id, content FROM recall_blocks
                WHERE kind = 0 AND scope = :scope AND first_id = :block)sql"};
            query.bind(":scope", scope).bind(":block", block);
            if (!query.next()) continue;
            last = query.integer(0);
            if (!query.view(1).empty()) {
                stretches.push_back(search_block(query.view(1), wanted));
                continue;
            }
        }
        search_content(connection, BlockKind::kExchanges, scope, block, last, {}, wanted, stretches);
    }
}

// What is behind `known`, of all that waits for the index the newest.
void search_behind(Connection& connection, util::Id known, const util::StemSet& wanted, const Scope& scope,
                   model::Stretch& tail) {
    TextSearch search{wanted};
    Query rows{connection, R"sql(
        SELECT * FROM (
            SELECT m.id, m.session_id, m.text, r.text
            FROM messages m JOIN sessions s ON s.id = m.session_id LEFT JOIN messages r ON r.id = m.pair_id
            WHERE m.id > :known AND m.role = 0 AND m.hidden = 0
              AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END
            ORDER BY m.id DESC LIMIT :most)
        ORDER BY 1)sql"};
    rows.bind(":known", known).bind(":most", kMostUnindexed);
    rows.bind(":isolated_session", scope.isolated_session);
    while (rows.next()) {
        const std::size_t turn = tail.exchanges.size() * 2;
        const model::Stretch::Turn said = search.search(rows.view(2), turn, tail);
        const model::Stretch::Turn answered = search.search(rows.view(3), turn + 1, tail);
        tail.exchanges.push_back(
            {.id = rows.integer(0), .session = rows.integer(1), .said = said, .answered = answered});
    }
}

void sort_by_time(std::vector<model::Stretch>& stretches) {
    std::erase_if(stretches, [](const model::Stretch& stretch) { return stretch.exchanges.empty(); });
    std::sort(stretches.begin(), stretches.end(), [](const model::Stretch& a, const model::Stretch& b) {
        return a.exchanges.front().id < b.exchanges.front().id;
    });
}

}  // namespace

void UserFile::Impl::update_recent() {
    std::int64_t removals = 0;
    std::int64_t through = 0;
    {
        Query query{connection, R"sql(
            SELECT (SELECT value FROM state WHERE name = 'recall_removals'),
                   (SELECT value FROM state WHERE name = 'recall_through'))sql"};
        query.next();
        removals = query.integer(0);
        through = query.integer(1);
    }
    recent.keep_only(removals, through);
    // Of a long history from before the index, which is being put into it in steps, nothing is remembered.
    Query rows{connection, R"sql(
        SELECT m.id, m.session_id, s.isolated, m.text, r.text, m.hidden
        FROM messages m JOIN sessions s ON s.id = m.session_id LEFT JOIN messages r ON r.id = m.pair_id
        WHERE m.id > :last AND m.role = 0 ORDER BY m.id LIMIT :most)sql"};
    rows.bind(":last", *recent.last_id()).bind(":most", kMostUnindexed);
    while (recent.size() < kMostUnindexed && rows.next() && !rows.is_null(4))
        if (rows.integer(5) == 0)
            recent.add({.id = rows.integer(0),
                        .session = rows.integer(1),
                        .said = index_text(rows.view(3)),
                        .answered = index_text(rows.view(4))},
                       rows.integer(2) != 0);
}

void UserFile::Impl::index_when_due(int said) {
    if (waiting) *waiting += said;
    if (waiting.value_or(options.index_batch_messages) < options.index_batch_messages) return;
    if (!leaves_log) update_recent();
    waiting = index_messages(connection, options.index_batch_messages, leaves_log ? nullptr : &recent);
}

std::vector<model::Stretch> UserFile::search_messages(const util::StemSet& wanted, const Scope& scope) {
    std::vector<model::Stretch> stretches;
    if (wanted.empty()) return stretches;
    Connection& connection = impl_->connection;
    const std::int64_t through = indexed_through(connection, BlockKind::kExchanges);
    const WantedStems numbers{wanted.stems()};
    // Most users never say so much that there is a block.
    if (through > 0) {
        const std::int64_t number = scope_number(scope);
        const util::Id oldest =
            search_newest(connection, BlockKind::kExchanges, number, kMostNewest, numbers, stretches);
        if (listed_through(connection, number) > 0)
            search_listed(connection, number, ask_directory(connection, number, oldest, numbers, stretches),
                          numbers, stretches);
    }
    model::Stretch tail;
    util::Id known = through;
    if (!impl_->leaves_log) {
        impl_->update_recent();
        impl_->recent.search(numbers, scope.isolated_session, tail);
        known = *impl_->recent.last_id();
    }
    search_behind(connection, known, wanted, scope, tail);
    stretches.push_back(std::move(tail));
    sort_by_time(stretches);
    return stretches;
}

std::vector<model::Stretch> UserFile::search_memories(const util::StemSet& wanted, const Scope& scope) {
    std::vector<model::Stretch> stretches;
    if (wanted.empty()) return stretches;
    Connection& connection = impl_->connection;
    const std::int64_t through = indexed_through(connection, BlockKind::kMemories);
    if (through > 0)
        search_newest(connection, BlockKind::kMemories, scope_number(scope), -1, WantedStems{wanted.stems()},
                      stretches);
    TextSearch search{wanted};
    model::Stretch tail;
    Query rows{connection, R"sql(
        SELECT id, text FROM memories WHERE id > :through AND session_id IS :isolated_session ORDER BY id)sql"};
    rows.bind(":through", through).bind(":isolated_session", scope.isolated_session);
    while (rows.next()) {
        const model::Stretch::Turn said = search.search(rows.view(1), tail.exchanges.size() * 2, tail);
        tail.exchanges.push_back({.id = rows.integer(0), .session = 0, .said = said, .answered = {}});
    }
    stretches.push_back(std::move(tail));
    sort_by_time(stretches);
    return stretches;
}

std::optional<model::Message> UserFile::find_said(util::Id message_id, model::Role role) {
    Query query{impl_->connection, R"sql(
        SELECT found.id, found.session_id, said.client_id, found.text, found.created_at
        FROM messages said JOIN messages found ON found.id = CASE :role WHEN 0 THEN said.id ELSE said.pair_id END
        WHERE said.id = :id AND said.role = 0 AND found.hidden = 0)sql"};
    query.bind(":id", message_id).bind(":role", static_cast<std::int64_t>(role));
    if (!query.next()) return std::nullopt;
    return model::Message{.id = query.integer(0),
                          .session_id = query.integer(1),
                          .role = role,
                          .client_id = query.text(2),
                          .text = query.text(3),
                          .created_at = to_time(query.integer(4))};
}

}  // namespace arq::store
