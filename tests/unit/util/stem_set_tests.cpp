// SPDX-License-Identifier: MIT
#include "arq/util/stem_set.h"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "arq/util/text.h"

namespace arq::util {
namespace {

const char* const kTexts[] = {
    "",
    "Where do the trying, crying and dying lie? They tied a tie, tying skies to the sky.",
    "It's Anna’s news: the early bird gently uses an only use of unique yaks, y'all",
    "ÉCOLE école naïve Ångström ﬁnally e\u0301cole ½ 4417 a4 Ω Ωmega straße STRASSE",
    "Ёлка, ёлки и ЕЛКА; йод, и\u0306од; моя твоя её ею ея я Я",
    "Мой поезд отходит из Омска, поезда отходили; самый красивый красивейший",
    "İstanbul ıslak Ǆ ǆ ʼn ΐ 日本語 中文 x\u0301y",
};

// As slowly as it can be said.
std::uint64_t look_for(const std::vector<std::string>& wanted, std::string_view text) {
    const std::vector<std::string> present = stems(text);
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < wanted.size(); ++at)
        if (std::find(present.begin(), present.end(), wanted[at]) != present.end())
            found |= std::uint64_t{1} << at;
    return found;
}

BOOST_AUTO_TEST_SUITE(stem_set_tests)

BOOST_DATA_TEST_CASE(every_stem_of_a_text_is_found_in_it, boost::unit_test::data::make(kTexts)) {
    for (const std::string& stem : stems(sample)) {
        const StemSet alone{{stem}};
        BOOST_TEST(alone.find_in(sample) == 1U, stem);
        for (const char* other : kTexts)
            BOOST_TEST(alone.find_in(other) == look_for({stem}, other), stem << " in " << other);
    }
}

BOOST_AUTO_TEST_CASE(each_bit_is_its_own_stems) {
    const std::vector<std::string> wanted{"kiwi", "plum", "поезд", "i"};
    const StemSet set{wanted};
    for (const char* text : {"I ate kiwis", "Поезда и plums", "nothing of it", "kiwi plum поезд i"})
        BOOST_TEST(set.find_in(text) == look_for(wanted, text), text);
    BOOST_TEST(set.find_in("kiwi plum поезд i") == 15U);
}

BOOST_AUTO_TEST_CASE(more_stems_than_it_holds_are_left_out) {
    std::vector<std::string> many;
    for (int i = 0; i < 100; ++i) many.push_back("stem" + std::to_string(i));
    const StemSet set{many};
    BOOST_TEST(set.stems().size() == StemSet::kMost);
    BOOST_TEST(set.find_in("stem63 stem64") == std::uint64_t{1} << 63);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
