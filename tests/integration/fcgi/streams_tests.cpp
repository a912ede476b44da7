// SPDX-License-Identifier: MIT
//
// Answers that come in pieces, and bodies that are kept in a file.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <system_error>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

constexpr std::size_t kBodyLimit = 1000;
constexpr std::size_t kLongBodyLimit = 300'000;

std::string read_all(int file) {
    std::string text;
    std::array<char, 4096> buffer;
    for (off_t at = 0;;) {
        const ssize_t count = ::pread(file, buffer.data(), buffer.size(), at);
        if (count <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        at += count;
    }
}

struct StreamingServer {
    StreamingServer() {
        Options options = options_for(listener);
        options.body_limit_bytes = kBodyLimit;
        options.long_body_limit = [](const Request& request) {
            return request.target == "/long" ? kLongBodyLimit : std::size_t{0};
        };
        options.long_body_folder = spool.path();
        server = std::make_unique<RunningServer>(options, [this](std::unique_ptr<Exchange> exchange) {
            const Request& request = exchange->request();
            seen.put(request);
            Response response = make_response("first ");
            if (request.target.starts_with("/pieces"))
                response.more = [fails = request.target == "/pieces/cut",
                                 left = 3](std::string& piece) mutable {
                    if (fails && left == 1) throw std::runtime_error{"nothing more can be read"};
                    piece = std::string(100'000, static_cast<char>('a' + left));
                    return --left > 0;
                };
            exchange->respond(response);
        });
    }

    SocketFolder folder;
    arq::tests::TempDir spool;
    UniqueFd listener = folder.listen();
    Mailbox<Request> seen;
    std::unique_ptr<RunningServer> server;
};

BOOST_FIXTURE_TEST_SUITE(streams_tests, StreamingServer)

BOOST_AUTO_TEST_CASE(an_answer_in_pieces_arrives_whole_and_tells_no_length) {
    const Response response = fetch(folder.socket(), make_request("/pieces"));
    BOOST_TEST((response.body == "first " + std::string(100'000, 'd') + std::string(100'000, 'c') +
                                     std::string(100'000, 'b')));
    BOOST_TEST(response.headers.empty());
    Request head = make_request("/pieces");
    head.method = "HEAD";
    BOOST_TEST(fetch(folder.socket(), head).body.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_that_fails_on_the_way_is_cut_off_and_the_next_is_served) {
    BOOST_CHECK_EXCEPTION(fetch(folder.socket(), make_request("/pieces/cut")), std::system_error,
                          [](const std::system_error& error) { return error.code().value() == ECONNRESET; });
    BOOST_TEST(fetch(folder.socket(), make_request("/")).body == "first ");
}

BOOST_AUTO_TEST_CASE(a_long_body_lies_in_a_file_without_a_name_where_it_may) {
    const std::string body(200'000, 'x');
    fetch(folder.socket(), make_request("/long", body));
    const Request request = seen.take();
    BOOST_TEST(request.body.empty());
    BOOST_REQUIRE(request.long_body != nullptr);
    BOOST_TEST((read_all(request.long_body->get()) == body));
    BOOST_TEST(!request.body_too_large);
    BOOST_TEST(std::filesystem::is_empty(spool.path()));

    fetch(folder.socket(), make_request("/long", "short"));
    const Request in_memory = seen.take();
    BOOST_TEST(in_memory.body == "short");
    BOOST_TEST(in_memory.long_body == nullptr);

    fetch(folder.socket(), make_request("/long", std::string(kLongBodyLimit + 1, 'x')));
    BOOST_TEST(seen.take().body_too_large);
    fetch(folder.socket(), make_request("/elsewhere", body));
    BOOST_TEST(seen.take().body_too_large);
}

BOOST_AUTO_TEST_CASE(a_long_body_that_finds_no_room_is_told_as_lost) {
    std::filesystem::remove(spool.path());
    fetch(folder.socket(), make_request("/long", std::string(2000, 'x')));
    const Request request = seen.take();
    BOOST_TEST(request.long_body_lost);
    BOOST_TEST(request.long_body == nullptr);
    BOOST_TEST(request.body.empty());
    std::filesystem::create_directory(spool.path());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
