// SPDX-License-Identifier: MIT
#include "arq/memory/rules.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "arq/memory/extract.h"
#include "arq/util/error.h"

namespace arq::memory {
namespace {

namespace data = boost::unit_test::data;

std::string value_of(const Rules& rules, const std::string& message, const std::string& subject) {
    for (const Statement& statement : extract_statements(message, {}, rules))
        if (statement.subject == subject) return statement.value;
    return {};
}

BOOST_AUTO_TEST_SUITE(rules_tests)

BOOST_AUTO_TEST_CASE(an_owners_rules_add_to_the_standard_ones) {
    const Rules rules = Rules::with(
        "# of our shop\n"
        "@plan = basic premium\n"
        "[en plan single fact]\n"
        "I AM on [the] {@plan} plan\n"
        "my plan is {@plan}\n");
    BOOST_TEST(value_of(rules, "I'm on the premium plan", "plan") == "premium");
    BOOST_TEST(value_of(rules, "My plan is basic, and I live in Leeds", "plan") == "basic");
    BOOST_TEST(value_of(rules, "My plan is basic, and I live in Leeds", "home") == "Leeds");
    BOOST_TEST(value_of(rules, "if my plan is basic, what then", "plan") == "");
    BOOST_TEST(value_of(Rules::standard(), "I'm on the premium plan", "plan") == "");
}

BOOST_DATA_TEST_CASE(a_mistake_is_told_with_its_line,
                     data::make({"I like <list>", "[en a list fact]\nI like (tea", "[en a list fact]\n\nI like <teas>",
                                 "[en a list fact]\nI @unknown <list>", "[en a list wrong fact extra]",
                                 "[en a list fact]\ni'm <list>", "[en a list fact]\nI like tea)", "sort have pet",
                                 "[en a list fact]\nI like () tea"}) ^
                         data::make({1, 2, 3, 2, 1, 2, 2, 1, 2}),
                     text, line) {
    BOOST_CHECK_EXCEPTION(Rules::with(text), Error, [&](const Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string{error.what()}.starts_with("memory.rules_file, line " + std::to_string(line) + ": ");
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::memory
