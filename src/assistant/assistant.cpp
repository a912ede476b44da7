// SPDX-License-Identifier: MIT
#include "arq/assistant/assistant.h"

#include <algorithm>
#include <array>

#include "arq/topics/categories.h"
#include "arq/topics/topics.h"
#include "arq/util/error.h"
#include "arq/util/hash.h"
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

// A limit holds for new messages: what was taken before is answered however often it is asked for.
void require_not_limited(const TurnRequest& request) {
    if (request.repetition_only)
        throw Error{ErrorCode::kRateLimited,
                    "too many requests from this address: wait as long as `Retry-After` says, then send "
                    "this one again"};
}

void require_same_text(std::string_view stored, const TurnRequest& request) {
    if (stored != request.text)
        throw Error{ErrorCode::kMessageIdReused,
                    "this `message_id` was used for another text: send each message under an id of its own",
                    "message_id"};
}

// What is told again was committed by somebody who may have died before the disk had it.
TurnResult replay(store::UserFile& file, store::UserFile::Answered answered, const TurnRequest& request) {
    require_same_text(answered.text, request);
    file.sync_log();
    return {.answer = std::move(answered.answer), .replayed = true};
}

// Neither a session nor a repetition can be there where the user has no file: none is made for the asking.
store::UserFiles::Lease open_file(store::UserFiles& files, const TurnRequest& request) {
    if (!request.session_id && !request.repetition_only) return files.open_or_create(request.user);
    if (auto lease = files.open(request.user)) return *std::move(lease);
    require_not_limited(request);
    raise_session_not_found();
}

store::Scope scope_of(const model::Session& session) {
    store::Scope scope;
    if (session.isolated) scope.isolated_session = session.id;
    return scope;
}

// What was found before the message had it forgotten is not told any more.
bool has_forgotten(const Remembered& remembered) {
    return std::any_of(
        remembered.statements.begin(), remembered.statements.end(),
        [](const memory::Statement& statement) { return statement.action == memory::Action::kForget; });
}

void add_used(model::MemoryUse& use, const Recalled& recalled) {
    for (const auto& [memory, score] : recalled.memories)
        use.used.push_back({.id = memory.id, .text = memory.text, .score = score, .version = memory.version});
}

// Writes the reply; the transaction is the caller's to commit.
TurnResult finish(store::UserFile& file, const model::Message& message, model::Reply reply,
                  model::MemoryUse memory, std::vector<model::Topic> topics, const model::ContextUse& context,
                  const Options& options) {
    TurnResult result;
    result.answer = {.session_id = message.session_id, .message_id = message.client_id, .context = context};
    file.append_reply(message, reply, memory, topics, context);
    result.answer.topics = std::move(topics);
    file.drop_lease(message.id);
    keep_within_limits(file, message.id, options);
    result.answer.reply = std::move(reply);
    result.answer.memory = std::move(memory);
    return result;
}

}  // namespace

Assistant::Assistant(store::UserFiles& files, responder::Responder& responder, util::Clock& clock,
                     Options options)
    : files_(files),
      responder_(responder),
      clock_(clock),
      options_(std::move(options)),
      categories_(options_.categories.empty() ? topics::shipped_categories()
                                              : topics::Classifier{options_.categories}) {}

struct Assistant::Work {
    model::Message message;
    responder::Prompt prompt;
    model::MemoryUse memory;
    model::ContextUse context;
    std::vector<model::Topic> topics;
    std::chrono::duration<double, std::milli> recall_time{};
};

TurnResult Assistant::take_turn(const TurnRequest& request) {
    const auto started = clock_.steady_now();
    TurnResult result = responder_.is_instant() ? take_in_one_step(request) : take_under_lease(request);
    result.timing.total = clock_.steady_now() - started;
    return result;
}

model::Reply Assistant::ask(const responder::Prompt& prompt) {
    model::Reply reply = responder_.reply(prompt);
    reply.variant = options_.variant;
    return reply;
}

Assistant::Work Assistant::begin(store::UserFile& file, const TurnRequest& request) {
    require_not_limited(request);
    const model::Session session = choose_session(file, request);
    const store::Scope scope = scope_of(session);
    const auto started = clock_.steady_now();
    const std::string_view zone = zone_of(request, options_);
    const Understood understood = understand(file, session, request.text, {});
    Recalled recalled = recall(file, scope, understood.query, {}, clock_.now(), zone, options_);
    Work work{.recall_time = clock_.steady_now() - started};
    work.message = file.append_message(session.id, request.message_id, request.text);
    // Before the message teaches anything: "Where did I live before? I live in Rome now."
    Known known = find_known(file, scope, understood.query, work.message.created_at, zone,
                             language_of(request, options_), options_.rules);
    Remembered remembered = remember(file, scope, work.message, zone, options_.rules, options_.max_memories);
    if (has_forgotten(remembered)) recalled = {.has_forgotten = true};
    work.prompt = compose(request, understood, remembered, std::move(known), recalled, options_);
    work.memory.added = std::move(remembered.added);
    work.memory.changed = std::move(remembered.changed);
    work.memory.forgotten = std::move(remembered.forgotten);
    add_used(work.memory, recalled);
    add_context(file, scope, request, work, understood, recalled);
    return work;
}

