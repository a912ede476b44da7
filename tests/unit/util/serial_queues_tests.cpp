// SPDX-License-Identifier: MIT
#include "arq/util/serial_queues.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

namespace arq::util {
namespace {

BOOST_AUTO_TEST_SUITE(serial_queues_tests)

BOOST_AUTO_TEST_CASE(what_comes_meanwhile_is_worked_on_afterwards_in_its_order) {
    SerialQueues<int> queues{8};
    std::vector<int> done;
    const auto note = [&](int item) { done.push_back(item); };
    queues.run("a", 1, [&](int item) {
        note(item);
        if (item != 1) return;
        queues.run("a", 2, note);  // as another thread would: it is left to us
        queues.run("a", 3, note);
        BOOST_TEST(done.size() == 1U);
        queues.run("b", 9, note);  // another name waits for nobody
        BOOST_TEST(done.back() == 9);
    });
    BOOST_TEST(done == (std::vector<int>{1, 9, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_item_beyond_the_limit_is_given_back) {
    SerialQueues<std::unique_ptr<int>> queues{1};
    const auto nothing = [](std::unique_ptr<int>) {};
    queues.run("a", std::make_unique<int>(1), [&](std::unique_ptr<int> item) {
        if (*item != 1) return;
        BOOST_TEST(!queues.run("a", std::make_unique<int>(2), nothing).has_value());
        const auto refused = queues.run("a", std::make_unique<int>(3), nothing);
        BOOST_REQUIRE(refused.has_value());
        BOOST_TEST(**refused == 3);
    });
    BOOST_TEST(!queues.run("a", std::make_unique<int>(4), nothing).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
