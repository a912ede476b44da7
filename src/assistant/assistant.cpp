// SPDX-License-Identifier: MIT
#include "arq/assistant/assistant.h"

#include "arq/util/error.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

constexpr std::size_t kTitleBytes = 80;

// The beginning of the first message, on one line.
std::string title_of(std::string_view text) {
    std::string title{util::trim(util::truncate(text.substr(0, text.find('\n')), kTitleBytes))};
    if (title.size() < text.size()) title += "…";
    return title;
}

[[noreturn]] void raise_session_not_found() {
    throw Error{
        ErrorCode::kSessionNotFound,
        "there is no such session: leave `session_id` out to go on with the last one, or start one with "
        "`new_session`",
        "session_id"};
}

model::Session choose_session(store::UserFile& file, const TurnRequest& request) {
    if (request.session_id) {
        if (auto session = file.find_session(*request.session_id)) return *std::move(session);
        raise_session_not_found();
    }
    if (!request.new_session)
        if (auto session = file.latest_session()) return *std::move(session);
    return file.create_session(title_of(request.text), request.isolated);
}

TurnResult replay(store::UserFile::Answered answered, const TurnRequest& request) {
    if (answered.text != request.text)
        throw Error{ErrorCode::kMessageIdReused,
                    "this `message_id` was used for another text: send each message under an id of its own",
                    "message_id"};
    return {.answer = std::move(answered.answer), .replayed = true};
}

// A session that is asked for can't be there where the user has no file: none is made for the asking.
store::UserFiles::Lease open_file(store::UserFiles& files, const TurnRequest& request) {
    if (!request.session_id) return files.open_or_create(request.user);
    if (auto lease = files.open(request.user)) return *std::move(lease);
    raise_session_not_found();
}

}  // namespace

Assistant::Assistant(store::UserFiles& files, responder::Responder& responder, util::Clock& clock,
                     Options options)
    : files_(files), responder_(responder), clock_(clock), options_(std::move(options)) {}

TurnResult Assistant::take_turn(const TurnRequest& request) {
    const auto started = clock_.steady_now();
    const store::UserFiles::Lease file = open_file(files_, request);
    // From here on nobody else writes to this user's file: of two workers with the same message the
    // second one waits, and then finds the answer of the first.
    store::UserFile::Transaction transaction{*file};
    TurnResult result;
    if (auto answered = file->find_answer(request.message_id)) {
        result = replay(*std::move(answered), request);
        file->sync_log();
    } else {
        const model::Session session = choose_session(*file, request);
        store::Scope scope;
        if (session.isolated) scope.isolated_session = session.id;

        const auto recall_started = clock_.steady_now();
        const Recalled recalled = recall(*file, scope, request.text, options_);
        result.timing.recall = clock_.steady_now() - recall_started;

        const model::Message message = file->append_message(session.id, request.message_id, request.text);
        Remembered remembered = remember(*file, scope, message);

        model::Answer& answer = result.answer;
        answer.session_id = session.id;
        answer.message_id = request.message_id;
        answer.reply = responder_.reply(compose(request, remembered, recalled, options_));
        answer.memory.added = std::move(remembered.added);
        answer.memory.changed = std::move(remembered.changed);
        for (const auto& [memory, score] : recalled.memories)
            answer.memory.used.push_back(
                {.id = memory.id, .text = memory.text, .score = score, .version = memory.version});
        file->append_reply(message, answer.reply, answer.memory);

        const auto commit_started = clock_.steady_now();
        transaction.commit();
        result.timing.store = clock_.steady_now() - commit_started;
    }
    result.timing.total = clock_.steady_now() - started;
    return result;
}

}  // namespace arq::assistant
