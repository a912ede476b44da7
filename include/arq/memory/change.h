// SPDX-License-Identifier: MIT
//
// What a statement does to the memories that there are. Pure: values in, what is to be written out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/memory/extract.h"
#include "arq/model/memory.h"
#include "arq/util/clock.h"

namespace arq::memory {

struct Change {
    enum class What {
        kAdd,     // `memory` is new
        kChange,  // the memory of that id says this from now on
        kClose,   // the memory of that id holds no more
    };
    What what = What::kAdd;
    model::Memory memory;
};

// What is to be written because of the statement, at `now`; nothing where it was known already. `known` are
// the memories of its subject_key(), those that hold no more too. Not for statements that forget or correct.
std::vector<Change> decide(const Statement& statement, const std::vector<model::Memory>& known,
                           util::Timestamp now);

// The subject whose memories of the same value the statement contradicts: who hates tea likes it no more. Empty
// where there is none.
std::string contradicted_subject(const Statement& statement);

// "No wait, 35": the memory with the corrected value in its text and its value; nothing where that can't be
// meant.
std::optional<model::Memory> correct(const Statement& correction, const model::Memory& memory);

// What "forget …" is about.
struct Forgetting {
    bool everything = false;             // of this user
    std::vector<std::string> subjects;   // the relations that its words name
    std::vector<std::string> stems;      // what the memories in question hold, all of them
};
Forgetting read_forgetting(const Statement& statement, const Rules& rules = Rules::standard());

// Whether it is about that memory, by what it says or once said.
bool is_about(const Forgetting& forgetting, const model::Memory& memory,
              const std::vector<model::MemoryVersion>& history);

}  // namespace arq::memory
