// SPDX-License-Identifier: MIT
#include "arq/context/window.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

#include "arq/context/tokens.h"
#include "arq/util/text.h"

namespace arq::context {
namespace {

std::string words(std::size_t count) {
    std::string text;
    for (; count > 0; --count) text += "word ";
    return std::string{util::trim(text)};
}

std::size_t cost_of(const std::vector<std::string>& items) {
    std::size_t cost = items.empty() ? 0 : kPartTokens;
    for (const std::string& item : items) cost += estimate_tokens(item) + kItemTokens;
    return cost;
}

std::size_t cost_of(const Turn& turn) {
    return estimate_tokens(turn.message) + kMessageTokens +
           (turn.reply.empty() ? 0 : estimate_tokens(turn.reply) + kMessageTokens);
}

std::size_t cost_of(const std::vector<Turn>& turns) {
    std::size_t cost = 0;
    for (const Turn& turn : turns) cost += cost_of(turn);
    return cost;
}

std::size_t cost_of(const Window& window) {
    if (window.message.empty()) return 0;
    return estimate_tokens(window.message) + kMessageTokens + kPromptTokens + cost_of(window.instructions) +
           cost_of(window.facts) + cost_of(window.summary) + cost_of(window.quotes) + cost_of(window.turns);
}

std::vector<std::string> texts_of(const std::vector<Item>& items) {
    std::vector<std::string> texts;
    for (const Item& item : items) texts.push_back(item.text);
    return texts;
}

// Whether all of `part` stand in `whole`, in its order.
bool stands_in_order(const std::vector<std::string>& part, const std::vector<Item>& whole) {
    auto at = whole.begin();
    for (const std::string& text : part) {
        at = std::find_if(at, whole.end(), [&](const Item& item) { return item.text == text; });
        if (at == whole.end()) return false;
        ++at;
    }
    return true;
}

BOOST_AUTO_TEST_SUITE(window_tests)

BOOST_AUTO_TEST_CASE(all_goes_in_where_there_is_room) {
    const Material material{.instructions = {{"Answer briefly", 1}},
                            .facts = {{"Name: Anna", 0.2}, {"Lives in Omsk", 0.9}},
                            .summary = {{"We decided to go by train", 0.5}},
                            .quotes = {{"The code is 12", 0.5}},
                            .turns = {{"hello", "hi"}, {"how are you?", "fine"}},
                            .message = "What is my name?"};
    const Window window = fill_window(material, 1000);
    BOOST_TEST(window.instructions == texts_of(material.instructions));
    BOOST_TEST(window.facts == texts_of(material.facts));  // in their order, whatever their worth
    BOOST_TEST(window.summary == texts_of(material.summary));
    BOOST_TEST(window.quotes == texts_of(material.quotes));
    BOOST_TEST((window.turns == material.turns));
    BOOST_TEST(window.message == material.message);
    BOOST_TEST(window.prompt_tokens == cost_of(window));
    BOOST_TEST(window.budget_tokens == 1000U);
}

BOOST_AUTO_TEST_CASE(the_latest_turns_stay_and_no_older_one_behind_one_that_does_not_fit) {
    const Material material{.turns = {{"a", "b"}, {words(500), "c"}, {"d", "e"}, {"f", "g"}},
                            .message = "now"};
    const Window window = fill_window(material, 200);
    BOOST_REQUIRE(window.turns.size() == 2U);
    BOOST_TEST(window.turns[0].message == "d");
}

BOOST_AUTO_TEST_CASE(a_part_keeps_its_share_however_much_the_others_hold) {
    Material material{.message = "now"};
    for (int at = 0; at < 100; ++at) {
        material.facts.push_back({words(20), 1});
        material.turns.push_back({words(20), words(20)});
    }
    material.quotes = {{"a quote of no great worth", 0.01}};
    const Window window = fill_window(material, 2000);
    BOOST_TEST(window.quotes.size() == 1U);
    BOOST_TEST(cost_of(window.turns) >= 2000U * 35 / 100);
    BOOST_TEST(cost_of(window.facts) >= 2000U * 12 / 100);
}

BOOST_AUTO_TEST_CASE(what_a_part_does_not_need_goes_to_the_worthiest_of_the_others) {
    Material material{.message = "now"};
    for (int at = 0; at < 40; ++at) {
        material.facts.push_back({words(20) + " fact", 0.9});
        material.quotes.push_back({words(20) + " quote", 0.1});
    }
    const Window window = fill_window(material, 1000);
    BOOST_TEST(cost_of(window) >= 950U);
    BOOST_TEST(cost_of(window.facts) >= 700U);
    BOOST_TEST(cost_of(window.quotes) <= 200U);
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_the_budget_keeps_both_its_ends) {
    const Material material{
        .facts = {{"Name: Anna", 1}}, .turns = {{"a", "b"}}, .message = "Begin " + words(5000) + " конец"};
    const Window window = fill_window(material, 300);
    BOOST_TEST(window.is_message_cut);
    BOOST_TEST(window.message.starts_with("Begin word"));
    BOOST_TEST(window.message.ends_with("word конец"));
    BOOST_TEST(window.message.find(kOmission) != std::string::npos);
    BOOST_TEST(window.facts.empty());
    BOOST_TEST(window.turns.empty());
    BOOST_TEST(window.prompt_tokens <= 300U);
    BOOST_TEST(window.prompt_tokens >= 250U);
    const Window none = fill_window(material, 3);
    BOOST_TEST(none.message == "");
    BOOST_TEST(none.prompt_tokens == 0U);
}

struct RandomMaterial {
    explicit RandomMaterial(unsigned seed) : random(seed) {}

