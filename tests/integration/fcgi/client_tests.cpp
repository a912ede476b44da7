// SPDX-License-Identifier: MIT
#include "arq/fcgi/client.h"

#include <poll.h>

#include <boost/test/unit_test.hpp>
#include <system_error>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

struct Folder {
    SocketFolder folder;
};

auto has_errno(int expected) {
    return [expected](const std::system_error& error) { return error.code().value() == expected; };
}

BOOST_FIXTURE_TEST_SUITE(client_tests, Folder)

BOOST_AUTO_TEST_CASE(a_socket_that_is_not_there_is_told_apart_from_one_that_nobody_listens_on) {
    BOOST_CHECK_EXCEPTION(fetch(folder.socket(), make_request("/")), std::system_error, has_errno(ENOENT));
    folder.listen();  // and closes
    BOOST_CHECK_EXCEPTION(fetch(folder.socket(), make_request("/")), std::system_error,
                          has_errno(ECONNREFUSED));
    BOOST_CHECK_EXCEPTION(fetch(folder.path() + "/missing/s", make_request("/")), std::system_error,
                          has_errno(ENOENT));
}

BOOST_AUTO_TEST_CASE(a_worker_that_does_not_answer_in_time_is_given_up) {
    const UniqueFd listener = folder.listen();
    BOOST_CHECK_EXCEPTION(fcgi::fetch(folder.socket(), make_request("/"), std::chrono::milliseconds{20}),
                          std::system_error, has_errno(ETIMEDOUT));
}

BOOST_AUTO_TEST_CASE(a_full_queue_is_given_up_in_time) {
    const UniqueFd listener = folder.listen();
    BOOST_REQUIRE(::listen(listener.get(), 0) == 0);
    const RawPeer first(folder.socket());
    BOOST_CHECK_EXCEPTION(fcgi::fetch(folder.socket(), make_request("/"), std::chrono::milliseconds{20}),
                          std::system_error, has_errno(ETIMEDOUT));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_pending_comes_without_waiting) {
    const UniqueFd listener = folder.listen();
    PendingAnswer pending{folder.socket(), make_request("/later")};
    BOOST_TEST(!pending.take());
    RunningServer server(options_for(listener), echo);
    for (bool is_whole = false; !is_whole; is_whole = pending.take()) {
        pollfd readable{pending.fd(), POLLIN, 0};
        BOOST_REQUIRE(::poll(&readable, 1, 10'000) == 1);
    }
    BOOST_TEST(pending.response().body == "GET /later ");
}

BOOST_AUTO_TEST_CASE(a_pending_answer_of_a_full_queue_or_of_nobody_fails_at_once) {
    BOOST_CHECK_EXCEPTION((PendingAnswer{folder.socket(), make_request("/")}), std::system_error,
                          has_errno(ENOENT));
    const UniqueFd listener = folder.listen();
    BOOST_REQUIRE(::listen(listener.get(), 0) == 0);
    const RawPeer first(folder.socket());
    BOOST_CHECK_EXCEPTION((PendingAnswer{folder.socket(), make_request("/")}), std::system_error,
                          has_errno(EAGAIN));
}

BOOST_AUTO_TEST_CASE(a_path_longer_than_a_socket_address_is_reached) {
    const std::string deep = folder.path() + "/" + std::string(120, 'd') + "/" + std::string(120, 'e');
    std::filesystem::create_directories(deep);
    const UniqueFd directory = open_folder(deep);
    const sockaddr_un address = socket_address(directory, "slot0.sock");
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(listener.get(), 8) == 0);
    RunningServer server(options_for(listener), echo);
    BOOST_TEST(fetch(deep + "/slot0.sock", make_request("/deep")).body == "GET /deep ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
