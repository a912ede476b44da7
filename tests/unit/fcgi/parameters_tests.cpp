// SPDX-License-Identifier: MIT
#include "fcgi/parameters.h"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <limits>
#include <ostream>
#include <string>

namespace arq::fcgi {
namespace {

namespace data = boost::unit_test::data;

class StubClock final : public util::Clock {
public:
    util::Timestamp now() override { return {}; }
    void sleep_for(util::Milliseconds) override {}
    std::chrono::steady_clock::time_point steady_now() override { return {}; }
    void random_fill(std::span<std::byte> bytes) override {
        std::fill(bytes.begin(), bytes.end(), std::byte{0xa5});
    }
};

RequestHead read(std::initializer_list<Parameter> parameters) {
    StubClock clock;
    return read_parameters(parameters, clock);
}

std::string header(const RequestHead& head, std::string_view name) {
    return std::string(head.request.header(name).value_or("(absent)"));
}

struct LengthCase {
    const char* text;
    bool invalid;
    std::optional<std::uint64_t> bytes;
};

std::ostream& operator<<(std::ostream& output, const LengthCase& length) {
    return output << '"' << length.text << '"';
}

const LengthCase kLengths[] = {
    {"", false, std::nullopt},
    {"0", false, 0},
    {"42", false, 42},
    {"007", false, 7},
    {"18446744073709551615", false, std::numeric_limits<std::uint64_t>::max()},
    {"99999999999999999999999", false, std::numeric_limits<std::uint64_t>::max()},
    {"-1", true, std::nullopt},
    {"+1", true, std::nullopt},
    {" 1", true, std::nullopt},
    {"1 ", true, std::nullopt},
    {"1, 1", true, std::nullopt},
    {"0x10", true, std::nullopt},
    {"ten", true, std::nullopt},
};

BOOST_AUTO_TEST_SUITE(parameters_tests)

BOOST_AUTO_TEST_CASE(the_parameters_of_a_request_become_its_fields) {
    const RequestHead head = read({{"REQUEST_METHOD", "POST"},
                                   {"REQUEST_URI", "/api/message?a=%20b"},
                                   {"QUERY_STRING", "a=%20b"},
                                   {"REQUEST_ID", "0123456789abcdef0123456789abcdef"},
                                   {"REMOTE_ADDR", "192.0.2.7"},
                                   {"HTTPS", "on"},
                                   {"CONTENT_LENGTH", "12"}});
    BOOST_TEST(head.request.method == "POST");
    BOOST_TEST(head.request.target == "/api/message?a=%20b");
    BOOST_TEST(head.request.request_id == "0123456789abcdef0123456789abcdef");
    BOOST_TEST(head.request.remote_address == "192.0.2.7");
    BOOST_TEST(head.request.secure);
    BOOST_TEST(head.body_bytes.value_or(0) == 12u);
    BOOST_TEST(header(head, "content-length") == "12");
}

BOOST_AUTO_TEST_CASE(headers_have_lower_case_names_with_dashes) {
    const RequestHead head = read({{"HTTP_X_ARQ_USER", "Ada"}, {"HTTP_ACCEPT", ""}});
    BOOST_TEST(header(head, "x-arq-user") == "Ada");
    BOOST_TEST(header(head, "accept") == "");
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_no_header_makes_none) {
    const RequestHead head = read({{"HTTP_", "x"}, {"SERVER_NAME", "localhost"}, {"X_ARQ_USER", "Eve"}});
    BOOST_TEST(head.request.headers.empty());
}

BOOST_AUTO_TEST_CASE(a_repeated_header_is_joined_so_that_nobody_can_hide_one_behind_another) {
    const RequestHead head = read({{"HTTP_X_ARQ_USER", "Ada"},
                                   {"HTTP_X_ARQ_USER", "Eve"},
                                   {"HTTP_COOKIE", "a=1"},
                                   {"HTTP_COOKIE", "b=2"}});
    BOOST_TEST(header(head, "x-arq-user") == "Ada, Eve");
    BOOST_TEST(header(head, "cookie") == "a=1; b=2");
}

BOOST_AUTO_TEST_CASE(the_content_parameters_beat_headers_of_the_same_meaning) {
    const RequestHead head = read({{"CONTENT_TYPE", "application/json"},
                                   {"CONTENT_LENGTH", "3"},
                                   {"HTTP_CONTENT_TYPE", "text/plain"},
                                   {"HTTP_CONTENT_LENGTH", "9"}});
    BOOST_TEST(header(head, "content-type") == "application/json");
    BOOST_TEST(header(head, "content-length") == "3");
    BOOST_TEST(head.body_bytes.value_or(0) == 3u);
}

BOOST_AUTO_TEST_CASE(an_empty_content_type_is_none) {
    BOOST_TEST(header(read({{"CONTENT_TYPE", ""}}), "content-type") == "(absent)");
}

BOOST_DATA_TEST_CASE(a_content_length_is_digits_and_nothing_else, data::make(kLengths)) {
    const RequestHead head = read({{"CONTENT_LENGTH", sample.text}});
    BOOST_TEST(head.request.length_invalid == sample.invalid);
    BOOST_TEST((head.body_bytes == sample.bytes));
}

BOOST_DATA_TEST_CASE(a_request_without_a_usable_id_gets_a_random_one,
                     data::make({"", "two words", "quote\"", "a/b",
                                 "01234567890123456789012345678901234567890123456789012345678901234"})) {
    const RequestHead head = read({{"REQUEST_ID", sample}});
    BOOST_TEST(head.request.request_id == "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
}

BOOST_AUTO_TEST_CASE(a_request_without_any_parameter_is_empty_but_has_an_id) {
    const RequestHead head = read({});
    BOOST_TEST(head.request.method.empty());
    BOOST_TEST(head.request.target.empty());
    BOOST_TEST(!head.request.length_invalid);
    BOOST_TEST(head.request.request_id.size() == 32u);
}

BOOST_DATA_TEST_CASE(only_on_means_tls, data::make({"", "off", "1", "onn"})) {
    BOOST_TEST(!read({{"HTTPS", sample}}).request.secure);
    BOOST_TEST(read({{"HTTPS", "ON"}}).request.secure);
}

BOOST_AUTO_TEST_CASE(what_nginx_counted_beyond_a_limit_is_told) {
    BOOST_TEST(read({{"LIMIT_STATUS", "REJECTED_DRY_RUN"}}).request.over_limit);
    BOOST_TEST(!read({{"LIMIT_STATUS", "PASSED"}}).request.over_limit);
    // No client can say so itself.
    BOOST_TEST(!read({{"HTTP_LIMIT_STATUS", "REJECTED"}}).request.over_limit);
    BOOST_TEST(!read({}).request.over_limit);
}

BOOST_AUTO_TEST_CASE(how_many_workers_failed_at_it_is_the_front_ends_to_say) {
    BOOST_TEST(read({}).request.failed_tries == 0U);
    BOOST_TEST(read({{"FAILED_TRIES", ""}}).request.failed_tries == 0U);
    BOOST_TEST(read({{"FAILED_TRIES", "504"}}).request.failed_tries == 1U);
    BOOST_TEST(read({{"FAILED_TRIES", "502, 502"}}).request.failed_tries == 2U);
    BOOST_TEST(read({{"HTTP_FAILED_TRIES", "502, 502"}}).request.failed_tries == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi
