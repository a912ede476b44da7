// SPDX-License-Identifier: MIT
#include "arq/util/hash.h"

#include <boost/test/unit_test.hpp>

namespace arq::util {
namespace {

BOOST_AUTO_TEST_SUITE(hash_tests)

BOOST_AUTO_TEST_CASE(a_keyed_hash_depends_on_key_and_data) {
    Key key{};
    Key other{};
    other[0] = std::byte{1};
    BOOST_TEST((keyed_hash(key, "a", 16) == keyed_hash(key, "a", 16)));
    BOOST_TEST((keyed_hash(key, "a", 16) != keyed_hash(key, "b", 16)));
    BOOST_TEST((keyed_hash(key, "a", 16) != keyed_hash(other, "a", 16)));
}

BOOST_AUTO_TEST_CASE(spellings_are_read_back_and_damaged_ones_refused) {
    const Bytes bytes{std::byte{0}, std::byte{0xFF}, std::byte{0x7E}};
    BOOST_TEST(to_hex(bytes) == "00ff7e");
    BOOST_TEST((from_hex("00ff7e") == bytes));
    BOOST_TEST(!from_hex("00ff7").has_value());
    BOOST_TEST(!from_hex("00fg7e").has_value());
    BOOST_TEST((from_base64url(to_base64url(bytes)) == bytes));
    BOOST_TEST(!from_base64url("a=b").has_value());
    BOOST_TEST(!from_base64url("\xd3\xd3\xd3"
                               "0ffA5")
                    .has_value());
    BOOST_TEST((from_hex("") == Bytes{}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
