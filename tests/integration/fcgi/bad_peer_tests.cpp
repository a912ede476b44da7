// SPDX-License-Identifier: MIT
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

namespace data = boost::unit_test::data;

constexpr std::size_t kBodyLimit = 1000;
const std::string kEmptyRecord(8, '\0');  // as long as the one that ends a body

// A server with one thread, so that a peer that holds it is noticed at once: the next request is not served.
struct OneThread {
    explicit OneThread(std::chrono::milliseconds io_timeout = kLimit) {
        Options options = options_for(listener);
        options.body_limit_bytes = kBodyLimit;
        options.io_timeout = io_timeout;
        server = std::make_unique<RunningServer>(options, [this](std::unique_ptr<Exchange> exchange) {
            seen.put(exchange->request());
            const std::string& target = exchange->request().target;
            if (target == "/later") {
                deferred.put(std::move(exchange));
            } else {
                const std::size_t size = target == "/long" ? 4'000'000 : 2;
                delivered.put(exchange->respond(make_response(std::string(size, 'x'))));
            }
        });
    }
    ~OneThread() { BOOST_TEST(fetch(folder.socket(), make_request("/next")).body == "xx"); }

    SocketFolder folder;
    UniqueFd listener = folder.listen();
    Mailbox<Request> seen;
    Mailbox<bool> delivered;
    Mailbox<std::unique_ptr<Exchange>> deferred;
    std::unique_ptr<RunningServer> server;
};

// Where the peer is to be given up; elsewhere the machine may be as slow as it likes.
struct ImpatientThread : OneThread {
    ImpatientThread() : OneThread(std::chrono::milliseconds{250}) {}
};

Response receive(RawPeer& peer) {
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(peer.receive_all()));
    return reader.response();
}

BOOST_FIXTURE_TEST_SUITE(bad_peer_tests, OneThread)

BOOST_AUTO_TEST_CASE(who_hangs_up_in_the_middle_of_the_body_makes_an_incomplete_request) {
    const std::string bytes = encode_request(make_request("/", "hello"), 10);
    RawPeer peer(folder.socket());
    peer.send(std::string_view(bytes).substr(0, bytes.size() - kEmptyRecord.size()));
    peer.close();
    const Request request = seen.take();
    BOOST_TEST(request.body_incomplete);
    BOOST_TEST(request.body == "hello");
    BOOST_TEST(!delivered.take());
}

BOOST_AUTO_TEST_CASE(who_only_stops_sending_in_the_middle_of_the_body_is_answered) {
    const std::string bytes = encode_request(make_request("/", "hello"), 10);
    RawPeer peer(folder.socket());
    peer.send(std::string_view(bytes).substr(0, bytes.size() - kEmptyRecord.size() - 2));
    peer.send_no_more();
    BOOST_TEST(receive(peer).status == 200);
    const Request request = seen.take();
    BOOST_TEST(request.body_incomplete);
    BOOST_TEST(request.body == "hel");
}

BOOST_FIXTURE_TEST_CASE(who_falls_silent_in_the_middle_of_the_body_is_not_waited_for, ImpatientThread) {
    const std::string bytes = encode_request(make_request("/", "hello"), 10);
    RawPeer peer(folder.socket());
    peer.send(std::string_view(bytes).substr(0, bytes.size() - kEmptyRecord.size()));
    BOOST_TEST(seen.take().body_incomplete);
    BOOST_TEST(receive(peer).status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_before_its_announced_length_is_incomplete) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/", "hello"), 6));
    BOOST_TEST(receive(peer).status == 200);
    BOOST_TEST(seen.take().body_incomplete);
}

BOOST_AUTO_TEST_CASE(a_body_that_goes_on_after_its_announced_length_is_cut_there) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/", "hello"), 4));
    BOOST_TEST(receive(peer).status == 200);
    const Request request = seen.take();
    BOOST_TEST(!request.body_incomplete);
    BOOST_TEST(request.body == "hell");
}

BOOST_AUTO_TEST_CASE(a_body_as_long_as_the_limit_is_kept) {
    BOOST_TEST(fetch(folder.socket(), make_request("/", std::string(kBodyLimit, 'y'))).status == 200);
    const Request request = seen.take();
    BOOST_TEST(!request.body_too_large);
    BOOST_TEST(request.body.size() == kBodyLimit);
}

BOOST_DATA_TEST_CASE(a_longer_body_is_read_to_its_end_and_not_kept,
                     data::make({kBodyLimit + 1, std::size_t{3'000'000}})) {
    BOOST_TEST(fetch(folder.socket(), make_request("/", std::string(sample, 'y'))).status == 200);
    const Request request = seen.take();
    BOOST_TEST(request.body_too_large);
    BOOST_TEST(!request.body_incomplete);
    BOOST_TEST(request.body.empty());
}

BOOST_AUTO_TEST_CASE(a_longer_body_without_announcement_is_too_large_as_well) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/", std::string(kBodyLimit + 1, 'y')), 0));
    BOOST_TEST(receive(peer).status == 200);
    BOOST_TEST(seen.take().body_too_large);
}

BOOST_AUTO_TEST_CASE(a_body_announced_as_too_large_is_so_however_little_comes) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/", "hello"), kBodyLimit + 1));
    BOOST_TEST(receive(peer).status == 200);
    const Request request = seen.take();
    BOOST_TEST(request.body_too_large);
    BOOST_TEST(request.body_incomplete);
}

BOOST_AUTO_TEST_CASE(who_left_before_a_late_answer_makes_it_undelivered) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/later")));
    const auto exchange = deferred.take();
    peer.close();
    BOOST_TEST(!exchange->respond(make_response("too late")));
}

BOOST_FIXTURE_TEST_CASE(who_never_reads_a_long_answer_is_given_up, ImpatientThread) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/long")));
    BOOST_TEST(!delivered.take());
}

BOOST_AUTO_TEST_CASE(who_does_not_close_after_the_answer_holds_no_thread) {
    RawPeer peer(folder.socket());
    peer.send(encode_request(make_request("/")));
    BOOST_TEST(receive(peer).status == 200);
    // libfcgi by itself would wait two seconds here.
    BOOST_TEST(fcgi::fetch(folder.socket(), make_request("/"), std::chrono::milliseconds{1500}).status ==
               200);
}

BOOST_AUTO_TEST_CASE(who_connects_and_leaves_is_no_request) {
    RawPeer peer(folder.socket());
}

BOOST_FIXTURE_TEST_CASE(who_connects_and_is_silent_is_closed, ImpatientThread) {
    RawPeer peer(folder.socket());
    BOOST_TEST(peer.receive_all().empty());
}

BOOST_FIXTURE_TEST_CASE(who_falls_silent_in_the_middle_of_the_parameters_is_closed, ImpatientThread) {
    RawPeer peer(folder.socket());
    peer.send(std::string_view(encode_request(make_request("/"))).substr(0, 40));
    BOOST_TEST(peer.receive_all().empty());
}

BOOST_AUTO_TEST_CASE(who_speaks_no_fastcgi_is_closed) {
    RawPeer peer(folder.socket());
    peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(peer.receive_all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
