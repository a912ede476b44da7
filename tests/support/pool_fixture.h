// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "arq/fcgi/client.h"
#include "arq/util/file.h"
#include "support/temp_dir.h"

namespace arq::tests {

// Two real workers behind ten real slots, without supervisor and web server. ARQ_BUILD names the build
// folder (make test does).
class PoolFixture {
public:
    static constexpr int kWorkers = 2;

    PoolFixture() {
        run({bin("arqctl"), "--prefix", folder_.path(), "init"});
        workers_.resize(kWorkers);
        for (int index = 0; index < kWorkers; ++index) start_worker(index);
    }
    // Asked to, a worker ends well; under a sanitizer that is where it tells of leaks.
    ~PoolFixture() {
        for (const pid_t worker : workers_) end(worker, SIGTERM);
    }
    PoolFixture(const PoolFixture&) = delete;
    PoolFixture& operator=(const PoolFixture&) = delete;

    // The slots that worker `index` accepts on are those with slot % 2 == index.
    http::Response send(int slot, http::Request request) const {
        request.remote_address = "127.0.0.1";
        return fcgi::fetch(folder_.file("run/slot" + std::to_string(slot) + ".sock"), request,
                           std::chrono::seconds{20});
    }
    http::Response say(int slot, const std::string& body, const std::string& visitor) const {
        http::Request request{.method = "POST", .target = "/api/message", .body = body};
        request.headers["content-type"] = "application/json";
        request.headers["x-arq-visitor"] = visitor;
        return send(slot, request);
    }

    void stop_workers(int signal) {
        for (pid_t& worker : workers_) {
            end(worker, signal);
            worker = -1;
        }
    }
    void start_workers() {
        for (int index = 0; index < kWorkers; ++index) start_worker(index);
    }

    const std::string& prefix() const { return folder_.path(); }

private:
    static std::string bin(const std::string& program) {
        const char* build = std::getenv("ARQ_BUILD");
        if (build == nullptr) throw std::runtime_error{"ARQ_BUILD is not set: run the tests by `make test`"};
        return std::string{build} + "/bin/" + program;
    }

    static pid_t spawn(std::vector<std::string> words) {
        const pid_t child = ::fork();
        if (child != 0) return child;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves no worker behind
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::close(STDERR_FILENO);  // what a worker logs when it is killed is no news here
        ::open("/dev/null", O_WRONLY);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    static void run(std::vector<std::string> words) {
        int status = -1;
        ::waitpid(spawn(std::move(words)), &status, 0);
        if (status != 0) throw std::runtime_error{"a program of the pool failed"};
    }
    static void end(pid_t process, int signal) {
        if (process <= 0) return;
        ::kill(process, signal);
        int status = -1;
        ::waitpid(process, &status, 0);
        if (signal == SIGTERM) BOOST_TEST(status == 0, "a worker ended with the status " << status);
    }

    // Each worker binds slots of its own folder and they are linked together below: arq-listen binds all
    // ten of a folder, and a worker takes every second one.
    void start_worker(int index) {
        const std::string own = folder_.file("listen" + std::to_string(index));
        ::mkdir(own.c_str(), 0700);
        const std::string ready = folder_.file("run/worker-" + std::to_string(index + 1) + ".pid");
        ::unlink(ready.c_str());
        std::string slots;
        for (int slot = index; slot < 10; slot += kWorkers)
            slots += (slots.empty() ? "" : ",") + std::to_string(20 + slot);
        workers_[static_cast<std::size_t>(index)] =
            spawn({bin("arq-listen"), "--directory", own, "--", bin("arq-worker"), "--prefix", folder_.path(),
                   "--slots", slots, "--index", std::to_string(index + 1), "--ready-file", ready});
        for (int tries = 0; ::access(ready.c_str(), F_OK) != 0; ++tries) {
            if (tries == 2000) throw std::runtime_error{"a worker did not start"};
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        for (int slot = index; slot < 10; slot += kWorkers) {
            const std::string name = "/slot" + std::to_string(slot) + ".sock";
            ::unlink(folder_.file("run" + name).c_str());
            if (::symlink((own + name).c_str(), folder_.file("run" + name).c_str()) != 0)
                throw std::runtime_error{"a slot could not be linked"};
        }
    }

    TempDir folder_;
    std::vector<pid_t> workers_;
};

}  // namespace arq::tests