// A message that was stored but not answered: whoever was at work on it is gone.
Assistant::Work Assistant::resume(store::UserFile& file, const TurnRequest& request,
                                  const model::Message& message) {
    const auto session = file.find_session(message.session_id);
    if (!session) raise_session_not_found();
    const auto started = clock_.steady_now();
    const std::string_view zone = zone_of(request, options_);
    const Understood understood = understand(file, *session, request.text, message.id);
    const Recalled recalled =
        recall(file, scope_of(*session), understood.query, message.id, clock_.now(), zone, options_);
    Work work{.message = message, .memory = file.find_taught_by(message.id)};
    work.recall_time = clock_.steady_now() - started;
    Known known = find_known(file, scope_of(*session), understood.query, message.created_at, zone,
                             language_of(request, options_), options_.rules);
    Remembered remembered = reread(message, zone, options_.rules);
    work.prompt = compose(request, understood, remembered, std::move(known), recalled, options_);
    add_context(file, scope_of(*session), request, work, understood, recalled);
    add_used(work.memory, recalled);
    return work;
}

void Assistant::add_context(store::UserFile& file, const store::Scope& scope, const TurnRequest& request,
                            Work& work, const Understood& understood, const Recalled& recalled) const {
    // What is asked tells its topics, not what a follow-up leaves out.
    work.topics = topics::find_topics(understood.query, recalled.counts, categories_);
    if (responder_.is_instant()) {
        work.context = measure_context(understood, recalled, work.prompt, options_);
        return;
    }
    Context fitted = fit_window(file, scope, work.message, zone_of(request, options_), recalled,
                                work.prompt.facts, categories_, options_);
    work.prompt.window = std::move(fitted.window);
    work.prompt.changes_topic = fitted.changes_topic;
    work.context = fitted.use;
}

TurnResult Assistant::take_in_one_step(const TurnRequest& request) {
    const store::UserFiles::Lease file = open_file(files_, request);
    // From here on nobody else writes to this user's file: of two workers with the same message the
    // second one waits, and then finds the answer of the first.
    store::UserFile::Transaction transaction{*file};
    if (auto answered = file->find_answer(request.message_id))
        return replay(*file, *std::move(answered), request);
    const auto pending = file->find_message(request.message_id);
    if (pending) require_same_text(pending->text, request);
    Work work = pending ? resume(*file, request, *pending) : begin(*file, request);
    TurnResult result = finish(*file, work.message, ask(work.prompt), std::move(work.memory),
                               std::move(work.topics), work.context, options_);
    result.timing.recall = work.recall_time;
    const auto commit_started = clock_.steady_now();
    transaction.commit();
    result.timing.store = clock_.steady_now() - commit_started;
    file->scrub_if_due();
    return result;
}

TurnResult Assistant::take_under_lease(const TurnRequest& request) {
    constexpr util::Milliseconds kFirstPause{20};
    constexpr util::Milliseconds kLongestPause{250};
    std::array<std::byte, 16> random{};
    clock_.random_fill(random);
    const std::string owner = util::to_hex(random);

    std::optional<Work> work;
    for (util::Milliseconds pause = kFirstPause; !work; pause = std::min(pause * 2, kLongestPause)) {
        {
            const store::UserFiles::Lease file = open_file(files_, request);
            store::UserFile::Transaction transaction{*file};
            if (auto answered = file->find_answer(request.message_id))
                return replay(*file, *std::move(answered), request);
            const auto pending = file->find_message(request.message_id);
            if (pending) require_same_text(pending->text, request);
            const auto until = clock_.now() + options_.lease;
            if (!pending) {
                work = begin(*file, request);
                file->take_lease(work->message.id, owner, until);
            } else if (file->take_lease(pending->id, owner, until)) {
                work = resume(*file, request, *pending);
            }
            if (work) {
                transaction.commit();
                file->scrub_if_due();
            }
        }
        if (!work) clock_.sleep_for(pause);
    }

    model::Reply reply = ask(work->prompt);

    const auto lease = files_.open(request.user);
    if (!lease) raise_session_not_found();
    store::UserFile& file = **lease;
    store::UserFile::Transaction transaction{file};
    // Somebody took over, because this took longer than the lease: the first answer stands.
    if (auto answered = file.find_answer(request.message_id))
        return replay(file, *std::move(answered), request);
    // The user deleted it meanwhile: there is nothing to answer any more.
    if (!file.find_message(request.message_id)) raise_session_not_found();
    TurnResult result = finish(file, work->message, std::move(reply), std::move(work->memory),
                               std::move(work->topics), work->context, options_);
    result.timing.recall = work->recall_time;
    transaction.commit();
    return result;
}

}  // namespace arq::assistant
