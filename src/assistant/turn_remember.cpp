// SPDX-License-Identifier: MIT
#include "assistant/turn.h"

namespace arq::assistant {
namespace {

std::optional<model::Memory> find_known(store::UserFile& file, const store::Scope& scope,
                                        const memory::Statement& statement) {
    return statement.subject.empty() ? file.find_memory_by_text(statement.text, scope)
                                     : file.find_memory_by_subject(statement.subject, scope);
}

}  // namespace

Remembered remember(store::UserFile& file, const store::Scope& scope, const model::Message& message) {
    Remembered remembered{.statements = memory::extract_statements(message.text)};
    for (const memory::Statement& statement : remembered.statements) {
        const auto known = find_known(file, scope, statement);
        if (!known) {
            const model::Memory added = file.add_memory({.text = statement.text,
                                                         .kind = statement.kind,
                                                         .subject = statement.subject,
                                                         .value = statement.value,
                                                         .session_id = scope.isolated_session,
                                                         .source_message = message.id});
            remembered.added.push_back(
                {.id = added.id, .text = added.text, .kind = added.kind, .version = added.version});
        } else if (known->text != statement.text) {
            model::Memory said = *known;
            said.text = statement.text;
            said.value = statement.value;
            const model::Memory changed = file.change_memory(std::move(said), message.id);
            remembered.changed.push_back({.id = changed.id,
                                          .text = changed.text,
                                          .previous = known->text,
                                          .kind = changed.kind,
                                          .version = changed.version});
        }
    }
    return remembered;
}

}  // namespace arq::assistant
