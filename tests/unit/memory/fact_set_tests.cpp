// SPDX-License-Identifier: MIT
//
// The hand-written sentences (tests/data/memory/README.md): what is reached may not be lost again. The figures
// themselves are printed by `make eval`.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/fact_set.h"

namespace arq::tests {
namespace {

namespace data = boost::unit_test::data;

struct Floor {
    const char* language;
    bool is_held;
    double recall, precision, silent;
};

std::ostream& operator<<(std::ostream& out, const Floor& floor) {
    return out << floor.language << (floor.is_held ? ", held" : ", tuned on");
}

const Floor kFloors[] = {
    {"en", false, 0.80, 0.88, 0.95},
    {"en", true, 0.38, 0.60, 0.85},
    {"ru", false, 0.75, 0.85, 0.93},
    {"ru", true, 0.38, 0.60, 0.83},
};

BOOST_AUTO_TEST_SUITE(fact_set_tests)

BOOST_DATA_TEST_CASE(the_hand_written_sentences_are_understood_as_well_as_before, data::make(kFloors), floor) {
    FactScore score;
    for (const GoldSentence& gold :
         read_gold_sentences(std::string{"tests/data/memory/sentences."} + floor.language + ".jsonl"))
        if (gold.is_held == floor.is_held) judge_sentence(gold, score);
    BOOST_TEST(score.recall() >= floor.recall);
    BOOST_TEST(score.precision() >= floor.precision);
    BOOST_TEST(static_cast<double>(score.silent) >= floor.silent * static_cast<double>(score.traps));
}

BOOST_AUTO_TEST_CASE(an_object_is_the_same_with_three_further_words_at_most) {
    BOOST_TEST(is_same_object("Казани", "казань"));
    BOOST_TEST(is_same_object("dog Rex", "Rex, the dog"));
    BOOST_TEST(!is_same_object("dog", "dog of a friend of mine"));
    BOOST_TEST(!is_same_object("dog Rex", "dog"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::tests
