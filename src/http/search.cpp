// SPDX-License-Identifier: MIT
//
// /api/search: over everything that was said, by both.
#include "arq/assistant/search.h"
#include "arq/util/error.h"
#include "arq/util/text.h"
#include "http/lists.h"

namespace arq::http {

Response get_search(Context& context) {
    const auto file = open_file(context);
    const Page page = read_page(context);
    const auto query = parameter(context, "query");
    if (!query) throw Error{ErrorCode::kMissingField, "`query` is missing: it is required", "query"};
    if (util::trim(*query).empty())
        throw Error{ErrorCode::kInvalidValue, "`query` is empty: send at least one word", "query"};
    const auto session = read_session(file, parameter(context, "session_id"));
    const auto after = page.after_id();
    std::vector<assistant::Found<model::Message>> results;
    if (file)
        results = assistant::search_said(**file, *query, session ? std::optional{session->id} : std::nullopt,
                                         after, static_cast<std::size_t>(page.limit) + 1);
    else if (after)
        throw Error{ErrorCode::kInvalidValue, "`after` must be the id of the last result of the page before",
                    "after"};
    using Result = assistant::Found<model::Message>;
    const auto write = [](json::Writer& json, const Result& result) {
        json.begin_object();
        write_message_members(json, result.item);
        write_id(json, "session_id", result.item.session_id);
        json.key("score").value(result.score, 4);
        json.end_object();
    };
    return answer_json(context, 200, write_list("results", results, page, write, [](const Result& result) {
                           return util::format_id(result.item.id);
                       }));
}

}  // namespace arq::http
