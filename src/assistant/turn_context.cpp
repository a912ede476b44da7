// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/context/follow_up.h"
#include "arq/context/summary.h"
#include "arq/context/tokens.h"
#include "arq/util/calendar.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

using Turns = std::vector<store::UserFile::Turn>;

std::string_view reply_of(const store::UserFile::Turn& turn) {
    return turn.reply ? std::string_view{turn.reply->text} : std::string_view{};
}

// "2026-11-24: My order number is 4417": dates as every model reads them.
std::string dated(std::string_view text, util::Timestamp time, std::string_view zone) {
    const std::chrono::year_month_day day = util::local_day(time, zone);
    const auto two_digits = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(static_cast<int>(day.year())) + '-' +
           two_digits(static_cast<unsigned>(day.month())) + '-' +
           two_digits(static_cast<unsigned>(day.day())) + ": " + std::string{text};
}

std::string_view speaker_of(model::Role role) {
    return role == model::Role::kUser ? "User: " : "Assistant: ";
}

// "my dentist appointment is on Friday (in 3 days)".
std::string text_of(const responder::Fact& fact) {
    return fact.when.empty() ? fact.text : fact.text + " (" + fact.when + ")";
}

// What is known of what was asked, and what is recalled, but for the turns that go in whole.
context::Material gather(const model::Message& asked, std::string_view zone, const Recalled& recalled,
                         const std::vector<responder::Fact>& facts, const Turns& turns) {
    context::Material material{.message = asked.text};
    for (const responder::Fact& fact : facts) material.facts.push_back({.text = text_of(fact), .worth = 1});
    for (const auto& [memory, score] : recalled.memories) {
        const bool is_told = std::any_of(facts.begin(), facts.end(), [&text = memory.text](const auto& fact) {
            return fact.text == text;
        });
        const bool instructs = memory.kind == model::MemoryKind::kInstruction;
        if (!is_told)
            (instructs ? material.instructions : material.facts)
                .push_back({.text = memory.text, .worth = score});
    }
    for (const auto& [message, score] : recalled.messages) {
        const bool is_whole = std::any_of(turns.begin(), turns.end(), [id = message.id](const auto& turn) {
            return turn.message.id == id;
        });
        if (!is_whole)
            material.quotes.push_back(
                {.text = dated(message.text, message.created_at, zone), .worth = score});
    }
    for (const auto& turn : turns)
        material.turns.push_back({.message = turn.message.text, .reply = std::string{reply_of(turn)}});
    return material;
}

// What holds whatever is asked: standing instructions, and what is known of the user, the newest first.
void add_known(store::UserFile& file, const store::Scope& scope, const model::Message& message,
               context::Material& material) {
    struct Part {
        model::MemoryKind kind;
        int most;
        double worth;  // beside what is recalled for the message
        std::vector<context::Item>& items;
    };
    for (const Part& known : {Part{model::MemoryKind::kInstruction, 20, 0.9, material.instructions},
                              Part{model::MemoryKind::kFact, 50, 0.3, material.facts},
                              Part{model::MemoryKind::kPreference, 30, 0.2, material.facts}}) {
        for (const model::Memory& memory : file.list_memories(scope, known.kind, {}, known.most)) {
            const bool is_told =
                std::any_of(known.items.begin(), known.items.end(),
                            [&](const context::Item& item) { return item.text.starts_with(memory.text); });
            // What holds no more is told where it is asked for; what the message says itself stands there.
            if (is_told || memory.valid_to || memory.source_message == message.id) continue;
            known.items.push_back({.text = memory.text, .worth = known.worth});
        }
    }
}

// The sentences of what lies before the turns that go in whole.
std::vector<context::Item> items_of(const context::Summary& summary, std::optional<util::Id> first_turn) {
    constexpr double kWhole = 1000;
    std::vector<context::Item> items;
    for (const context::SummarySentence& sentence : summary.sentences)
        if (!first_turn || sentence.message < *first_turn)
            items.push_back({.text = std::string{speaker_of(sentence.role)} + sentence.text,
                             .worth = sentence.worth / kWhole});
    return items;
}

context::Summary load_summary(store::UserFile& file, util::Id session_id) {
    const auto stored = file.find_summary(session_id);
    if (!stored) return {};
    return context::decode_summary(stored->text).value_or(context::Summary{});
}

