// SPDX-License-Identifier: MIT
#include "arq/json/writer.h"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace arq::json {
namespace {

BOOST_AUTO_TEST_SUITE(json_writer_tests)

BOOST_AUTO_TEST_CASE(texts_are_escaped_and_numbers_rounded) {
    Writer json;
    json.begin_object().key("a\"b").value("line\n\x01 ю").key("n").value(1.23456, 2).key("i").value(-5);
    json.key("bad")
        .value(std::numeric_limits<double>::infinity(), 1)
        .key("list")
        .begin_array()
        .value(true)
        .null();
    json.end_array().end_object();
    BOOST_TEST(json.take() == R"({"a\"b":"line\n\u0001 ю","n":1.23,"i":-5,"bad":null,"list":[true,null]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::json
