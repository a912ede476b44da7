// SPDX-License-Identifier: MIT
#include "arq/json/reader.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/has_code.h"

namespace arq::json {
namespace {

using tests::has_code;

BOOST_AUTO_TEST_SUITE(json_reader_tests)

BOOST_AUTO_TEST_CASE(fields_are_read_by_name_and_type) {
    const Document document{
        R"({"text": "é", "flag": true, "count": 5, "none": null, "inner": {"list": ["a", "b"]}})"};
    Object root = document.root();
    BOOST_TEST(root.required_string("text") == "é");
    BOOST_TEST(root.optional_bool("flag").value());
    BOOST_TEST(root.optional_integer("count", 1, 5).value() == 5);
    BOOST_TEST(!root.optional_string("none").has_value());
    BOOST_TEST(!root.optional_string("missing").has_value());
    BOOST_TEST(root.optional_object("inner")->optional_strings("list")->at(1) == "b");
    BOOST_CHECK_NO_THROW(root.reject_unknown());
}

BOOST_AUTO_TEST_CASE(errors_name_the_field_by_its_path) {
    const Document document{R"({"pool": {"workers": 0, "other": 1}})"};
    Object pool = *document.root().optional_object("pool");
    BOOST_CHECK_EXCEPTION(pool.optional_integer("workers", 1, 10), Error,
                          has_code(ErrorCode::kInvalidValue, "pool.workers"));
    BOOST_CHECK_EXCEPTION(pool.required_string("name"), Error,
                          has_code(ErrorCode::kMissingField, "pool.name"));
    BOOST_CHECK_EXCEPTION(pool.reject_unknown(), Error, has_code(ErrorCode::kUnknownField, "pool.other"));
}

BOOST_DATA_TEST_CASE(what_is_no_json_is_refused,
                     boost::unit_test::data::make({"", "{", "{\"a\":1}}", "{\"a\":01}", "{'a':1}",
                                                   "{\"a\":1,}", "// c\n{}", "{\"a\":NaN}", "\xFF"})) {
    BOOST_CHECK_EXCEPTION(Document{sample}, Error, has_code(ErrorCode::kInvalidJson));
}

BOOST_DATA_TEST_CASE(text_that_is_no_unicode_is_refused_by_its_field,
                     boost::unit_test::data::make({"{\"a\": \"\xC0\xAF\"}", "{\"a\": \"\\u0000\"}",
                                                   "{\"a\": \"\\ud800\"}", "{\"a\": \"\\udc00\"}",
                                                   "{\"a\": \"\\ud800\\u0041\"}"})) {
    BOOST_CHECK_EXCEPTION(Document{sample}, Error, has_code(ErrorCode::kInvalidValue, "a"));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_unicode_blames_no_other_field) {
    for (const char* text :
         {"{\"a\": 1, \"x\xff\": 1}", "{\"a\": 1, \"\\ud800\": 1}", "{\"a\": 1, \"b\\u0000\": 1}"})
        BOOST_CHECK_EXCEPTION(Document{text}, Error, [](const Error& error) {
            return error.code() == ErrorCode::kInvalidValue && error.param().empty();
        });
    BOOST_CHECK_EXCEPTION(Document{"{\"a\": [1, \"\xff\"]}"}, Error, has_code(ErrorCode::kInvalidValue, "a"));
}

BOOST_AUTO_TEST_CASE(a_name_that_stands_twice_is_refused) {
    BOOST_CHECK_EXCEPTION(Document{R"({"a": 1, "a": 1})"}, Error, has_code(ErrorCode::kDuplicateField, "a"));
    BOOST_CHECK_EXCEPTION(Document{R"({"a": 1, "\u0061": 1})"}, Error,
                          has_code(ErrorCode::kDuplicateField, "a"));
    BOOST_CHECK_NO_THROW((Document{R"({"a": {"a": 1}, "b": {"a": 1}})"}));
}

BOOST_AUTO_TEST_CASE(nesting_beyond_the_limit_is_refused_however_deep) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    BOOST_CHECK_NO_THROW((Document{nested(32)}));
    BOOST_CHECK_EXCEPTION(Document{nested(33)}, Error, has_code(ErrorCode::kInvalidJson));
    BOOST_CHECK_EXCEPTION(Document{nested(100000)}, Error, has_code(ErrorCode::kInvalidJson));
}

BOOST_AUTO_TEST_CASE(the_root_must_be_an_object) {
    BOOST_CHECK_EXCEPTION(Document{"[1]"}, Error, has_code(ErrorCode::kInvalidValue));
    BOOST_CHECK_EXCEPTION(Document{"\"a\""}, Error, has_code(ErrorCode::kInvalidValue));
}

BOOST_AUTO_TEST_CASE(comments_are_for_files_that_people_write) {
    const Document document{"// why\n{\"a\": 1, /* and */ \"b\": 2,}", {.allow_comments = true}};
    BOOST_TEST(document.root().optional_integer("b", 0, 9).value() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::json
