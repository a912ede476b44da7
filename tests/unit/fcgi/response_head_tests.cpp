// SPDX-License-Identifier: MIT
#include "fcgi/response_head.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "arq/util/error.h"

namespace arq::fcgi {
namespace {

namespace data = boost::unit_test::data;

using http::Response;

bool is_internal(const Error& error) {
    return error.code() == ErrorCode::kInternal;
}

Response with_header(std::string name, std::string value) {
    Response response;
    response.add_header(std::move(name), std::move(value));
    return response;
}

BOOST_AUTO_TEST_SUITE(response_head_tests)

BOOST_AUTO_TEST_CASE(the_status_comes_first_and_an_empty_line_last) {
    Response response = with_header("Content-Type", "application/json");
    response.status = 404;
    response.body = "{}";
    BOOST_TEST(format_head(response) ==
               "Status: 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_length_that_is_given_is_kept) {
    BOOST_TEST(format_head(with_header("content-LENGTH", "0")) ==
               "Status: 200 OK\r\ncontent-LENGTH: 0\r\n\r\n");
}

BOOST_DATA_TEST_CASE(an_answer_that_may_have_no_body_has_no_length, data::make({204, 304})) {
    Response response;
    response.status = sample;
    BOOST_TEST(format_head(response).find("Content-Length") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(headers_of_the_same_name_stay_apart) {
    Response response = with_header("Set-Cookie", "a=1");
    response.add_header("Set-Cookie", "b=2");
    BOOST_TEST(format_head(response) ==
               "Status: 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n");
}

BOOST_DATA_TEST_CASE(a_value_that_would_break_out_of_its_line_is_refused,
                     data::make({std::string("a\r\nSet-Cookie: x=1"), std::string("a\nb"),
                                 std::string("a\rb"), std::string("a\0b", 3)})) {
    BOOST_CHECK_EXCEPTION(format_head(with_header("X-Request-Id", sample)), Error, is_internal);
}

BOOST_DATA_TEST_CASE(a_name_that_is_no_token_is_refused,
                     data::make({"", "two words", "colon:", "line\r\nbreak", "\xc3\xa9"})) {
    BOOST_CHECK_EXCEPTION(format_head(with_header(sample, "x")), Error, is_internal);
}

BOOST_AUTO_TEST_CASE(every_status_has_a_phrase_for_clients_that_expect_one) {
    Response response;
    for (response.status = 100; response.status < 600; ++response.status) {
        const std::string head = format_head(response);
        BOOST_REQUIRE(head.find("\r\n") > std::string("Status: 200 ").size());
    }
}

BOOST_DATA_TEST_CASE(a_status_that_is_none_is_refused, data::make({-1, 0, 99, 600})) {
    Response response;
    response.status = sample;
    BOOST_CHECK_EXCEPTION(format_head(response), Error, is_internal);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi
