// SPDX-License-Identifier: MIT
#include "arq/fcgi/server.h"

#include <fcntl.h>
#include <pthread.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "arq/util/error.h"
#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

bool is_cut_off(const std::system_error& error) {
    return error.code().value() == ECONNRESET;
}

struct OneListener {
    SocketFolder folder;
    UniqueFd listener = folder.listen();
};

BOOST_FIXTURE_TEST_SUITE(server_tests, OneListener)

BOOST_AUTO_TEST_CASE(a_request_arrives_as_it_was_sent_and_so_does_its_answer) {
    Mailbox<Request> seen;
    Mailbox<bool> delivered;
    RunningServer server(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        seen.put(exchange->request());
        Response response = make_response("{\"ok\":true}", 201);
        response.add_header("Content-Type", "application/json");
        delivered.put(exchange->respond(response));
    });
    Request request = make_request("/api/message?a=b", "{\"message\":\"hi\"}");
    request.headers["content-type"] = "application/json";
    request.headers["x-arq-user"] = "Ada";
    request.request_id = "r-1";
    request.remote_address = "192.0.2.7";
    request.secure = true;

    const Response response = fetch(folder.socket(), request);
    BOOST_TEST(response.status == 201);
    BOOST_TEST(response.body == "{\"ok\":true}");
    BOOST_REQUIRE(response.headers.size() == 2u);
    BOOST_TEST(response.headers[0].second == "application/json");
    BOOST_TEST(response.headers[1].second == "11");

    BOOST_TEST(delivered.take());
    const Request arrived = seen.take();
    BOOST_TEST(arrived.method == "POST");
    BOOST_TEST(arrived.target == request.target);
    BOOST_TEST(arrived.body == request.body);
    BOOST_TEST(arrived.header("x-arq-user").value_or("") == "Ada");
    BOOST_TEST(arrived.header("content-type").value_or("") == "application/json");
    BOOST_TEST(arrived.request_id == "r-1");
    BOOST_TEST(arrived.remote_address == "192.0.2.7");
    BOOST_TEST(arrived.secure);
    BOOST_TEST(!arrived.body_incomplete);
}

BOOST_AUTO_TEST_CASE(another_thread_answers_later_while_the_only_accepting_one_serves_others) {
    Mailbox<std::unique_ptr<Exchange>> deferred;
    RunningServer server(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        if (exchange->request().target == "/later") {
            deferred.put(std::move(exchange));
        } else {
            echo(std::move(exchange));
        }
    });
    auto first = fetch_later(folder.socket(), make_request("/later", "a"));
    auto second = fetch_later(folder.socket(), make_request("/later", "b"));
    auto one = deferred.take();
    auto other = deferred.take();

    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(fetch(folder.socket(), make_request("/now")).body == "GET /now ");
    }
    BOOST_CHECK(other->respond(make_response("late " + other->request().body)));
    BOOST_CHECK(one->respond(make_response("late " + one->request().body)));
    BOOST_TEST(first.get().body == "late a");
    BOOST_TEST(second.get().body == "late b");
}

BOOST_AUTO_TEST_CASE(one_server_accepts_on_several_listeners) {
    const UniqueFd second = folder.listen("s2");
    const UniqueFd third = folder.listen("s3");
    Options options = options_for(listener, 2);
    options.listeners = {listener.get(), second.get(), third.get()};
    RunningServer server(options, echo);
    for (const char* name : {"s", "s3", "s2", "s2", "s", "s3"}) {
        BOOST_TEST(fetch(folder.socket(name), make_request("/", name)).body == std::string("POST / ") + name);
    }
}

BOOST_AUTO_TEST_CASE(two_servers_accept_on_the_same_socket) {
    // Each holds its only thread until the test has seen both at work.
    Mailbox<int> at_work;
    Mailbox<int> go_on;
    const auto handler_of = [&](int name) {
        return [&, name](std::unique_ptr<Exchange> exchange) {
            at_work.put(name);
            go_on.take();
            exchange->respond(make_response(std::to_string(name)));
        };
    };
    RunningServer one(options_for(listener), handler_of(1));
    RunningServer two(options_for(listener), handler_of(2));
    auto first = fetch_later(folder.socket(), make_request("/"));
    auto second = fetch_later(folder.socket(), make_request("/"));
    BOOST_TEST(at_work.take() + at_work.take() == 3);
    go_on.put(0);
    go_on.put(0);
    BOOST_TEST(std::stoi(first.get().body) + std::stoi(second.get().body) == 3);
}

