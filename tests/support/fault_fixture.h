// SPDX-License-Identifier: MIT
//
// A request whose storage or memory fails at its n-th step, for each n: what was answered, what is there
// afterwards for a worker that goes on and for one that begins anew after a crash.
#pragma once

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/sqlite.h"
#include "support/api_fixture.h"
#include "support/faulty_disk.h"

namespace arq::tests {

// What a worker process has of its own: the files that it keeps open.
struct Worker {
    Worker(ApiFixture& shared, std::string data_folder, const store::UserFileOptions& options, int open_files,
           responder::Responder& responder, const assistant::Options& turns = {})
        : data(std::move(data_folder)),
          clock(shared.clock),
          files(data, options, open_files, shared.clock),
          assistant(files, responder, shared.clock, turns),
          api({.config = shared.config,
               .secrets = shared.live_secrets,
               .files = files,
               .host = shared.host,
               .assistant = assistant,
               .clock = shared.clock,
               .version = "test",
               .data_folder = data,
               .pool = shared.pool}) {}

    http::Response send(http::Request request) const {
        request.request_id = "request-" + std::to_string(++requests);
        if (!request.body.empty()) {
            request.headers["content-length"] = std::to_string(request.body.size());
            request.headers.emplace("content-type", "application/json");
        }
        return api.handle(request);
    }
    // As it does when nobody has used the file for a while.
    void let_go() {
        clock.advance(util::Milliseconds{1});
        files.tidy(std::chrono::seconds{0});
    }

    const std::string data;
    FakeClock& clock;
    mutable int requests = 0;
    store::UserFiles files;
    assistant::Assistant assistant;
    http::Api api;
};

// What one test does again and again. The requests are those of one visitor.
struct FaultCase {
    std::string name;
    std::string method;
    std::string route;  // as in the table of routes
    // Before the fault, once; what it says by `FaultFixture::say` counts as acknowledged.
    std::function<void(Worker&)> prepare = [](Worker&) {};
    // The request that meets the fault.
    std::function<http::Request()> request;
    // With the fault gone, what a repetition makes of it; `first` is what the request was answered with.
    std::function<void(Worker&, const http::Response& first)> check_repetition;
    bool touches_storage = true;
    bool warm = false;  // the worker has the user's file open already
    store::UserFileOptions options{.busy_timeout_ms = 500};
    assistant::Options turns{};
    int open_files = 1;                         // 0: the file is opened for each request alone
    responder::Responder* responder = nullptr;  // null: the embedded one
};

struct FaultFixture : ApiFixture {
    FaultFixture() : ApiFixture(TempDir::base_in_memory()) {}

    struct Said {
        std::string message_id, text, reply_id;
    };

    // One that counts as acknowledged: it is looked for after each fault.
    std::string say(Worker& worker, const std::string& text, const std::string& more = {});
    http::Request message(const std::string& id, const std::string& text, const std::string& more = {}) const;
    http::Request request(std::string method, std::string target, std::string body = {}) const;

    // The usual check of a message's repetition: it succeeds and the message is there once.
    void check_said_once(Worker& worker, const http::Request& request,
                         const http::Response& first = {.status = 503});

    // Runs the case with `fault` at n = first, then next(n) …, until a run passes without having been hit.
    // Gives how many runs were hit.
    int run(
        const FaultCase& what, Fault fault, const std::function<void(const http::Response&)>& check_response,
        const std::function<int(int)>& next = [](int n) { return n + 1; });

    // Prepares the data that each run begins with, and the workers.
    void prepare(const FaultCase& what);

    std::map<std::string, int> count_messages(Worker& worker);

    const SkippedSyncs skipped;
    const std::string visitor = new_visitor();
    std::vector<Said> said;
    std::string about;  // which run it is, for the messages of failed checks

private:
    void check_acknowledged(Worker& worker);
    void check_whole(const std::string& data);
    // Without the shared memory: as after a crash.
    static void copy_data(const std::string& from, const std::string& to);

    std::unique_ptr<Worker> at_work;
    std::unique_ptr<Worker> after_crash;
};

}  // namespace arq::tests
