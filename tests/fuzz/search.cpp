// SPDX-License-Identifier: MIT
//
// Input: a line that is looked for, then a text that is indexed. And the whole of it as a block of the index.
#include <algorithm>

#include "arq/memory/rank.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "fuzz/checks.h"
#include "store/recall_block.h"

namespace arq::fuzz {

void check_search(std::string_view input) {
    const std::string_view wanted = input.substr(0, input.find('\n'));
    const std::string_view text = input.substr(wanted.size());
    const std::vector<std::string> asked = memory::query_stems(wanted);
    const store::WantedStems numbers{asked};
    try {
        // Whatever it is: refused, or what is read out of it can be written again.
        store::search_block(input, numbers);
        const auto read = store::decode_block(input);
        store::stems_of_block(input);
        if (!read.empty()) store::encode_block(read);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::kStorageDamaged, "a block is refused as something else");
    }
    if (!is_utf8(input) || input.find('\0') != std::string_view::npos) return;  // never comes so far

    const store::IndexedExchange exchange{
        .id = 1, .session = 1, .said = store::index_text(text), .answered = store::index_text(wanted)};
    const model::Stretch found = store::search_block(store::encode_block({&exchange, 1}), numbers);
    const std::vector<std::string> stems = util::stems(text);
    for (std::size_t at = 0; at < asked.size(); ++at) {
        const bool stands = std::find(stems.begin(), stems.end(), asked[at]) != stems.end();
        const bool is_found =
            std::any_of(found.occurrences.begin(), found.occurrences.end(), [&](const auto& occurrence) {
                return occurrence.stem == at && occurrence.turn == 0 && occurrence.count > 0;
            });
        require(!stands || is_found || exchange.said.stems.size() >= 4000,
                "indexed and not found: " + asked[at]);
    }
}

}  // namespace arq::fuzz
