// SPDX-License-Identifier: MIT
#include "arq/monitor/request_log.h"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "arq/util/file.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace arq::monitor {
namespace {

// As a full disk is to this process.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
};

struct LogFixture {
    std::string content() const { return util::read_file(path); }
    void pass(std::chrono::milliseconds time) { clock.advance(time); }

    tests::TempDir folder;
    tests::FakeClock clock;
    const std::string path = folder.file("requests.log");
    RequestLog log{path, clock};
};

BOOST_FIXTURE_TEST_SUITE(request_log_tests, LogFixture)

BOOST_AUTO_TEST_CASE(each_line_is_appended) {
    util::write_file_atomically(path, "before\n", 0600);
    log.append("one");
    log.append("two");
    BOOST_TEST(content() == "before\none\ntwo\n");
}

BOOST_AUTO_TEST_CASE(after_a_rotation_lines_go_into_a_new_file) {
    log.append("one");
    std::filesystem::rename(path, path + ".1");
    pass(std::chrono::seconds{1});
    log.append("two");
    BOOST_TEST(content() == "two\n");
    std::filesystem::remove(path);
    pass(std::chrono::seconds{1});
    log.append("three");
    BOOST_TEST(content() == "three\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_stops_it_and_room_lets_it_go_on) {
    log.append("one");
    {
        const FileSizeLimit limit{8};
        log.append("two and more");  // is cut in the middle
        log.append("left out");
        pass(std::chrono::seconds{2});
        log.append("left out, too");
    }
    log.append("it is not yet time to try again");
    pass(std::chrono::seconds{2});
    log.append("three");
    log.append("four");
    BOOST_TEST(content() == "one\ntwo \nthree\nfour\n");
}

BOOST_AUTO_TEST_CASE(where_it_can_not_be_made_nothing_else_fails) {
    RequestLog nowhere{folder.file("none/requests.log"), clock};
    nowhere.append("one");
    nowhere.append("two");
    std::filesystem::create_directory(folder.file("none"));
    pass(std::chrono::seconds{2});
    nowhere.append("three");
    BOOST_TEST(util::read_file(folder.file("none/requests.log")) == "three\n");
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_never_mix) {
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number)
        threads.emplace_back([&, number] {
            for (int line = 0; line < 500; ++line)
                log.append(std::string(50, static_cast<char>('a' + number)));
        });
    for (std::thread& thread : threads) thread.join();
    const std::string written = content();
    BOOST_TEST(written.size() == 4U * 500 * 51);
    for (std::size_t at = 0; at < written.size(); at += 51)
        BOOST_REQUIRE(written.substr(at, 51) == std::string(50, written[at]) + "\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::monitor