BOOST_AUTO_TEST_CASE(all_threads_serve_at_once) {
    Mailbox<std::thread::id> at_work;
    Mailbox<int> go_on;
    RunningServer server(options_for(listener, 3), [&](std::unique_ptr<Exchange> exchange) {
        at_work.put(std::this_thread::get_id());
        go_on.take();
        exchange->respond({});
    });
    std::vector<std::future<Response>> answers;
    for (int i = 0; i < 3; ++i) answers.push_back(fetch_later(folder.socket(), make_request("/")));
    for (int i = 0; i < 3; ++i) at_work.take();
    for (int i = 0; i < 3; ++i) go_on.put(0);
    for (auto& answer : answers) BOOST_TEST(answer.get().status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_has_the_length_but_not_the_body) {
    RunningServer server(options_for(listener), echo);
    Request request = make_request("/");
    request.method = "HEAD";
    const Response response = fetch(folder.socket(), request);
    BOOST_TEST(response.body.empty());
    BOOST_TEST(response.headers.at(0).second == "7");
}

BOOST_AUTO_TEST_CASE(a_long_answer_arrives_whole) {
    const std::string body(3'000'000, 'x');
    Mailbox<bool> delivered;
    RunningServer server(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        delivered.put(exchange->respond(make_response(body)));
    });
    BOOST_CHECK(fetch(folder.socket(), make_request("/")).body == body);
    BOOST_TEST(delivered.take());
}

BOOST_AUTO_TEST_CASE(a_connection_is_closed_after_its_answer_even_if_asked_to_be_kept) {
    RunningServer server(options_for(listener), echo);
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/kept"), {}, true));
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(peer.receive_all()));  // returns only once the server has closed
    BOOST_TEST(reader.response().body == "GET /kept ");
}

BOOST_AUTO_TEST_CASE(an_exchange_dropped_unanswered_is_a_connection_cut_off) {
    RunningServer server(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        if (exchange->request().target == "/throw") throw std::runtime_error("a handler's bug");
        if (exchange->request().target != "/drop") echo(std::move(exchange));
    });
    BOOST_CHECK_EXCEPTION(fetch(folder.socket(), make_request("/throw")), std::system_error, is_cut_off);
    BOOST_CHECK_EXCEPTION(fetch(folder.socket(), make_request("/drop")), std::system_error, is_cut_off);
    BOOST_TEST(fetch(folder.socket(), make_request("/next")).status == 200);
}

BOOST_AUTO_TEST_CASE(after_a_header_that_cannot_be_sent_another_answer_may_be_given) {
    RunningServer server(options_for(listener), [&](std::unique_ptr<Exchange> exchange) {
        Response response;
        response.add_header("X-Bad", "a\r\nb");
        try {
            exchange->respond(response);
        } catch (const Error&) {
            exchange->respond(make_response("refused", 500));
        }
    });
    BOOST_TEST(fetch(folder.socket(), make_request("/")).body == "refused");
}

BOOST_AUTO_TEST_CASE(what_is_no_listening_socket_is_refused_at_once) {
    util::SystemClock clock;
    const UniqueFd unbound(::socket(AF_UNIX, SOCK_STREAM, 0));
    const UniqueFd file(::open("/dev/null", O_RDWR));
    for (const int fd : {unbound.get(), file.get(), -1}) {
        Options options;
        options.listeners = {fd};
        BOOST_CHECK_THROW(fcgi::Server(options, clock, echo), std::system_error);
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_gets_no_more_threads_serves_with_the_calling_one) {
    // A stack larger than the address space: no thread can be made.
    pthread_attr_t before;
    BOOST_REQUIRE(pthread_getattr_default_np(&before) == 0);
    pthread_attr_t impossible;
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, std::size_t{1} << 47);

    Mailbox<int> go_on;
    util::SystemClock clock;
    Server server(options_for(listener, 4), clock, echo);
    auto result = std::async(std::launch::async, [&] {
        go_on.take();
        return server.run();
    });
    BOOST_REQUIRE(pthread_setattr_default_np(&impossible) == 0);
    go_on.put(0);
    const Response response = fetch(folder.socket(), make_request("/alone"));
    pthread_setattr_default_np(&before);
    server.stop();
    BOOST_TEST(response.body == "GET /alone ");
    BOOST_TEST(result.get());
    pthread_attr_destroy(&before);
    pthread_attr_destroy(&impossible);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
