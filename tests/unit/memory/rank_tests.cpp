// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "arq/util/text.h"

namespace arq::memory {
namespace {

using namespace std::chrono_literals;

struct Said {
    std::string text;
    std::string answer;
    util::Id session = 1;
};

// An id of the n-th minute.
util::Id id_of(std::size_t at) {
    return static_cast<util::Id>(at + 1) * 60'000 << 18;
}

// What the user said, each a minute after the one before.
class Past {
public:
    explicit Past(std::vector<Said> past) : past_(std::move(past)) {}

    std::vector<model::Stretch> search(const std::vector<std::string>& stems) const {
        model::Stretch stretch;
        for (std::size_t at = 0; at < past_.size(); ++at) {
            const auto turn = [&](const std::string& text, std::size_t number) {
                const std::vector<std::string> words = util::stems(text);
                const bool is_labelled = text.find(": ") != std::string::npos;
                for (std::size_t stem = 0; stem < stems.size(); ++stem) {
                    const auto times = std::count(words.begin(), words.end(), stems[stem]);
                    const auto place = [&](std::ptrdiff_t count) {
                        stretch.occurrences.push_back({static_cast<std::uint16_t>(number),
                                                       static_cast<std::uint8_t>(stem),
                                                       static_cast<std::uint8_t>(count)});
                    };
                    if (times > 0) place(times);
                    if (is_labelled && words.front() == stems[stem]) place(0);
                }
                return model::Stretch::Turn{.length = static_cast<std::uint8_t>(words.size()),
                                            .is_labelled = is_labelled};
            };
            model::Stretch::Exchange exchange{.id = id_of(at), .session = past_[at].session};
            exchange.said = turn(past_[at].text, 2 * at);
            exchange.answered = turn(past_[at].answer, 2 * at + 1);
            stretch.exchanges.push_back(exchange);
        }
        return {stretch};
    }

