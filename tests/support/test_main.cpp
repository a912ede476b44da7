// SPDX-License-Identifier: MIT
#define BOOST_TEST_MODULE arq
#include <boost/test/unit_test.hpp>

#include "arq/util/hash.h"

namespace {

struct Crypto {
    Crypto() { arq::util::initialise_crypto(); }
};

BOOST_TEST_GLOBAL_FIXTURE(Crypto);

}  // namespace