void save_summary(store::UserFile& file, util::Id session_id, const context::Summary& summary) {
    file.put_summary({.session_id = session_id,
                      .text = context::encode_summary(summary),
                      .first_message = summary.first_message,
                      .last_message = summary.last_message,
                      .turns = summary.turns});
}

}  // namespace

Understood understand(store::UserFile& file, const model::Session& session, std::string_view text,
                      std::optional<util::Id> before) {
    // A follow-up of a follow-up goes back to what both follow.
    constexpr int kMostTurns = 3;
    constexpr std::size_t kMostBytes = 16384;
    Understood understood{.query = std::string{text}};
    if (!context::may_be_follow_up(text)) return understood;
    const Turns turns = file.latest_turns(session.id, before, kMostTurns, kMostBytes);
    std::string said;
    std::string_view reply;
    for (const auto& turn : turns) {
        auto completed = context::complete_follow_up(turn.message.text, {.message = said, .reply = reply});
        said = completed ? *std::move(completed) : turn.message.text;
        reply = reply_of(turn);
    }
    if (auto completed = context::complete_follow_up(text, {.message = said, .reply = reply})) {
        understood.query = *std::move(completed);
        understood.turns_used = 1;
    }
    return understood;
}

Context fit_window(store::UserFile& file, const store::Scope& scope, const model::Message& message,
                   std::string_view zone, const Recalled& recalled, const std::vector<responder::Fact>& facts,
                   const topics::Classifier& categories, const Options& options) {
    // Tokens are mostly shorter; what is read beyond the window is waste.
    constexpr std::size_t kBytesPerToken = 8;
    constexpr int kMostFolded = 128;  // messages: a long session is summarised over some turns
    constexpr int kMostRounds = 4;
    constexpr double kWorthOfAnotherTopic = 0.4;
    const Turns turns = file.latest_turns(message.session_id, message.id, options.window_turns,
                                          options.window_tokens * kBytesPerToken);
    context::Material material = gather(message, zone, recalled, facts, turns);
    add_known(file, scope, message, material);
    std::vector<std::string_view> said;
    for (const auto& turn : turns) said.push_back(turn.message.text);
    Context fitted{.changes_topic = topics::changes_topic(message.text, said, categories)};
    if (fitted.changes_topic) material.turns_worth = kWorthOfAnotherTopic;
    context::Summary summary = load_summary(file, message.session_id);
    std::optional<util::Id> first_turn;
    // What leaves the window goes into the summary, which then takes room in the window itself: from one
    // round to the next turns can only leave.
    for (int folded = 0, round = 0; round < kMostRounds; ++round) {
        if (!recalled.has_forgotten) material.summary = items_of(summary, first_turn);
        fitted.window = context::fill_window(material, options.window_tokens, options.window_shares);
        const std::size_t kept = fitted.window.turns.size();
        first_turn = kept > 0 ? turns[turns.size() - kept].message.id : message.id;
        material.turns = fitted.window.turns;
        const std::vector<model::Message> left = file.messages_between(
            message.session_id, summary.last_message, *first_turn, kMostFolded - folded);
        if (left.empty() && round > 0) break;
        if (left.empty()) continue;
        folded += static_cast<int>(left.size());
        summary = context::fold(std::move(summary), left, {.tokens = options.summary_tokens});
        save_summary(file, message.session_id, summary);
    }

    const auto is_in_both = [&](const auto& turn) {
        return turn.message.id >= *first_turn && turn.message.id <= summary.last_message;
    };
    const auto in_both = static_cast<int>(std::count_if(turns.begin(), turns.end(), is_in_both));
    fitted.use = {.window_tokens = static_cast<int>(fitted.window.budget_tokens),
                  .prompt_tokens = static_cast<int>(fitted.window.prompt_tokens),
                  .turns_kept = static_cast<int>(fitted.window.turns.size()),
                  .turns_summarised = fitted.window.summary.empty() ? 0 : summary.turns - in_both};
    return fitted;
}

model::ContextUse measure_context(const Understood& understood, const Recalled& recalled,
                                  const responder::Prompt& prompt, const Options& options) {
    std::size_t tokens = context::estimate_tokens(understood.query);
    for (const auto& [memory, score] : recalled.memories) tokens += context::estimate_tokens(memory.text);
    for (const responder::Quote& quote : prompt.quotes) tokens += context::estimate_tokens(quote.text);
    return {.window_tokens = static_cast<int>(options.window_tokens),
            .prompt_tokens = static_cast<int>(tokens),
            .turns_kept = understood.turns_used};
}

}  // namespace arq::assistant