    std::string text(std::size_t most_words) {
        static const std::vector<std::string> kWords{"word", "Anna",   "слово", "длинношеее", "12",  "…",
                                                     "日本", "☂️", "it's",  "\n",         "x=y", "(a)"};
        std::string result;
        for (auto count = random() % (most_words + 1); count > 0; --count)
            result += kWords[random() % kWords.size()] + (random() % 9 == 0 ? "" : " ");
        return std::string{util::trim(result)};
    }
    std::vector<Item> items() {
        std::vector<Item> result(random() % 8);
        for (Item& item : result) item = {text(30), static_cast<double>(random() % 100) / 100};
        return result;
    }
    Material material() {
        Material result{.instructions = items(), .facts = items(), .summary = items(), .quotes = items()};
        result.turns.resize(random() % 10);
        for (Turn& turn : result.turns) turn = {text(30), text(40)};
        result.message = "Now " + text(random() % 10 == 0 ? 300 : 20);
        return result;
    }
    Shares shares() {
        Shares result;
        int left = 100;
        for (int* share :
             {&result.instructions, &result.facts, &result.summary, &result.quotes, &result.turns}) {
            *share = static_cast<int>(random() % static_cast<unsigned>(left + 1));
            left -= *share;
        }
        return result;
    }

    std::mt19937 random;
};

BOOST_AUTO_TEST_CASE(whatever_comes_it_keeps_its_promises) {
    RandomMaterial random{20261124};
    for (int round = 0; round < 5000; ++round) {
        const Material material = random.material();
        const Shares shares = random.shares();
        const std::size_t budget = random.random() % 900;
        const Window window = fill_window(material, budget, shares);
        BOOST_REQUIRE(window.prompt_tokens <= budget);
        BOOST_REQUIRE(window.prompt_tokens == cost_of(window));
        BOOST_REQUIRE(util::is_valid_utf8(window.message));
        BOOST_REQUIRE(stands_in_order(window.instructions, material.instructions));
        BOOST_REQUIRE(stands_in_order(window.facts, material.facts));
        BOOST_REQUIRE(stands_in_order(window.summary, material.summary));
        BOOST_REQUIRE(stands_in_order(window.quotes, material.quotes));
        BOOST_REQUIRE(window.turns.size() <= material.turns.size());
        BOOST_REQUIRE(std::equal(window.turns.rbegin(), window.turns.rend(), material.turns.rbegin()));
        const bool fits = estimate_tokens(material.message) + kMessageTokens + kPromptTokens <= budget;
        BOOST_REQUIRE(window.is_message_cut == !fits);
        if (!fits) continue;
        BOOST_REQUIRE(window.message == material.message);
        // Who needs less than the share gets all of it.
        const std::size_t room = budget - estimate_tokens(material.message) - kMessageTokens - kPromptTokens;
        const auto check_share = [&](std::size_t needed, int percent, bool is_whole) {
            if (needed <= room * static_cast<std::size_t>(percent) / 100) BOOST_REQUIRE(is_whole);
        };
        check_share(cost_of(texts_of(material.facts)), shares.facts,
                    window.facts.size() == material.facts.size());
        check_share(cost_of(texts_of(material.summary)), shares.summary,
                    window.summary.size() == material.summary.size());
        check_share(cost_of(material.turns), shares.turns, window.turns.size() == material.turns.size());
        // Nothing that would still fit is left out.
        const std::size_t left = budget - window.prompt_tokens;
        if (window.turns.size() < material.turns.size())
            BOOST_REQUIRE(cost_of(material.turns[material.turns.size() - 1 - window.turns.size()]) > left);
        if (window.facts.size() < material.facts.size())
            for (const Item& fact : material.facts)
                if (std::find(window.facts.begin(), window.facts.end(), fact.text) == window.facts.end())
                    BOOST_REQUIRE(estimate_tokens(fact.text) + kItemTokens +
                                      (window.facts.empty() ? kPartTokens : 0) >
                                  left);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::context
