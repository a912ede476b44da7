// SPDX-License-Identifier: MIT
#include "arq/watch/pool_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "arq/util/file.h"
#include "support/temp_dir.h"

namespace arq::watch {
namespace {

struct RunFolder {
    tests::TempDir folder;

    void put(const std::string& name, const std::string& content) {
        std::ofstream{folder.path() + "/" + name} << content;
    }
    std::string control() { return folder.path() + "/control"; }
};

BOOST_FIXTURE_TEST_SUITE(pool_files_tests, RunFolder)

BOOST_AUTO_TEST_CASE(ready_workers_are_read_with_the_socket_that_is_theirs) {
    put("worker-1.pid", "11\n");
    put("worker-1.slots", "4,6\n");
    put("worker-c1.pid", "12\n");
    put("worker-c1.slots", "0\n");
    put("worker-c1.variant", "canary\n");
    put("worker-standby.pid", "13\n");
    put("worker-standby.slots", "-\n");
    put("worker-standby.variant", "legacy\n");
    put("worker-trial.pid", "14\n");
    put("worker-trial.slots", "-\n");
    put("worker-2.pid.17", "15\n");  // about to be ready
    put("worker-2.slots", "1\n");
    put("worker-3.pid", "");  // half written
    put("nginx.pid", "16\n");

    const std::vector<Worker> pool = read_pool(folder.path());
    BOOST_REQUIRE(pool.size() == 4U);
    BOOST_TEST(pool[0].name == "1");
    BOOST_TEST(pool[0].pid == 11);
    BOOST_TEST(pool[0].socket == "slot4.sock");
    BOOST_TEST(pool[0].variant == "production");
    BOOST_TEST(pool[0].probes == 2U);
    BOOST_TEST(pool[1].name == "c1");
    BOOST_TEST(pool[1].variant == "canary");
    BOOST_TEST(pool[2].name == "standby");
    BOOST_TEST(pool[2].socket == "legacy.sock");
    BOOST_TEST(pool[2].probes == 1U);
    BOOST_TEST(pool[3].name == "trial");
    BOOST_TEST(pool[3].socket == "");
    BOOST_TEST(pool[3].probes == 0U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_holds_no_pool) {
    BOOST_TEST(read_pool(folder.path() + "/none").empty());
}

BOOST_AUTO_TEST_CASE(the_slots_are_served_by_production_unless_it_is_said_otherwise) {
    BOOST_TEST(read_serving(folder.path()) == "production");
    put("variant", "legacy\n");
    BOOST_TEST(read_serving(folder.path()) == "legacy");
}

BOOST_AUTO_TEST_CASE(a_line_reaches_whoever_reads_and_is_refused_where_there_is_no_pipe) {
    BOOST_TEST(!tell_supervisor(folder.path(), "minute 60"));
    put("control", "");
    BOOST_TEST(!tell_supervisor(folder.path(), "minute 60"));
    ::unlink(control().c_str());
    BOOST_REQUIRE(::mkfifo(control().c_str(), 0600) == 0);
    const util::UniqueFd reader{::open(control().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    BOOST_TEST(tell_supervisor(folder.path(), "minute 60"));
    char text[64];
    const ssize_t count = ::read(reader.get(), text, sizeof text);
    BOOST_TEST(std::string(text, static_cast<std::size_t>(count)) == "minute 60\n");
}

BOOST_AUTO_TEST_CASE(a_pipe_that_is_full_refuses_instead_of_waiting) {
    BOOST_REQUIRE(::mkfifo(control().c_str(), 0600) == 0);
    const util::UniqueFd reader{::open(control().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    const std::string line(900, 'x');
    int told = 0;
    while (told < 1000 && tell_supervisor(folder.path(), line)) ++told;
    BOOST_TEST(told > 10);
    BOOST_TEST(told < 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
