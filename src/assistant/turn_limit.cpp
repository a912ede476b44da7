// SPDX-License-Identifier: MIT
//
// How much is kept of a user. Beyond a limit the oldest turns that taught nothing are folded into their
// session's summary and go, a few with each message, so that no message waits for many; then, where only the
// file's size is beyond it, the oldest summaries whose session has nothing else. Memories are never dropped.
#include <algorithm>
#include <map>

#include "arq/context/summary.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

constexpr std::int64_t kTurnsAtOnce = 8;
// What was said last stays, however large the file is: it is not made smaller by it any more.
constexpr std::int64_t kMessagesKept = 64;

void fold(store::UserFile& file, const std::vector<model::Message>& messages, const Options& options) {
    std::map<util::Id, std::vector<model::Message>> by_session;
    for (const model::Message& message : messages)
        if (!file.is_hidden(message.id)) by_session[message.session_id].push_back(message);
    for (const auto& [session, said] : by_session) {
        context::Summary summary;
        if (const auto stored = file.find_summary(session))
            summary = context::decode_summary(stored->text).value_or(context::Summary{});
        summary = context::fold(std::move(summary), said, {.tokens = options.summary_tokens});
        file.put_summary({.session_id = session,
                          .text = context::encode_summary(summary),
                          .first_message = summary.first_message,
                          .last_message = summary.last_message,
                          .turns = summary.turns});
    }
    file.drop_messages(messages);
}

}  // namespace

void keep_within_limits(store::UserFile& file, util::Id newest, const Options& options) {
    const store::UserFile::Usage usage = file.measure_usage();
    const bool has_too_many = usage.messages > options.max_messages;
    const bool is_too_large = usage.bytes > options.max_bytes;
    if (!has_too_many && !is_too_large) return;
    // A share of the limit at a time, so that it isn't met again with the next message already.
    const std::int64_t turns = std::clamp<std::int64_t>(options.max_messages / 64, 1, kTurnsAtOnce);
    if (has_too_many || usage.messages > kMessagesKept) {
        const std::vector<model::Message> oldest = file.list_oldest_messages(newest, static_cast<int>(turns));
        if (!oldest.empty()) return fold(file, oldest, options);
    }
    if (is_too_large) file.drop_oldest_summary();
}

}  // namespace arq::assistant
