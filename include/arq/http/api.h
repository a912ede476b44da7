// SPDX-License-Identifier: MIT
//
// The HTTP contract (docs/api.md): from a request to its response. Thread safe; keeps nothing between
// requests but what its parts keep.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "arq/assistant/assistant.h"
#include "arq/config/config.h"
#include "arq/config/live_secrets.h"
#include "arq/http/message.h"
#include "arq/model/conversation.h"
#include "arq/monitor/pool_map.h"
#include "arq/monitor/request_log.h"
#include "arq/store/host.h"
#include "arq/store/user_files.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"

namespace arq::http {

// Which paths are answered by what. The legacy program's knows the same paths, and refuses (kNotInLegacy)
// what it goes without; who uses one table alone links what that one needs alone.
struct RouteTable;
const RouteTable& all_routes();
const RouteTable& legacy_routes();
class PoolView;

// How arq-watch calls itself (User-Agent) when it asks for /health/live: such requests are not logged.
inline constexpr const char* kProbeUserAgent = "arq-watch";

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
        const RouteTable& routes = all_routes();
        monitor::PoolMap& pool;
        monitor::RequestLog* request_log = nullptr;  // null: requests are not logged
        std::string worker;                          // as the supervisor calls this one
        model::Variant variant = model::Variant::kProduction;
        std::string serving_file;  // says what the slots are served by (run/variant); may be missing
    };

    // What `parts` refers to outlives it.
    explicit Api(Parts parts);
    ~Api();

    // Never throws: whatever goes wrong is a response in the contract's error shape, and what was not
    // foreseen is logged with the request's id.
    Response handle(const Request& request) const;

    // Counts and logs a request that was answered, once the answer is out. (arq-watch's probes would fill the
    // log: they are counted alone.)
    void record(const Request& request, const Response& response, monitor::UnderWay under_way) const;

    // Whose request it seems to be, before anything was verified: what has the same name is better not
    // worked on at once, for it would only wait for the same file. Empty: nobody's.
    static std::string queue_name(const Request& request);

    // How long the body of a request may be where it is longer than limits.body_bytes: it then comes as a
    // file. 0: no longer. Asked before the body is read.
    static std::size_t long_body_limit(const Request& request, const config::Config& config);

    // The answer to a request that came when too many of the same user's waited already, or that waited
    // for longer than store.busy_timeout_ms.
    Response refuse_busy(const Request& request) const;

    // The answer to a request that workers have failed at, where nobody else is to try it.
    Response refuse_failed(const Request& request) const;

private:
    Response refuse(const Request& request, const Error& error) const;

    const Parts parts_;
    std::vector<std::size_t> route_numbers_;  // in the pool's map, by Response::route
    const std::unique_ptr<PoolView> pool_view_;
};

}  // namespace arq::http
