// SPDX-License-Identifier: MIT
//
// Input: a line that is looked for, then a text that is indexed.
#include <algorithm>

#include "arq/memory/rank.h"
#include "arq/util/text.h"
#include "fuzz/checks.h"
#include "store/full_text.h"
#include "store/migrations.h"
#include "store/sqlite.h"

namespace arq::fuzz {
namespace {

class Index {
public:
    Index() : connection_(":memory:", store::Connection::Mode::kInMemory) {
        store::migrate(connection_, store::user_migrations());
    }

    bool finds(const std::string& match) {
        store::Query query{connection_,
                           "SELECT rowid FROM message_index WHERE message_index MATCH :match ORDER BY rank"};
        query.bind(":match", match);
        return query.next();
    }
    void add(const std::string& stems) {
        store::Query insert{connection_, "INSERT INTO message_index (rowid, stems) VALUES (1, :stems)"};
        insert.bind(":stems", stems);
        insert.execute();
    }
    void clear() {
        store::Query all{connection_, "INSERT INTO message_index (message_index) VALUES ('delete-all')"};
        all.execute();
    }

private:
    store::Connection connection_;
};

// What FTS5's tokenizer knows for sure to be part of a word.
bool is_plain(const std::string& stem) {
    return std::all_of(stem.begin(), stem.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace

void check_search(std::string_view input) {
    static Index index;  // making one for each input would take most of the time
    index.clear();
    const std::string_view wanted = input.substr(0, input.find('\n'));
    const std::string_view text = input.substr(wanted.size());

    const std::vector<std::string> stems = util::stems(text);
    index.add(store::join_stems(stems));
    if (!is_utf8(input) || input.find('\0') != std::string_view::npos) return;  // never comes so far

    // Whatever is asked for is understood, be it words or not.
    for (const std::vector<std::string>& asked : {util::stems(wanted),
                                                  memory::query_stems(wanted),
                                                  {std::string{wanted}},
                                                  {std::string{wanted}, "b"}}) {
        const std::string match = store::match_any(asked);
        if (!match.empty()) index.finds(match);
    }
    for (const std::string& stem : stems)
        if (is_plain(stem)) require(index.finds(store::match_any({stem})), "indexed and not found: " + stem);
}

}  // namespace arq::fuzz
