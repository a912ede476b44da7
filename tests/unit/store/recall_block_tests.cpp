// SPDX-License-Identifier: MIT
#include "store/recall_block.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "arq/util/error.h"
#include "support/has_code.h"

namespace arq::store {
namespace {

std::vector<IndexedExchange> some_exchanges(std::size_t count) {
    std::vector<IndexedExchange> exchanges;
    for (std::size_t at = 0; at < count; ++at)
        exchanges.push_back(
            {.id = static_cast<util::Id>(1'000'000'007 * (at + 1)),
             .session = static_cast<util::Id>(500 - at / 3),
             .said = index_text("The bicycle is green, green bicycle number " + std::to_string(at)),
             .answered = index_text(at % 2 == 0 ? "Anna: a green bicycle, then" : "")});
    return exchanges;
}

BOOST_AUTO_TEST_SUITE(recall_block_tests)

BOOST_AUTO_TEST_CASE(a_block_gives_back_what_went_in) {
    const std::vector<IndexedExchange> exchanges = some_exchanges(kMostInBlock);
    const std::vector<IndexedExchange> read = decode_block(encode_block(exchanges));
    BOOST_REQUIRE(read.size() == exchanges.size());
    for (std::size_t at = 0; at < read.size(); ++at) {
        BOOST_TEST(read[at].id == exchanges[at].id);
        BOOST_TEST(read[at].session == exchanges[at].session);
        BOOST_TEST(read[at].said.stems == exchanges[at].said.stems, boost::test_tools::per_element());
        BOOST_TEST(read[at].answered.stems == exchanges[at].answered.stems, boost::test_tools::per_element());
        BOOST_TEST(read[at].answered.is_labelled == exchanges[at].answered.is_labelled);
    }
}

BOOST_AUTO_TEST_CASE(a_search_of_a_block_tells_what_one_of_its_exchanges_does) {
    const std::vector<IndexedExchange> exchanges = some_exchanges(20);
    const WantedStems wanted{{"green", "anna", "17", "nothere"}};
    const model::Stretch found = search_block(encode_block(exchanges), wanted);
    model::Stretch one_by_one;
    for (const IndexedExchange& exchange : exchanges) search_exchange(exchange, wanted, one_by_one);
    BOOST_REQUIRE(found.exchanges.size() == one_by_one.exchanges.size());
    for (std::size_t at = 0; at < found.exchanges.size(); ++at) {
        BOOST_TEST(found.exchanges[at].id == one_by_one.exchanges[at].id);
        BOOST_TEST(found.exchanges[at].said.length == one_by_one.exchanges[at].said.length);
        BOOST_TEST(found.exchanges[at].answered.is_labelled == one_by_one.exchanges[at].answered.is_labelled);
    }
    const auto key = [](const model::Stretch::Occurrence& one) {
        return std::tuple{one.stem, one.count == 0, one.turn, one.count};
    };
    auto expected = one_by_one.occurrences;
    auto actual = found.occurrences;
    const auto by_key = [&](const auto& a, const auto& b) { return key(a) < key(b); };
    std::sort(expected.begin(), expected.end(), by_key);
    std::sort(actual.begin(), actual.end(), by_key);
    BOOST_REQUIRE(actual.size() == expected.size());
    for (std::size_t at = 0; at < actual.size(); ++at) BOOST_TEST((key(actual[at]) == key(expected[at])));
    // 20 times said twice, 10 times answered, 10 labels and as many of the name itself, one number.
    BOOST_TEST(actual.size() == 51U);
}

BOOST_AUTO_TEST_CASE(a_label_is_a_name_in_front_of_a_colon) {
    BOOST_TEST(speaker_of("Anna: I was in Lyon.") == "Anna");
    BOOST_TEST(speaker_of("Anna Maria Kern: yes") == "Anna Maria Kern");
    BOOST_TEST(speaker_of("Анна: да") == "Анна");
    for (const char* text : {"anna: yes", "At 9:40 it leaves", "See this: a list", "Anna:yes", "Anna:", "",
                             ": nobody", "One Two Three Four: too many", "He said, Anna: no"})
        BOOST_TEST(speaker_of(text) == "", text);
}

BOOST_AUTO_TEST_CASE(function_words_are_not_indexed) {
    BOOST_TEST(index_text("What is it that you said to me?").stems.empty());
    BOOST_TEST(index_text("The apples").stems == (std::vector<std::uint32_t>{number_of("appl")}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_immense_text_fits_into_a_block) {
    std::string text;
    for (int word = 0; word < 20'000; ++word) text += "w" + std::to_string(word) + " ";
    std::vector<IndexedExchange> exchanges(kMostInBlock);
    for (std::size_t at = 0; at < exchanges.size(); ++at)
        exchanges[at] = {
            .id = static_cast<util::Id>(at + 1), .said = index_text(text), .answered = index_text(text)};
    const std::size_t fit = fit_block(exchanges);
    BOOST_TEST(fit >= 1U);
    BOOST_TEST(fit < 4U);
    const auto read = decode_block(encode_block(std::span{exchanges}.first(fit)));
    BOOST_TEST(read.back().answered.stems == exchanges[fit - 1].answered.stems,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_block_is_refused_wherever_it_ends) {
    const std::string block = encode_block(some_exchanges(6));
    const auto is_damaged = tests::has_code(ErrorCode::kStorageDamaged);
    for (std::size_t size = 0; size < block.size(); ++size) {
        const std::string cut = block.substr(0, size);
        BOOST_CHECK_EXCEPTION(decode_block(cut), Error, is_damaged);
    }
    // Any byte may have been changed: read or refused, never beyond its end (which the sanitizers watch).
    for (std::size_t at = 0; at < block.size(); ++at) {
        std::string changed = block;
        changed[at] = static_cast<char>(changed[at] ^ 0xA5);
        try {
            decode_block(changed);
            search_block(changed, WantedStems{{"green", "bicycl"}});
        } catch (const Error& error) {
            BOOST_TEST((error.code() == ErrorCode::kStorageDamaged));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
