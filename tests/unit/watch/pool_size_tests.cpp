// SPDX-License-Identifier: MIT
#include "arq/watch/pool_size.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace arq::watch {
namespace {

struct Case {
    std::int64_t limit, others;
    PoolSize wanted, fits;
};

std::ostream& operator<<(std::ostream& stream, const Case& one) {
    return stream << one.limit << " with " << one.others << " others";
}

const Case kCases[] = {
    {1000, 0, {2, 8}, {2, 8}}, {25, 0, {2, 8}, {2, 3}},  // the tight account of the tests
    {25, 1, {2, 8}, {2, 3}},   {25, 2, {2, 8}, {2, 2}},    {25, 0, {10, 8}, {2, 3}},
    {60, 0, {10, 8}, {9, 3}},  {100, 0, {10, 8}, {10, 6}}, {20, 0, {2, 8}, {2, 1}},
    {19, 0, {2, 8}, {1, 3}},   {16, 0, {2, 8}, {1, 1}},    {5, 30, {2, 8}, {1, 1}},
    {5, 0, {1, 1}, {1, 1}},    {61, 0, {10, 4}, {9, 3}},   {1000, 999, {1, 1}, {1, 1}},
};

BOOST_AUTO_TEST_SUITE(pool_size_tests)

BOOST_DATA_TEST_CASE(the_largest_pool_that_fits, kCases) {
    const PoolSize fits = fit_pool(sample.wanted, {.limit = sample.limit, .others = sample.others});
    BOOST_TEST(fits.workers == sample.fits.workers);
    BOOST_TEST(fits.threads == sample.fits.threads);
}

BOOST_AUTO_TEST_CASE(without_a_limit_it_is_as_large_as_it_is_wanted) {
    BOOST_TEST((fit_pool({10, 64}, {.others = 5000}) == PoolSize{10, 64}));
}

BOOST_AUTO_TEST_CASE(two_workers_of_three_threads_and_all_beside_them_are_24) {
    BOOST_TEST(processes_needed({2, 3}) == 24);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
