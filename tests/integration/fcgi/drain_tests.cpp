// SPDX-License-Identifier: MIT
#include <signal.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

struct OneListener {
    SocketFolder folder;
    UniqueFd listener = folder.listen();
};

Server::Handler answer_with(const std::string& text) {
    return [text](std::unique_ptr<Exchange> exchange) {
        exchange->respond(make_response(text + exchange->request().target));
    };
}

BOOST_FIXTURE_TEST_SUITE(drain_tests, OneListener)

BOOST_AUTO_TEST_CASE(a_stopped_server_finishes_its_request_and_leaves_the_queue_to_the_next) {
    Mailbox<int> at_work;
    Mailbox<int> go_on;
    RunningServer old(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        at_work.put(0);
        go_on.take();
        exchange->respond(make_response("old" + exchange->request().target));
    });
    auto accepted = fetch_later(folder.socket(), make_request("/accepted"));
    at_work.take();
    old.stop();
    RawPeer queued(folder.socket());
    queued.send(encode_request(make_request("/queued")));
    go_on.put(0);
    BOOST_TEST(old.wait());
    BOOST_TEST(accepted.get().body == "old/accepted");

    RunningServer next(options_for(listener), answer_with("next"));
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(queued.receive_all()));
    BOOST_TEST(reader.response().body == "next/queued");
}

BOOST_AUTO_TEST_CASE(a_stopped_server_waits_for_deferred_exchanges) {
    Mailbox<std::unique_ptr<Exchange>> deferred;
    std::atomic<bool> answered = false;
    RunningServer old(options_for(listener),
                      [&](std::unique_ptr<Exchange> exchange) { deferred.put(std::move(exchange)); });
    auto answer = fetch_later(folder.socket(), make_request("/"));
    auto exchange = deferred.take();
    old.stop();
    RunningServer next(options_for(listener), answer_with("next"));
    BOOST_TEST(fetch(folder.socket(), make_request("/")).body == "next/");  // the old one accepts no more

    auto answering = std::async(std::launch::async, [&] {
        answered = true;
        return exchange->respond(make_response("late"));
    });
    BOOST_TEST(old.wait());
    BOOST_TEST(answered.load());
    BOOST_TEST(answer.get().body == "late");
    BOOST_TEST(answering.get());
}

BOOST_AUTO_TEST_CASE(a_drain_that_takes_too_long_says_so_and_a_later_answer_is_harmless) {
    Mailbox<std::unique_ptr<Exchange>> deferred;
    Options options = options_for(listener, 2);
    options.drain_timeout = std::chrono::milliseconds{20};
    std::unique_ptr<Exchange> exchange;
    std::future<Response> answer;
    {
        RunningServer server(options,
                             [&](std::unique_ptr<Exchange> taken) { deferred.put(std::move(taken)); });
        answer = fetch_later(folder.socket(), make_request("/"));
        exchange = deferred.take();
        BOOST_TEST(!server.finish());
    }
    BOOST_CHECK(exchange->respond(make_response("after the end")));
    BOOST_TEST(answer.get().body == "after the end");
}

BOOST_AUTO_TEST_CASE(stopping_before_the_start_and_stopping_twice_are_harmless) {
    util::SystemClock clock;
    Server server(options_for(listener, 2), clock, echo);
    server.stop();
    server.stop();
    BOOST_TEST(server.run());
}

BOOST_AUTO_TEST_CASE(a_signal_to_terminate_stops_the_server_and_takes_no_request_with_it) {
    sigset_t before;
    BOOST_REQUIRE(pthread_sigmask(SIG_SETMASK, nullptr, &before) == 0);
    block_stop_signals();
    Mailbox<int> at_work;
    Mailbox<int> go_on;
    Options options = options_for(listener, 2);
    options.stop_on_signals = true;
    {
        RunningServer server(options, [&](std::unique_ptr<Exchange> exchange) {
            at_work.put(0);
            go_on.take();
            exchange->respond(make_response("finished"));
        });
        auto answer = fetch_later(folder.socket(), make_request("/"));
        at_work.take();
        BOOST_REQUIRE(kill(getpid(), SIGTERM) == 0);
        go_on.put(0);
        BOOST_TEST(server.wait());
        BOOST_TEST(answer.get().body == "finished");
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

BOOST_AUTO_TEST_CASE(replacing_the_server_twenty_times_under_load_loses_no_request) {
    constexpr int kRounds = 20;
    constexpr int kClients = 8;
    constexpr int kAnswersPerRound = 40;
    Mailbox<int> answers;
    std::atomic<bool> done = false;
    std::atomic<int> failed = 0;

    auto server = std::make_unique<RunningServer>(options_for(listener, 4), echo);
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
        clients.emplace_back([&, client] {
            for (int i = 0; !done; ++i) {
                const std::string body = std::to_string(client) + "." + std::to_string(i);
                try {
                    if (fetch(folder.socket(), make_request("/", body)).body != "POST / " + body) ++failed;
                } catch (const std::system_error&) {
                    ++failed;
                }
                answers.put(0);
            }
        });
    }
    bool all_finished = true;
    for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kAnswersPerRound; ++i) answers.take();
        // By turns: the next before the old one stops, and after it has gone.
        if (round % 2 == 0) {
            auto next = std::make_unique<RunningServer>(options_for(listener, 4), echo);
            all_finished = server->finish() && all_finished;
            server = std::move(next);
        } else {
            all_finished = server->finish() && all_finished;
            server = std::make_unique<RunningServer>(options_for(listener, 4), echo);
        }
    }
    done = true;
    for (std::thread& client : clients) client.join();
    BOOST_TEST(failed.load() == 0);
    BOOST_TEST(all_finished);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
