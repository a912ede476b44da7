// SPDX-License-Identifier: MIT
//
// The HTTP contract (docs/api.md): from a request to its response. Thread safe; keeps nothing between
// requests but what its parts keep.
#pragma once

#include <string>

#include "arq/assistant/assistant.h"
#include "arq/config/config.h"
#include "arq/config/live_secrets.h"
#include "arq/http/message.h"
#include "arq/store/host.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"

namespace arq::http {

class Api {
public:
    struct Parts {
        const config::Config& config;
        config::LiveSecrets& secrets;
        store::UserFiles& files;
        store::Host& host;
        assistant::Assistant& assistant;
        util::Clock& clock;
        std::string version;
        std::string data_folder;  // watched for being writable
    };

    // What `parts` refers to outlives it.
    explicit Api(Parts parts) : parts_(std::move(parts)) {}

    // Never throws: whatever goes wrong is a response in the contract's error shape, and what was not
    // foreseen is logged with the request's id.
    Response handle(const Request& request) const;

    // Whose request it seems to be, before anything was verified: what has the same name is better not
    // worked on at once, for it would only wait for the same file. Empty: nobody's.
    static std::string queue_name(const Request& request);

    // The answer to a request that came when too many of the same user's waited already, or that waited
    // for longer than store.busy_timeout_ms.
    Response refuse_busy(const Request& request) const;

private:
    const Parts parts_;
};

}  // namespace arq::http
