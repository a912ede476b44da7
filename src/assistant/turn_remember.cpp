// SPDX-License-Identifier: MIT
#include <algorithm>

#include "arq/memory/change.h"
#include "arq/util/calendar.h"
#include "arq/util/stem_set.h"
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

using Told = responder::Told;

// How many of the newest memories a correction, or something to be forgotten, is looked for in at a time.
constexpr int kPage = 200;
// "No wait, 35" speaks of what was said not much before.
constexpr std::chrono::minutes kCorrectable{60};

class Rememberer {
public:
    Rememberer(store::UserFile& file, const store::Scope& scope, const model::Message& message,
               std::string_view zone, std::int64_t most)
        : file_{file}, scope_{scope}, message_{message}, zone_{zone}, most_{most} {}

    Remembered remember(const memory::Rules& rules) {
        remembered_.statements =
            memory::extract_statements(message_.text, util::to_local(message_.created_at, zone_), rules);
        for (const memory::Statement& statement : remembered_.statements) {
            switch (statement.action) {
                case memory::Action::kForget:
                    forget(statement, rules);
                    break;
                case memory::Action::kCorrect:
                    correct(statement);
                    break;
                default:
                    apply(statement);
            }
        }
        return std::move(remembered_);
    }

private:
    std::vector<model::Memory> find_known(const std::string& subject, const std::string& text) {
        if (!subject.empty()) return file_.find_memories_by_subject(subject, scope_);
        if (auto known = file_.find_memory_by_text(text, scope_)) return {*std::move(known)};
        return {};
    }

    void apply(const memory::Statement& statement) {
        const auto known = find_known(memory::subject_key(statement), statement.text);
        Told told{.what = Told::What::kKnown,
                  .kind = statement.kind,
                  .subject = statement.subject,
                  .text = statement.text,
                  .value = statement.value};
        for (memory::Change& change : memory::decide(statement, known, message_.created_at)) {
            if (change.what != memory::Change::What::kClose) set_times(statement, change.memory);
            told.what = write(change, known);
        }
        const std::string other = memory::contradicted_subject(statement);
        if (!other.empty()) {
            memory::Statement closing = statement;
            closing.action = memory::Action::kClose;
            const auto contradicted = file_.find_memories_by_subject(other, scope_);
            for (memory::Change& change : memory::decide(closing, contradicted, message_.created_at))
                write(change, contradicted);
        }
        remembered_.told.push_back(std::move(told));
    }

    void set_times(const memory::Statement& statement, model::Memory& memory) const {
        if (statement.kind != model::MemoryKind::kEvent) return;
        memory.valid_from.reset();
        memory.valid_to.reset();
        if (statement.from) memory.valid_from = util::to_utc(*statement.from, zone_);
        if (statement.to) memory.valid_to = util::to_utc(*statement.to, zone_);
        memory.grain = statement.grain;
    }

    Told::What write(memory::Change& change, const std::vector<model::Memory>& known) {
        model::Memory& memory = change.memory;
        if (change.what == memory::Change::What::kAdd) {
            if (file_.count_memories() >= most_) return Told::What::kNoRoom;
            memory.session_id = scope_.isolated_session;
            memory.source_message = message_.id;
            const model::Memory added = file_.add_memory(std::move(memory));
            remembered_.added.push_back(
                {.id = added.id, .text = added.text, .kind = added.kind, .version = added.version});
            return Told::What::kRemembered;
        }
        const auto before = std::find_if(known.begin(), known.end(),
                                         [&](const model::Memory& one) { return one.id == memory.id; });
        const bool closes = change.what == memory::Change::What::kClose;
        if (!closes && before->text == memory.text && before->valid_from == memory.valid_from &&
            before->valid_to == memory.valid_to)
            return Told::What::kKnown;
        const std::string previous = before->text;
        const model::Memory changed =
            closes ? file_.close_memory(std::move(memory), message_.created_at, message_.id)
                   : file_.change_memory(std::move(memory), message_.id);
        remembered_.changed.push_back({.id = changed.id,
                                       .text = changed.text,
                                       .previous = previous,
                                       .kind = changed.kind,
                                       .version = changed.version});
        return closes ? Told::What::kClosed : Told::What::kChanged;
    }

    // What was told or changed last, if that was not long ago.
    void correct(const memory::Statement& correction) {
        std::optional<model::Memory> newest;
        for (model::Memory& memory : file_.list_memories(scope_, std::nullopt, std::nullopt, kPage))
            if (memory.updated_at + kCorrectable >= message_.created_at &&
                (!newest || memory.updated_at > newest->updated_at) && memory::correct(correction, memory))
                newest = std::move(memory);
        if (!newest) return;
        model::Memory corrected = *memory::correct(correction, *newest);
        const std::string previous = newest->text;
        const model::Memory changed = file_.change_memory(std::move(corrected), message_.id);
        remembered_.changed.push_back({.id = changed.id,
                                       .text = changed.text,
                                       .previous = previous,
                                       .kind = changed.kind,
                                       .version = changed.version});
        remembered_.told.push_back({.what = Told::What::kChanged,
                                    .kind = changed.kind,
                                    .subject = changed.subject,
                                    .text = changed.text,
                                    .value = changed.value});
    }

    void forget(const memory::Statement& statement, const memory::Rules& rules) {
        const memory::Forgetting forgetting = memory::read_forgetting(statement, rules);
        std::vector<model::Memory> meant;
        std::optional<util::Id> after;
        for (;;) {
            std::vector<model::Memory> page = file_.list_memories(scope_, std::nullopt, after, kPage);
            if (page.empty()) break;
            after = page.back().id;
            const bool is_last = page.size() < kPage;
            for (model::Memory& memory : page)
                if (memory::is_about(forgetting, memory, file_.memory_history(memory.id)))
                    meant.push_back(std::move(memory));
            if (is_last) break;
        }
        for (const model::Memory& memory : meant) {
            remembered_.forgotten.push_back({.id = memory.id, .kind = memory.kind});
            file_.forget_memory(memory.id);
        }
        if (!forgetting.stems.empty() && forgetting.stems.size() <= util::StemSet::kMost)
            file_.hide_messages_with(util::StemSet{forgetting.stems}, scope_);
        file_.hide_message(message_.id);
        remembered_.told.push_back(
            {.what = meant.empty() ? Told::What::kNothingForgotten : Told::What::kForgotten});
    }

    store::UserFile& file_;
    const store::Scope& scope_;
    const model::Message& message_;
    std::string_view zone_;
    std::int64_t most_;
    Remembered remembered_;
};

}  // namespace

Remembered remember(store::UserFile& file, const store::Scope& scope, const model::Message& message,
                    std::string_view zone, const memory::Rules& rules, std::int64_t most) {
    return Rememberer{file, scope, message, zone, most}.remember(rules);
}

Remembered reread(const model::Message& message, std::string_view zone, const memory::Rules& rules) {
    Remembered remembered{.statements = memory::extract_statements(
                              message.text, util::to_local(message.created_at, zone), rules)};
    for (const memory::Statement& statement : remembered.statements) {
        Told told{.what = Told::What::kRemembered,
                  .kind = statement.kind,
                  .subject = statement.subject,
                  .text = statement.text,
                  .value = statement.value};
        if (statement.action == memory::Action::kForget) told = {.what = Told::What::kForgotten};
        if (statement.action == memory::Action::kClose) told.what = Told::What::kClosed;
        if (statement.action == memory::Action::kCorrect) told.what = Told::What::kChanged;
        remembered.told.push_back(std::move(told));
    }
    return remembered;
}

}  // namespace arq::assistant
