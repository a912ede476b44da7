// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "arq/util/file.h"
#include "fuzz/checks.h"

namespace arq {
namespace {

namespace fs = std::filesystem;

// The tests run in the repository's folder, as make starts them.
const fs::path kCorpus{"tests/fuzz/corpus"};

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const fuzz::Check& check : fuzz::checks()) all.emplace_back(check.name);
    return all;
}

BOOST_AUTO_TEST_SUITE(corpus_tests)

BOOST_DATA_TEST_CASE(the_fuzzers_inputs_keep_their_promises, boost::unit_test::data::make(names()), name) {
    int inputs = 0;
    for (const fuzz::Check& check : fuzz::checks()) {
        if (check.name != name) continue;
        for (const auto& file : fs::directory_iterator{kCorpus / name}) {
            BOOST_TEST_CONTEXT(file.path().string())
            BOOST_CHECK_NO_THROW(check.run(util::read_file(file.path())));
            ++inputs;
        }
    }
    BOOST_TEST(inputs > 0);
}

BOOST_AUTO_TEST_CASE(each_folder_of_the_corpus_is_a_fuzzers) {
    std::vector<std::string> folders;
    for (const auto& folder : fs::directory_iterator{kCorpus}) folders.push_back(folder.path().filename());
    std::sort(folders.begin(), folders.end());
    std::vector<std::string> known = names();
    std::sort(known.begin(), known.end());
    BOOST_TEST(folders == known, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq
