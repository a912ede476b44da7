// SPDX-License-Identifier: MIT
#include "arq/watch/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstring>
#include <vector>

namespace arq::watch {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(process_tests)

BOOST_AUTO_TEST_CASE(a_stopped_process_is_described) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::raise(SIGSTOP);
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
    const std::string text = describe_process(child);
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    BOOST_TEST(has(text, "state=T "), text);
    BOOST_TEST(has(text, " wchan="), text);
    BOOST_TEST(has(text, " threads=1 "), text);
    BOOST_TEST(has(text, " fds="), text);
    BOOST_TEST(!has(text, "?"), text);
}

BOOST_AUTO_TEST_CASE(of_a_process_that_has_gone_nothing_is_known) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(describe_process(child) == "state=? cpu_s=? wchan=? threads=? fds=? private_kib=?");
    BOOST_TEST(!private_kib(child).has_value());
}

BOOST_AUTO_TEST_CASE(memory_that_is_written_to_is_the_process_own) {
    const auto before = private_kib(::getpid());
    BOOST_REQUIRE(before.has_value());
    // More than malloc would ever take from what others gave back.
    std::vector<char> block(40U << 20U);
    std::memset(block.data(), 1, block.size());
    const auto after = private_kib(::getpid());
    BOOST_REQUIRE(after.has_value());
    BOOST_TEST(*after - *before > 39000);
    BOOST_TEST(*after - *before < 42500);
    BOOST_TEST(block[4096] == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
