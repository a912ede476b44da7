// SPDX-License-Identifier: MIT
#include "arq/fcgi/serial_server.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <stdexcept>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

constexpr std::chrono::milliseconds kSoon{1};
constexpr std::chrono::hours kNever{24};

// On a thread of its own; stopped at the end.
class RunningSerialServer {
public:
    RunningSerialServer(
        const UniqueFd& listener, SerialServer::Handler handler,
        SerialServer::Chores chores = [] { return false; }, std::chrono::milliseconds interval = kNever)
        : server_({.listeners = {listener.get()}}, clock_, std::move(handler), std::move(chores), interval),
          result_(std::async(std::launch::async, [this] { server_.run(); })) {}
    ~RunningSerialServer() { finish(); }
    RunningSerialServer(const RunningSerialServer&) = delete;
    RunningSerialServer& operator=(const RunningSerialServer&) = delete;

    void stop() { server_.stop(); }
    void finish() {
        server_.stop();
        BOOST_REQUIRE(result_.wait_for(kLimit) == std::future_status::ready);
    }

private:
    util::SystemClock clock_;
    SerialServer server_;
    std::future<void> result_;
};

struct OneListener {
    SocketFolder folder;
    UniqueFd listener = folder.listen();
};

BOOST_FIXTURE_TEST_SUITE(serial_server_tests, OneListener)

BOOST_AUTO_TEST_CASE(requests_are_answered_one_after_the_other) {
    std::atomic<int> at_once = 0;
    std::atomic<int> most = 0;
    RunningSerialServer server(listener, [&](std::unique_ptr<Exchange> exchange) {
        most = std::max(most.load(), ++at_once);
        echo(std::move(exchange));
        --at_once;
    });
    std::vector<std::future<Response>> answers;
    for (int number = 0; number < 20; ++number)
        answers.push_back(fetch_later(folder.socket(), make_request("/" + std::to_string(number), "text")));
    for (int number = 0; number < 20; ++number)
        BOOST_TEST(answers[static_cast<std::size_t>(number)].get().body ==
                   "POST /" + std::to_string(number) + " text");
    BOOST_TEST(most == 1);
}

BOOST_AUTO_TEST_CASE(a_request_that_fails_is_cut_off_and_the_next_is_served) {
    RunningSerialServer server(listener, [](std::unique_ptr<Exchange> exchange) {
        if (exchange->request().target == "/fails") throw std::runtime_error("on purpose");
        echo(std::move(exchange));
    });
    BOOST_CHECK_THROW(fetch(folder.socket(), make_request("/fails")), std::system_error);
    BOOST_TEST(fetch(folder.socket(), make_request("/next")).status == 200);
}

BOOST_AUTO_TEST_CASE(told_to_stop_it_finishes_its_request_and_leaves_the_queue_to_the_next) {
    Mailbox<int> at_work;
    Mailbox<int> go_on;
    RunningSerialServer old(listener, [&](std::unique_ptr<Exchange> exchange) {
        at_work.put(0);
        go_on.take();
        exchange->respond(make_response("old"));
    });
    auto accepted = fetch_later(folder.socket(), make_request("/accepted"));
    at_work.take();
    old.stop();
    RawPeer queued(folder.socket());
    queued.send(encode_request(make_request("/queued")));
    go_on.put(0);
    BOOST_TEST(accepted.get().body == "old");
    old.finish();

    RunningSerialServer next(listener, echo);
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(queued.receive_all()));
    BOOST_TEST(reader.response().body == "GET /queued ");
}

BOOST_AUTO_TEST_CASE(chores_are_done_after_requests_until_nothing_is_left) {
    std::atomic<int> calls = 0;
    Mailbox<int> done;
    RunningSerialServer server(
        listener, echo,
        [&] {
            const bool goes_on = ++calls % 3 != 0;
            if (!goes_on) done.put(calls);
            return goes_on;
        },
        kSoon);
    fetch(folder.socket(), make_request("/"));
    BOOST_TEST(done.take() == 3);
    fetch(folder.socket(), make_request("/"));
    BOOST_TEST(done.take() == 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
