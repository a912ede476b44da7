// SPDX-License-Identifier: MIT
//
// Answers without any model, from what the user said: confirms what it is told to remember, quotes what
// bears on the message with its date, and says so when it knows nothing. In English and Russian.
#pragma once

#include "arq/responder/responder.h"

namespace arq::responder {

class EmbeddedResponder final : public Responder {
public:
    bool is_instant() const override { return true; }
    model::Reply reply(const Prompt& prompt) override;
};

}  // namespace arq::responder
