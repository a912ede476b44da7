// SPDX-License-Identifier: MIT
#include "fcgi/records.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <system_error>

namespace arq::fcgi {
namespace {

namespace data = boost::unit_test::data;

using http::Request;
using http::Response;
using namespace std::string_literals;

// A record as it stands on the wire, written out by hand from the specification.
std::string record(char type, const std::string& content, int padding = 0) {
    std::string bytes = "\x01"s;
    bytes += type;
    bytes += "\0\x01"s;
    bytes += static_cast<char>(content.size() >> 8);
    bytes += static_cast<char>(content.size() & 0xff);
    bytes += static_cast<char>(padding);
    bytes += '\0';
    return bytes + content + std::string(static_cast<std::size_t>(padding), '\0');
}

const std::string kEnd = record(3, std::string(8, '\0'));

std::string answer(const std::string& output) {
    return record(6, output, 3) + record(6, "") + kEnd;
}

bool is_protocol_error(const std::system_error& error) {
    return error.code().value() == EPROTO;
}

BOOST_AUTO_TEST_SUITE(records_tests)

BOOST_AUTO_TEST_CASE(a_request_begins_and_every_stream_of_it_ends) {
    Request request;
    request.method = "POST";
    request.target = "/a?b=c";
    request.headers["x-arq-user"] = "Ada";
    request.body = "hello";
    const std::string bytes = encode_request(request);
    BOOST_TEST(bytes.starts_with(record(1, "\0\x01\0\0\0\0\0\0"s)));
    BOOST_TEST(bytes.ends_with(record(4, "") + record(5, "hello") + record(5, "")));
    for (const std::string& parameter :
         {"\x0e\x04REQUEST_METHODPOST"s, "\x0b\x06REQUEST_URI/a?b=c"s, "\x0c\x03QUERY_STRINGb=c"s,
          "\x0e\x01"s + "CONTENT_LENGTH5", "\x0f\x03HTTP_X_ARQ_USER"s + "Ada"}) {
        BOOST_TEST(bytes.find(parameter) != std::string::npos, parameter);
    }
}

BOOST_AUTO_TEST_CASE(a_long_value_has_a_length_of_four_bytes_and_a_long_body_several_records) {
    Request request;
    request.target = "/" + std::string(299, 'x');
    request.body = std::string(70'000, 'y');
    const std::string bytes = encode_request(request);
    BOOST_TEST(bytes.find("\x0b\x80\0\x01\x2cREQUEST_URI/xx"s) != std::string::npos);
    BOOST_TEST(bytes.ends_with(record(5, std::string(65'535, 'y')) + record(5, std::string(4'465, 'y')) +
                               record(5, "")));
}

BOOST_AUTO_TEST_CASE(an_answer_is_read_whole_however_it_is_cut) {
    const std::string bytes = answer("Status: 404 Not Found\r\nX-A: 1\r\nX-A: 2\r\n\r\nbody\r\n\r\nmore");
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        AnswerReader reader;
        bool ended = false;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            ended = reader.feed(std::string_view(bytes).substr(at, size));
        }
        BOOST_REQUIRE(ended);
        const Response response = reader.response();
        BOOST_REQUIRE(response.status == 404);
        BOOST_REQUIRE(response.headers.size() == 2u);
        BOOST_REQUIRE(response.headers[1].second == "2");
        BOOST_REQUIRE(response.body == "body\r\n\r\nmore");
    }
}

BOOST_AUTO_TEST_CASE(every_beginning_of_an_answer_is_not_yet_an_answer) {
    const std::string bytes = answer("Status: 200\r\n\r\n");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        AnswerReader reader;
        BOOST_REQUIRE(!reader.feed(std::string_view(bytes).substr(0, size)));
    }
}

BOOST_AUTO_TEST_CASE(what_the_worker_says_on_its_error_stream_is_no_part_of_the_answer) {
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(record(7, "oops") + answer("Status: 200\r\n\r\nfine")));
    BOOST_TEST(reader.response().body == "fine");
}

BOOST_AUTO_TEST_CASE(other_bytes_and_a_refusal_are_protocol_errors) {
    for (const std::string& bytes :
         {"HTTP/1.1 200 OK\r\n\r\n"s, record(3, "\0\0\0\0\x02\0\0\0"s), record(3, "x")}) {
        AnswerReader reader;
        BOOST_CHECK_EXCEPTION(reader.feed(bytes), std::system_error, is_protocol_error);
    }
}

BOOST_DATA_TEST_CASE(an_answer_without_a_proper_head_is_a_protocol_error,
                     data::make({"", "Status: 200\r\n", "no header\r\n\r\n", "Status: fine\r\n\r\n",
                                 "Status: 99\r\n\r\n"})) {
    AnswerReader reader;
    BOOST_REQUIRE(reader.feed(answer(sample)));
    BOOST_CHECK_EXCEPTION(reader.response(), std::system_error, is_protocol_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi
