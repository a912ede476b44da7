// SPDX-License-Identifier: MIT
#include "http/visitor.h"

#include <boost/test/unit_test.hpp>

#include "support/fake_clock.h"

namespace arq::http {
namespace {

util::Key key_of(int number) {
    util::Key key{};
    key[0] = static_cast<std::byte>(number);
    return key;
}

BOOST_AUTO_TEST_SUITE(visitor_tests)

BOOST_AUTO_TEST_CASE(a_value_is_believed_under_any_of_the_keys) {
    tests::FakeClock clock;
    const Visitor visitor = make_visitor("request", key_of(9), clock.now());
    BOOST_TEST(visitor.id.size() == 22U);
    const std::string value = format_visitor(visitor, key_of(1));
    const auto verified = verify_visitor(value, {key_of(2), key_of(1)});
    BOOST_REQUIRE(verified.has_value());
    BOOST_TEST(verified->id == visitor.id);
    BOOST_TEST((verified->issued_at == clock.now()));
    BOOST_TEST(!verify_visitor(value, {key_of(2)}).has_value());
}

BOOST_AUTO_TEST_CASE(a_value_with_any_character_changed_is_refused) {
    tests::FakeClock clock;
    const std::string value = format_visitor(make_visitor("request", key_of(9), clock.now()), key_of(1));
    for (std::size_t at = 0; at + 1 < value.size(); ++at) {
        std::string forged = value;
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        BOOST_TEST(!verify_visitor(forged, {key_of(1)}).has_value(), forged);
    }
    for (const std::string& forged : {std::string{}, std::string{"new"}, value.substr(0, value.size() - 1),
                                      value + "A", std::string{"v1..."}, std::string(5000, 'A')})
        BOOST_TEST(!verify_visitor(forged, {key_of(1)}).has_value(), forged);
}

BOOST_AUTO_TEST_CASE(the_same_request_makes_the_same_visitor) {
    tests::FakeClock clock;
    BOOST_TEST(make_visitor("a", key_of(9), clock.now()).id == make_visitor("a", key_of(9), clock.now()).id);
    BOOST_TEST(make_visitor("a", key_of(9), clock.now()).id != make_visitor("b", key_of(9), clock.now()).id);
}

BOOST_AUTO_TEST_CASE(cookies_are_found_by_their_whole_name) {
    Request request;
    request.headers["cookie"] = "xarq_visitor=1; arq_visitor=2;arq_visitor=3; arq_visitors=4";
    BOOST_TEST(cookie_values(request, "arq_visitor") == (std::vector<std::string_view>{"2", "3"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
