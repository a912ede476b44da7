// SPDX-License-Identifier: MIT
#include "arq/util/text.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace arq::util {
namespace {

using Words = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(text_tests)

BOOST_AUTO_TEST_CASE(overlong_surrogates_and_stray_bytes_are_not_utf8) {
    BOOST_TEST(is_valid_utf8("Привет, мир"));
    BOOST_TEST(!is_valid_utf8("\xC0\xAF"));
    BOOST_TEST(!is_valid_utf8("\xED\xA0\x80"));
    BOOST_TEST(!is_valid_utf8("abc\x80"));
    BOOST_TEST(!is_valid_utf8("\xF0\x9F\x98"));
}

BOOST_AUTO_TEST_CASE(unicode_white_space_is_trimmed_at_both_ends_only) {
    BOOST_TEST(trim("\u00A0\u3000 a b \t\r\n\u2028") == "a b");
    BOOST_TEST(trim("   ") == "");
    BOOST_TEST(trim("\u200Bx") == "\u200Bx");  // a zero width space is not White_Space
}

BOOST_AUTO_TEST_CASE(truncation_never_cuts_a_character) {
    BOOST_TEST(truncate("аб", 3) == "а");
    BOOST_TEST(truncate("аб", 4) == "аб");
    BOOST_TEST(truncate("x", 0) == "");
}

BOOST_AUTO_TEST_CASE(words_are_folded_yo_becomes_ye_and_short_i_stays) {
    BOOST_TEST(words("What’s Ёлка? МОЙ-Й 4417!") == (Words{"what's", "елка", "мой", "й", "4417"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_decomposed_short_i_is_the_same_letter) {
    BOOST_TEST(words("мои\u0306") == Words{"мой"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(apostrophes_at_the_ends_of_a_word_are_no_part_of_it) {
    BOOST_TEST(words("'quoted' dogs' don't'") == (Words{"quoted", "dogs", "don't"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(words_point_into_the_text_as_it_stands) {
    BOOST_TEST(split_words("Anna, Мария!") == (std::vector<std::string_view>{"Anna", "Мария"}),
               boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(forms_of_a_word_share_a_stem,
                     boost::unit_test::data::make({"orders", "заказа", "машиной"}) ^
                         boost::unit_test::data::make({"order", "заказ", "машина"}),
                     form, base) {
    BOOST_TEST(stem(form) == stem(base));
}

BOOST_AUTO_TEST_CASE(the_language_is_that_of_most_letters) {
    BOOST_TEST((detect_language("Мой iPhone сломался", Language::kEnglish) == Language::kRussian));
    BOOST_TEST((detect_language("My name is Аня", Language::kRussian) == Language::kEnglish));
    BOOST_TEST((detect_language("4417?", Language::kRussian) == Language::kRussian));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
