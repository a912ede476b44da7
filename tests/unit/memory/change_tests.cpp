// SPDX-License-Identifier: MIT
#include "arq/memory/change.h"

#include <boost/test/unit_test.hpp>

namespace arq::memory {
namespace {

using namespace std::chrono_literals;
using What = Change::What;

const util::Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};

model::Memory known(util::Id id, std::string subject, std::string value) {
    return {.id = id, .text = "…", .kind = model::MemoryKind::kFact, .subject = std::move(subject),
            .value = std::move(value)};
}

Statement state(std::string subject, std::string value, bool is_single = false) {
    return {.kind = model::MemoryKind::kFact, .subject = std::move(subject), .text = "said",
            .value = std::move(value), .is_single = is_single};
}

BOOST_AUTO_TEST_SUITE(change_tests)

BOOST_AUTO_TEST_CASE(another_value_takes_the_place_of_a_single_one) {
    const auto changes = decide(state("home", "Туле", true), {known(7, "home", "Казани")}, kNow);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST((changes[0].what == What::kChange));
    BOOST_TEST(changes[0].memory.id == 7);
    BOOST_TEST(changes[0].memory.value == "Туле");
    BOOST_TEST(decide(state("home", "Казань", true), {known(7, "home", "Казани")}, kNow).empty());
}

BOOST_AUTO_TEST_CASE(a_single_one_that_held_no_more_holds_again) {
    model::Memory closed = known(7, "home", "Казани");
    closed.valid_to = kNow - 24h;
    const auto changes = decide(state("home", "Казани", true), {closed}, kNow);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST((changes[0].what == What::kChange));
    BOOST_TEST(!changes[0].memory.valid_to.has_value());
}

BOOST_AUTO_TEST_CASE(lists_grow_without_doubles) {
    const std::vector<model::Memory> pets{known(1, "pet", "dog"), known(2, "pet", "cat Tom")};
    BOOST_TEST((decide(state("pet", "parrot"), pets, kNow).at(0).what == What::kAdd));
    BOOST_TEST(decide(state("pet", "the dogs"), pets, kNow).empty());
    BOOST_TEST(decide(state("pet", "Tom"), pets, kNow).empty());
    const auto named = decide(state("pet", "dog Rex"), pets, kNow);
    BOOST_REQUIRE(named.size() == 1U);
    BOOST_TEST((named[0].what == What::kChange));
    BOOST_TEST(named[0].memory.id == 1);
}

BOOST_AUTO_TEST_CASE(what_was_said_to_be_wrong_is_replaced) {
    Statement statement = state("allergy", "walnuts");
    statement.replaces = "peanuts";
    const auto changes = decide(statement, {known(3, "allergy", "peanuts"), known(4, "allergy", "pollen")}, kNow);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes[0].memory.id == 3);
}

BOOST_AUTO_TEST_CASE(closing_needs_the_value_that_holds) {
    Statement closing = state("home", "Berlin", true);
    closing.action = Action::kClose;
    BOOST_TEST(decide(closing, {known(7, "home", "Bonn")}, kNow).empty());
    BOOST_TEST((decide(closing, {known(7, "home", "Berlin")}, kNow).at(0).what == What::kClose));
    closing.value.clear();
    BOOST_TEST((decide(closing, {known(7, "home", "Bonn")}, kNow).at(0).what == What::kClose));
}

BOOST_AUTO_TEST_CASE(an_instruction_takes_the_place_of_what_it_excludes) {
    Statement statement = state("instruction", "answer at length");
    const auto changes = decide(statement,
                                {known(1, "instruction", "use metric units"),
                                 known(2, "instruction", "always answer briefly")},
                                kNow);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes[0].memory.id == 2);
    BOOST_TEST((decide(state("instruction", "use EAT for all times"), {known(1, "instruction", "use metric units")},
                       kNow)
                    .at(0)
                    .what == What::kAdd));
}

BOOST_AUTO_TEST_CASE(a_past_event_is_no_other_ones_former_time) {
    model::Memory past = known(1, "event", "dentist");
    past.kind = model::MemoryKind::kEvent;
    past.valid_to = kNow - 24h;
    Statement next = state("event", "dentist");
    next.kind = model::MemoryKind::kEvent;
    BOOST_TEST((decide(next, {past}, kNow).at(0).what == What::kAdd));
    past.valid_to = kNow + 24h;
    BOOST_TEST((decide(next, {past}, kNow).at(0).what == What::kChange));
}

BOOST_AUTO_TEST_CASE(forgetting_is_about_a_relation_or_about_words) {
    Statement statement{.value = "my birthday", .action = Action::kForget};
    const Forgetting birthday = read_forgetting(statement);
    BOOST_TEST(is_about(birthday, known(1, "birthday", "9 September"), {}));
    BOOST_TEST(!is_about(birthday, known(2, "home", "Bonn"), {}));
    statement.value = "the kiwi allergy";
    const Forgetting kiwi = read_forgetting(statement);
    BOOST_TEST(is_about(kiwi, known(3, "allergy", "kiwi"), {}));
    BOOST_TEST(!is_about(kiwi, known(4, "allergy", "nuts"), {}));
    BOOST_TEST(is_about(kiwi, known(4, "allergy", "nuts"), {{.text = "I'm allergic to kiwi", .value = "kiwi"}}));
    statement.value = "me";
    BOOST_TEST(read_forgetting(statement).everything);
}

BOOST_AUTO_TEST_CASE(a_correction_changes_what_it_can_be_meant_for) {
    Statement correction{.text = "no wait, 35", .value = "35", .action = Action::kCorrect};
    model::Memory age = known(1, "age", "34");
    age.text = "I'm 34 now";
    const auto corrected = correct(correction, age);
    BOOST_REQUIRE(corrected.has_value());
    BOOST_TEST(corrected->text == "I'm 35 now");
    BOOST_TEST(!correct(correction, known(2, "home", "Bonn")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