    std::vector<std::string> recall(std::string_view message, Choice choice = {}, Wanted wanted = {},
                                    Roles roles = Roles::kUser) const {
        const std::vector<std::string> stems = query_stems(message);
        wanted.stems = stems.size();
        wanted.asks_when = asks_when(message);
        wanted.now = util::time_of(id_of(past_.size()));
        const auto load = [&](util::Id id, model::Role role) -> std::optional<model::Message> {
            for (std::size_t at = 0; at < past_.size(); ++at)
                if (id_of(at) == id)
                    return model::Message{
                        .id = id, .text = role == model::Role::kUser ? past_[at].text : past_[at].answer};
            return std::nullopt;
        };
        std::vector<std::string> texts;
        for (const auto& ranked : rank_messages(wanted, search(stems), roles, choice, load))
            texts.push_back(ranked.item.text);
        return texts;
    }

private:
    std::vector<Said> past_;
};

using Texts = std::vector<std::string>;
constexpr Choice kAll{.limit = 10, .least_share = 0, .with_questions = true};

BOOST_AUTO_TEST_SUITE(rank_tests)

BOOST_AUTO_TEST_CASE(a_query_holds_each_telling_stem_once) {
    BOOST_TEST(query_stems("What is the order number of my orders?") == (Texts{"order", "number"}),
               boost::test_tools::per_element());
    BOOST_TEST(query_stems("Hello, what is it?").empty());
}

BOOST_AUTO_TEST_CASE(what_shares_the_rare_words_comes_first) {
    const Past past{{{"I like tea"}, {"My train leaves at 9:40"}, {"The train to Omsk leaves at noon"}}};
    BOOST_TEST(
        past.recall("When does my train to Omsk leave?") == (Texts{"The train to Omsk leaves at noon"}),
        boost::test_tools::per_element());
    BOOST_TEST(past.recall("When does my train to Omsk leave?", kAll) ==
                   (Texts{"The train to Omsk leaves at noon", "My train leaves at 9:40", "I like tea"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_only_asks_is_no_answer_and_repetitions_count_once) {
    const Past past{{{"My order number is 4417"},
                     {"What is my order number?"},
                     {"My order number is 4417"},
                     {"Order number, what is it"}}};
    BOOST_TEST(past.recall("What is my order number?").size() == 2U);
    BOOST_TEST(past.recall("What is my order number?")[0] == "My order number is 4417");
}

BOOST_AUTO_TEST_CASE(less_than_half_of_the_query_is_not_enough) {
    const Past past{{{"I bought fish"}}};
    BOOST_TEST(past.recall("Which wine goes with grilled fish?").empty());
}

BOOST_AUTO_TEST_CASE(an_answer_gets_a_share_of_what_it_answers) {
    const Past past{{{"I slept long"},
                     {"Where did I leave the bicycle?"},
                     {"Behind the shed, it is dry"},
                     {"Nothing else"},
                     {"Nobody came"},
                     {"The day was cold"}}};
    const Texts found = past.recall("the bicycle", kAll);
    BOOST_REQUIRE(found.size() == 4U);
    BOOST_TEST(found[1] == "Behind the shed, it is dry");  // before what stands in front of the question
    BOOST_TEST(std::count(found.begin(), found.end(), "The day was cold") == 0);
}

BOOST_AUTO_TEST_CASE(nothing_is_shared_between_sessions) {
    const Past past{{{"Where is the bicycle?", "", 1}, {"Behind the shed", "", 2}}};
    BOOST_TEST(past.recall("the bicycle", kAll) == (Texts{"Where is the bicycle?"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(answers_are_found_where_both_roles_are_asked_for) {
    const Past past{{{"What does a lynx eat?", "A lynx eats hares."}, {"Good", "Glad to help."}}};
    BOOST_TEST(past.recall("hares", kAll, {}, Roles::kBoth).front() == "A lynx eats hares.");
    const Texts own = past.recall("hares", kAll);
    BOOST_TEST(std::count(own.begin(), own.end(), "A lynx eats hares.") == 0);
}

BOOST_AUTO_TEST_CASE(who_was_asked_about_comes_before_others_who_say_the_same) {
    const Past past{{{"Anna: I keep bees"}, {"Boris: I keep bees, Anna"}}};
    BOOST_TEST(past.recall("Does Anna keep bees?", kAll).front() == "Anna: I keep bees");
    BOOST_TEST(past.recall("Does Boris keep bees?", kAll).front() == "Boris: I keep bees, Anna");
}

BOOST_AUTO_TEST_CASE(a_time_is_preferred_where_one_is_asked_for) {
    const Past past{{{"I saw the dentist yesterday"}, {"I fear the dentist badly"}}};
    BOOST_TEST(past.recall("When did I see the dentist?", kAll).front() == "I saw the dentist yesterday");
    BOOST_TEST(past.recall("the dentist", kAll).front() == "I fear the dentist badly");  // the newer
}

BOOST_AUTO_TEST_CASE(what_was_said_in_the_time_asked_about_comes_first) {
    const std::vector<Said> said{
        {"The roof leaks a lot"}, {"Nothing new"}, {"Nothing at all"}, {"The roof leaks again"}};
    const util::Timestamp first = util::time_of(id_of(0));
    Wanted wanted;
    BOOST_TEST(Past{said}.recall("the roof leaks", kAll, wanted).front() == "The roof leaks again");
    // The week behind it counts too: so a time long before what was said last.
    std::vector<Said> apart = said;
    wanted.from = first - 24h * 30;
    wanted.to = first - 24h * 7 + 1min;
    BOOST_TEST(Past{apart}.recall("the roof leaks", kAll, wanted).front() == "The roof leaks a lot");
}

BOOST_AUTO_TEST_CASE(a_rare_stem_weighs_more_than_a_frequent_one) {
    std::vector<Said> said(100, Said{"tea again"});
    said.push_back({"tea from Assam"});
    const std::vector<std::string> stems{"tea", "assam", "never"};
    const std::vector<double> weights = weigh_stems(3, Past{said}.search(stems));
    BOOST_TEST(weights[1] > weights[0]);
    BOOST_TEST(weights[2] > weights[1]);
    BOOST_TEST(weights[0] > 0);
    BOOST_TEST(weigh_stems(1, {}) == std::vector<double>{1.0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_said_later_can_be_cut_off) {
    const Past past{{{"red"}, {"red", "red"}, {"red"}}};
    std::vector<model::Stretch> found = past.search({"red"});
    cut_before(found[0], id_of(1));
    BOOST_TEST(found[0].exchanges.size() == 1U);
    BOOST_TEST(found[0].occurrences.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
