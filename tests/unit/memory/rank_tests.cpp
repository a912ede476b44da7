// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "arq/util/stem_set.h"

namespace arq::memory {
namespace {

model::Message said(util::Id id, std::string text) {
    return {.id = id, .text = std::move(text)};
}

std::vector<util::Id> recalled(std::string_view message, const std::vector<model::Message>& past) {
    const util::StemSet wanted{query_stems(message)};
    std::vector<model::Hit> hits;
    for (const model::Message& one : past) hits.push_back({.id = one.id, .stems = wanted.find_in(one.text)});
    const auto load = [&](util::Id id) -> std::optional<model::Message> {
        for (const model::Message& one : past)
            if (one.id == id) return one;
        return std::nullopt;
    };
    std::vector<util::Id> ids;
    for (const auto& ranked : rank_messages(std::vector<double>(wanted.stems().size(), 1.0), hits, 3, load))
        ids.push_back(ranked.item.id);
    return ids;
}

BOOST_AUTO_TEST_SUITE(rank_tests)

BOOST_AUTO_TEST_CASE(a_query_holds_each_telling_stem_once) {
    BOOST_TEST(query_stems("What is the order number of my orders?") ==
                   (std::vector<std::string>{"order", "number"}),
               boost::test_tools::per_element());
    BOOST_TEST(query_stems("Hello, what is it?").empty());
}

BOOST_AUTO_TEST_CASE(what_shares_the_rare_words_comes_first) {
    const auto ids =
        recalled("When does my train to Omsk leave?", {
                                                          said(1, "I like tea"),
                                                          said(2, "My train leaves at 9:40"),
                                                          said(3, "The train to Omsk leaves at noon"),
                                                      });
    BOOST_TEST(ids == (std::vector<util::Id>{3, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(questions_are_no_answers_and_repetitions_count_once) {
    const auto ids = recalled("What is my order number?", {
                                                              said(1, "My order number is 4417"),
                                                              said(2, "What is my order number?"),
                                                              said(3, "My order number is 4417"),
                                                          });
    BOOST_TEST(ids == (std::vector<util::Id>{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(less_than_half_of_the_query_is_not_enough) {
    BOOST_TEST(recalled("Which wine goes with grilled fish?", {said(1, "I bought fish")}).empty());
}

BOOST_AUTO_TEST_CASE(a_rare_term_weighs_more_than_a_frequent_one) {
    BOOST_TEST(term_weight(1, 1000) > term_weight(500, 1000));
    BOOST_TEST(term_weight(1000, 1000) > 0);
    BOOST_TEST(term_weight(0, 0) > 0);
}

BOOST_AUTO_TEST_CASE(a_text_without_a_decisive_stem_is_never_good_enough) {
    BOOST_TEST(decisive_stems({}) == 0U);
    BOOST_TEST(decisive_stems({2.0}) == 1U);
    BOOST_TEST(decisive_stems({0.1, 5.0, 0.1}) == 2U);  // the rare one alone
    // All without one of the chosen fall short, and with one fewer chosen not all would.
    for (const std::vector<double>& weights : std::vector<std::vector<double>>{
             {1, 1, 1, 1}, {1, 1, 1, 1, 1}, {0.2, 3, 1, 0.7, 2.5}, {4, 3, 2, 1, 1, 1, 1}}) {
        const std::uint64_t chosen = decisive_stems(weights);
        double rest = 0;
        double total = 0;
        double least = 9;
        for (std::size_t at = 0; at < weights.size(); ++at) {
            total += weights[at];
            if ((chosen >> at & 1U) == 0)
                rest += weights[at];
            else
                least = std::min(least, weights[at]);
        }
        BOOST_TEST(rest < total / 2);
        BOOST_TEST(rest + least >= total / 2);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
