// SPDX-License-Identifier: MIT
#include "arq/context/tokens.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <span>
#include <string>

#include "unit/context/counted_texts.h"

namespace arq::context {
namespace {

using tests::CountedText;

// The estimate's error over all of them, in percent: below 0 where it is too little.
double error_percent(std::span<const CountedText> texts) {
    double counted = 0;
    double estimated = 0;
    for (const CountedText& text : texts) {
        counted += static_cast<double>(text.tokens);
        estimated += static_cast<double>(estimate_tokens(text.text));
    }
    return (estimated / counted - 1) * 100;
}

BOOST_AUTO_TEST_SUITE(tokens_tests)

BOOST_AUTO_TEST_CASE(over_texts_of_a_kind_it_is_at_most_2_percent_too_little_and_10_too_much) {
    for (const auto texts : {std::span<const CountedText>{tests::kCountedEnglish},
                             std::span<const CountedText>{tests::kCountedRussian},
                             std::span<const CountedText>{tests::kCountedCode}}) {
        BOOST_TEST_MESSAGE(error_percent(texts));
        BOOST_TEST(error_percent(texts) >= -2);
        BOOST_TEST(error_percent(texts) <= 10);
    }
}

BOOST_AUTO_TEST_CASE(of_a_single_text_it_is_not_far_off) {
    for (const auto texts : {std::span<const CountedText>{tests::kCountedEnglish},
                             std::span<const CountedText>{tests::kCountedRussian},
                             std::span<const CountedText>{tests::kCountedCode}})
        for (const CountedText& text : texts) {
            const double error = error_percent({&text, 1});
            BOOST_TEST(error >= -30, text.text << error);
            BOOST_TEST(error <= 25, text.text << error);
        }
}

BOOST_AUTO_TEST_CASE(nothing_is_no_token_and_short_things_are_one_or_two) {
    BOOST_TEST(estimate_tokens("") == 0U);
    for (const char* text : {"a", "Hello", ".", "123", " ", "\n", "да", "—"})
        BOOST_TEST(estimate_tokens(text) <= 2U, text);
    BOOST_TEST(estimate_tokens("1234567") >= 3U);
}

BOOST_AUTO_TEST_CASE(a_text_counts_about_as_much_as_its_parts) {
    std::string text;
    std::size_t parts = 0;
    for (const CountedText& part : tests::kCountedEnglish) {
        text += part.text;
        text += '\n';
        parts += estimate_tokens(part.text) + 1;
    }
    const std::size_t whole = estimate_tokens(text);
    BOOST_TEST(whole <= parts);
    BOOST_TEST(whole + 2 * std::size(tests::kCountedEnglish) >= parts);
}

BOOST_AUTO_TEST_CASE(any_bytes_have_a_number_that_grows_with_them) {
    std::mt19937 random{20261124};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 200, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random() % 256);
        const std::size_t tokens = estimate_tokens(bytes);
        BOOST_TEST((tokens > 0) == !bytes.empty());
        BOOST_TEST(tokens <= 4 * bytes.size() + 1);
        BOOST_TEST(estimate_tokens(bytes + " and so on, for a while") >= tokens);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::context
