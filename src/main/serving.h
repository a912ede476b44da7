// SPDX-License-Identifier: MIT
//
// What arq-worker and arq-legacy have in common, since the one stands in for the other on the same users'
// files: how they are started, and the parts that answer.
#pragma once

#include <string>
#include <vector>

#include "arq/assistant/assistant.h"
#include "arq/config/config.h"
#include "arq/config/live_secrets.h"
#include "arq/http/api.h"
#include "arq/model/conversation.h"
#include "arq/monitor/pool_map.h"
#include "arq/monitor/request_log.h"
#include "arq/responder/embedded.h"
#include "arq/store/host.h"
#include "arq/store/journal.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "main/prefix.h"

namespace arq::main {

struct ServingArguments {
    Prefix prefix;
    std::vector<int> listeners;
    std::string ready_file;
    std::string index;
    model::Variant variant;
};

// The command line of such a program. Answers --help (`about` and the options) and --version, and ends the
// process; on a wrong call too, with 2.
ServingArguments parse_serving_arguments(int argc, char** argv, const char* program, const char* about,
                                         model::Variant variant);

// The first thing that such a program does: it lets go of what isn't its own, and waits for stop signals
// later.
void prepare_process(const ServingArguments& arguments);

// The parts, built in order, lowest first. Thread safe as they are. What is given outlives it.
class Backend {
public:
    Backend(const ServingArguments& arguments, const config::Config& config, const http::RouteTable& routes,
            monitor::PoolMap& pool, util::Clock& clock);

    store::UserFiles& files() { return files_; }
    const http::Api& api() const { return api_; }

private:
    config::LiveSecrets secrets_;
    const store::Journal journal_;
    store::Host host_;
    store::UserFiles files_;
    responder::EmbeddedResponder responder_;
    assistant::Assistant assistant_;
    monitor::RequestLog request_log_;
    const http::Api api_;
};

// Says that it serves, to the supervisor, in the pool's numbers and in the log (`kind`: worker or standby).
// The listeners are there before it: from now on the next connection is served.
void note_ready(const ServingArguments& arguments, monitor::WorkerSlot& slot, const std::string& kind);

}  // namespace arq::main
