// SPDX-License-Identifier: MIT
#include "store/reply_details.h"

#include <boost/test/unit_test.hpp>

namespace arq::store {
namespace {

BOOST_AUTO_TEST_SUITE(reply_details_tests)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    const ReplyDetails details{
        .topics = {{.name = "road bike", .category = "small talk", .score = 0.875},
                   {.name = "лес", .score = 1}},
        .context = {.window_tokens = 4096, .prompt_tokens = 812, .turns_kept = 6, .turns_summarised = 2},
        .forgotten = {{.id = 23968575916071871, .kind = model::MemoryKind::kNote}}};
    const std::string text = format_details(details);
    const ReplyDetails read = parse_details(text);
    BOOST_REQUIRE(read.topics.size() == 2U);
    BOOST_TEST(read.topics[0].name == "road bike");
    BOOST_TEST(read.topics[0].category == "small talk");
    BOOST_TEST(read.topics[0].score == 0.875);
    BOOST_TEST(read.topics[1].category.empty());
    BOOST_TEST(read.context.window_tokens == 4096);
    BOOST_TEST(read.context.turns_summarised == 2);
    BOOST_REQUIRE(read.forgotten.size() == 1U);
    BOOST_TEST(read.forgotten[0].id == 23968575916071871);
    BOOST_TEST((read.forgotten[0].kind == model::MemoryKind::kNote));
    BOOST_TEST(format_details(read) == text);
}

BOOST_AUTO_TEST_CASE(where_there_is_nothing_to_tell_nothing_is_written) {
    BOOST_TEST(format_details({}).empty());
    BOOST_TEST(parse_details("").topics.empty());
}

BOOST_AUTO_TEST_CASE(what_would_end_a_line_or_a_name_doesnt) {
    const ReplyDetails read =
        parse_details(format_details({.topics = {{.name = "a\nt 1 b\tc", .category = "d\n", .score = 2}}}));
    BOOST_REQUIRE(read.topics.size() == 1U);
    BOOST_TEST(read.topics[0].name == "a t 1 b c");
    BOOST_TEST(read.topics[0].score == 1);
}

BOOST_AUTO_TEST_CASE(what_a_later_release_adds_or_damage_leaves_is_passed_over) {
    const ReplyDetails read = parse_details("z 1 2 3\nt\nt x\nf nonsense 1\nw 7\n\nt 500 boat");
    BOOST_REQUIRE(read.topics.size() == 1U);
    BOOST_TEST(read.topics[0].name == "boat");
    BOOST_TEST(read.context.window_tokens == 7);
    BOOST_TEST(read.forgotten.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
