// SPDX-License-Identifier: MIT
//
// Forgetting for good. A memory goes with its history and with what replies told of it; the messages that
// taught it stay in their sessions, hidden: in no index, no topic and no summary. As in user_erase.cpp the
// indexes are made anew, and scrubbing is due.
#include <algorithm>

#include "arq/util/text.h"
#include "store/recall_index.h"
#include "store/reply_details.h"
#include "store/user_file_impl.h"

namespace arq::store {
namespace {

void hide(Connection& connection, util::Id id) {
    std::string details;
    {
        Query query{connection, "UPDATE messages SET hidden = 1 WHERE id = :id RETURNING details"};
        query.bind(":id", id);
        if (query.next()) details = query.text(0);
        query.next();
    }
    if (details.empty()) return;
    // Topics are words of the message that was answered.
    ReplyDetails kept = parse_details(details);
    kept.topics.clear();
    Query query{connection, "UPDATE messages SET details = nullif(:details, '') WHERE id = :id"};
    query.bind(":details", format_details(kept)).bind(":id", id);
    query.execute();
}

bool holds_all(const std::vector<std::string>& stems, const std::vector<std::string>& wanted) {
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& stem) {
        return std::find(stems.begin(), stems.end(), stem) != stems.end();
    });
}

// A summary is a line that says what it covers, then one for each sentence: its words, a tab, and what is
// known of it (context/summary.h).
std::string without_forgotten(std::string_view summary, const std::vector<Erased>& erased) {
    std::string kept;
    for (bool is_first = true; !summary.empty(); is_first = false) {
        const std::string_view line = summary.substr(0, std::min(summary.find('\n'), summary.size() - 1) + 1);
        summary.remove_prefix(line.size());
        const std::string_view words = util::trim(line.substr(0, line.find('\t')));
        const std::vector<std::string> stems = util::stems(words);
        const bool is_forgotten = std::any_of(erased.begin(), erased.end(), [&](const Erased& what) {
            return holds_all(stems, what.stems) ||
                   (!words.empty() && what.text.find(words) != std::string::npos);
        });
        if (is_first || !is_forgotten) kept += line;
    }
    return kept;
}

void clean_summaries(Connection& connection, const std::vector<Erased>& erased) {
    std::vector<std::pair<util::Id, std::string>> changed;
    {
        Query query{connection, R"sql(
            SELECT m.session_id, m.text, s.isolated FROM summaries m JOIN sessions s ON s.id = m.session_id)sql"};
        while (query.next()) {
            const util::Id session = query.integer(0);
            const bool isolated = query.integer(2) != 0;
            std::vector<Erased> seen;
            std::copy_if(erased.begin(), erased.end(), std::back_inserter(seen), [&](const auto& what) {
                return isolated ? what.isolated_session == session : !what.isolated_session;
            });
            std::string kept = without_forgotten(query.view(1), seen);
            if (kept != query.view(1)) changed.emplace_back(session, std::move(kept));
        }
    }
    for (const auto& [session, text] : changed) {
        Query query{connection, "UPDATE summaries SET text = :text WHERE session_id = :session_id"};
        query.bind(":text", text).bind(":session_id", session);
        query.execute();
    }
}

}  // namespace

void UserFile::Impl::finish_erasing() {
    if (!has_erased) return;
    Query{connection,
          "DELETE FROM message_topics WHERE message_id IN (SELECT id FROM messages WHERE hidden = 1)"}
        .execute();
    clean_summaries(connection, erased);
    rebuild_indexes(connection, options.index_batch_messages);
    waiting.reset();
    mark_scrub_due(connection);
}

// A user's message with its reply, or a reply alone.
void UserFile::hide_message(util::Id id) {
    util::Id reply = 0;
    {
        Query query{impl_->connection, R"sql(
            SELECT m.text, m.role, m.pair_id, s.isolated, s.id
            FROM messages m JOIN sessions s ON s.id = m.session_id WHERE m.id = :id)sql"};
        query.bind(":id", id);
        if (!query.next()) return;
        Erased what{.isolated_session = {}, .stems = {}, .text = query.text(0)};
        if (query.integer(3) != 0) what.isolated_session = query.integer(4);
        if (query.integer(1) == 0) reply = query.optional_integer(2).value_or(0);
        impl_->erased.push_back(std::move(what));
    }
    hide(impl_->connection, id);
    if (reply != 0) hide(impl_->connection, reply);
    impl_->has_erased = true;
}

bool UserFile::is_hidden(util::Id message_id) {
    Query query{impl_->connection, "SELECT 1 FROM messages WHERE id = :id AND hidden = 1"};
    query.bind(":id", message_id);
    return query.next();
}

int UserFile::hide_messages_with(const util::StemSet& wanted, const Scope& scope) {
    if (wanted.empty()) return 0;
    const std::uint64_t all = ~std::uint64_t{0} >> (util::StemSet::kMost - wanted.stems().size());
    std::vector<util::Id> found;
    {
        // Read one by one: no index has to be asked, which differs from one schema to the next.
        Query query{impl_->connection, R"sql(
            SELECT m.id, m.text FROM messages m JOIN sessions s ON s.id = m.session_id
            WHERE m.hidden = 0
              AND CASE WHEN :isolated_session IS NULL THEN s.isolated = 0 ELSE s.id = :isolated_session END)sql"};
        query.bind(":isolated_session", scope.isolated_session);
        while (query.next())
            if (wanted.find_in(query.view(1)) == all) found.push_back(query.integer(0));
    }
    for (const util::Id id : found) hide_message(id);
    if (!found.empty())
        impl_->erased.push_back(
            {.isolated_session = scope.isolated_session, .stems = wanted.stems(), .text = {}});
    return static_cast<int>(found.size());
}

void UserFile::forget_memory(util::Id id) {
    const auto memory = find_memory(id);
    if (!memory) return;
    std::vector<util::Id> messages;
    const auto erase_text = [&](const std::string& text, const std::string& value) {
        for (const std::string& part : {text, value})
            if (std::vector<std::string> stems = util::stems(part); !stems.empty())
                impl_->erased.push_back(
                    {.isolated_session = memory->session_id, .stems = std::move(stems), .text = {}});
    };
    erase_text(memory->text, memory->value);
    if (memory->source_message) messages.push_back(*memory->source_message);
    for (const model::MemoryVersion& version : memory_history(id)) {
        erase_text(version.text, version.value);
        if (version.message) messages.push_back(*version.message);
    }
    {
        // What answers told of it, in whatever words.
        Query query{impl_->connection, "SELECT DISTINCT reply_id FROM reply_memories WHERE memory_id = :id"};
        query.bind(":id", id);
        while (query.next()) messages.push_back(query.integer(0));
    }
    for (const util::Id message : messages) hide_message(message);
    {
        Query query{impl_->connection, "DELETE FROM memories WHERE id = :id"};
        query.bind(":id", id);
        query.execute();
    }
    impl_->has_erased = true;
}

}  // namespace arq::store
