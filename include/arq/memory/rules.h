// SPDX-License-Identifier: MIT
//
// The table of what is kept of a message: which phrases state which fact. Its notation is explained at the
// top of src/memory/facts.rules, which is compiled in; an owner's file in the same notation adds to it.
#pragma once

#include <memory>
#include <string_view>

namespace arq::memory {

struct RuleTable;

// Immutable once read, thread safe. Copies share the table.
class Rules {
public:
    // The table that is compiled in. It is read when it is first asked for: a process that keeps nothing of
    // messages has no memory taken by it.
    Rules() = default;
    static const Rules& standard();

    // The standard table and an owner's behind it. Throws arq::Error{kInvalidValue} that names the line at
    // fault and says how to mend it.
    static Rules with(std::string_view owners_text);

    const RuleTable& table() const;

private:
    explicit Rules(std::shared_ptr<const RuleTable> table) : table_{std::move(table)} {}

    std::shared_ptr<const RuleTable> table_;  // of all copies of one with an owner's rules; else none
};

}  // namespace arq::memory
