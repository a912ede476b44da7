// SPDX-License-Identifier: MIT
#include "arq/topics/classifier.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "arq/topics/categories.h"
#include "support/has_code.h"

namespace arq::topics {
namespace {

using tests::has_code;

const std::array kSamples{
    Sample{.text = "the cat sleeps", .label = "cat"},
    Sample{.text = "feed the cat", .label = "cat"},
    Sample{.text = "a cat and a mouse", .label = "cat"},
    Sample{.text = "my cats purr", .label = "cat"},
    Sample{.text = "the train is late", .label = "rail"},
    Sample{.text = "a train to Paris", .label = "rail"},
    Sample{.text = "trains are full", .label = "rail"},
    Sample{.text = "miss the train", .label = "rail"},
    Sample{.text = "seven and nine"},
    Sample{.text = "who said so"},
    Sample{.text = "on the left side"},
    Sample{.text = "number four"},
};

BOOST_AUTO_TEST_SUITE(classifier_tests)

BOOST_AUTO_TEST_CASE(what_was_taught_is_known_again) {
    const std::vector<std::byte> model = train(kSamples);
    const Classifier classifier{model};
    BOOST_TEST(classifier.label_count() == 2U);
    BOOST_TEST(classifier.classify("where is the cat?").label == "cat");
    BOOST_TEST(classifier.classify("the TRAIN to Berlin").label == "rail");
    BOOST_TEST(classifier.classify("cat").probability > classifier.classify("seven and four").probability);
    BOOST_TEST(classifier.classify("").probability < 0.5);
    for (const char* text : {"cat", "", "nine trains", "\xD0"}) {
        const Verdict verdict = classifier.classify(text);
        BOOST_TEST(verdict.probability >= 0);
        BOOST_TEST(verdict.probability <= 1);
    }
}

BOOST_AUTO_TEST_CASE(the_same_samples_give_the_same_bytes) {
    BOOST_TEST((train(kSamples) == train(kSamples)));
}

BOOST_AUTO_TEST_CASE(a_model_keeps_to_its_limit) {
    const std::size_t whole = train(kSamples).size();
    for (const std::size_t limit : {whole / 2, whole / 4}) {
        const std::vector<std::byte> model = train(kSamples, {.limit_bytes = limit});
        BOOST_TEST(model.size() <= limit);
        BOOST_TEST(Classifier{model}.classify("the cat").label == "cat");
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_model_are_refused) {
    const std::vector<std::byte> model = train(kSamples);
    for (std::size_t size = 0; size < model.size(); size += 7)
        BOOST_CHECK_EXCEPTION((Classifier{{model.data(), size}}), Error, has_code(ErrorCode::kConfiguration));
    std::vector<std::byte> longer = model;
    longer.push_back(std::byte{0});
    BOOST_CHECK_EXCEPTION(Classifier{longer}, Error, has_code(ErrorCode::kConfiguration));
    std::vector<std::byte> other = model;
    other[4] ^= std::byte{2};  // the version
    BOOST_CHECK_EXCEPTION(Classifier{other}, Error, has_code(ErrorCode::kConfiguration));
}

BOOST_AUTO_TEST_CASE(labels_are_few_enough_and_more_than_one) {
    BOOST_CHECK_EXCEPTION(train({}), Error, has_code(ErrorCode::kConfiguration));
    BOOST_CHECK_EXCEPTION(train({kSamples.data(), 4}), Error, has_code(ErrorCode::kConfiguration));
    const std::string name(65, 'x');
    const std::array samples{Sample{.text = "a", .label = "a"}, Sample{.text = "b", .label = name}};
    BOOST_CHECK_EXCEPTION(train(samples), Error, has_code(ErrorCode::kConfiguration));
}

BOOST_AUTO_TEST_CASE(a_file_of_categories_is_read_as_it_says) {
    const auto samples = read_categories(
        "# who\n\n[ family ]\n+ mother father\nMy sister called.\r\n[-]\nThe number is four.\n[дом]\nТечёт "
        "кран.");
    BOOST_REQUIRE(samples.size() == 5U);
    BOOST_TEST(samples[0].text == "mother");
    BOOST_TEST(samples[0].is_word);
    BOOST_TEST(samples[1].text == "father");
    BOOST_TEST(samples[2].text == "My sister called.");
    BOOST_TEST(samples[2].label == "family");
    BOOST_TEST(!samples[2].is_word);
    BOOST_TEST(samples[3].label == "");
    BOOST_TEST(samples[4].label == "дом");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_is_refused_with_its_line) {
    for (const char* text :
         {"a sentence\n", "[a\nsentence\n", "[]\nsentence\n", "[a]\n\xFF\n", "[a\x01z]\nsentence\n"})
        BOOST_CHECK_EXCEPTION(read_categories(text), Error, [](const Error& error) {
            return error.code() == ErrorCode::kConfiguration &&
                   std::string_view{error.what()}.find("line ") != std::string_view::npos;
        });
    BOOST_CHECK_EXCEPTION(train_categories("[a]\none\ntwo\nthree\nfour\n[b]\none\n"), Error,
                          has_code(ErrorCode::kConfiguration));
}

BOOST_AUTO_TEST_CASE(the_categories_that_ship_are_there_and_small) {
    const Classifier shipped = shipped_categories();
    BOOST_TEST(shipped.label_count() == 21U);
    BOOST_TEST(shipped.size_bytes() <= 300'000U);
    BOOST_TEST(shipped.classify("my daughter and my husband").label == "family");
    BOOST_TEST(shipped.classify("купил билет на поезд до Казани").probability > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::topics
