// SPDX-License-Identifier: MIT
//
// The program arq-listen, as the supervisor calls it.
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <system_error>
#include <vector>

#include "support/fastcgi_fixture.h"

namespace arq::fcgi::tests {
namespace {

namespace data = boost::unit_test::data;

std::string program() {
    const char* build = std::getenv("ARQ_BUILD");
    return std::string(build != nullptr ? build : "build") + "/bin/arq-listen";
}

// Runs arq-listen, by a shell, with its output readable and its input open until the end.
class Listen {
public:
    explicit Listen(const std::string& arguments, const std::string& before = "") {
        int input[2];
        int output[2];
        BOOST_REQUIRE(pipe2(input, O_CLOEXEC) == 0);
        BOOST_REQUIRE(pipe2(output, O_CLOEXEC) == 0);
        const std::string command = before + "exec \"$0\" " + arguments;
        const std::string path = std::filesystem::absolute(program());
        child_ = fork();
        BOOST_REQUIRE(child_ >= 0);
        if (child_ == 0) {
            dup2(input[0], 0);
            dup2(output[1], 1);
            dup2(output[1], 2);
            execl("/bin/sh", "sh", "-c", command.c_str(), path.c_str(), nullptr);
            _exit(127);
        }
        input_ = UniqueFd(input[1]);
        output_ = UniqueFd(output[0]);
        close(input[0]);
        close(output[1]);
    }
    ~Listen() { status(); }
    Listen(const Listen&) = delete;
    Listen& operator=(const Listen&) = delete;

    // What it has written by the first line that says "ready", or by its end.
    std::string output() {
        std::string text;
        char c = 0;
        while (text.find("ready\n") == std::string::npos && read(output_.get(), &c, 1) == 1) text += c;
        return text;
    }

    // Closes its input, which ends the commands of these tests.
    int status() {
        input_.reset();
        if (child_ > 0) {
            int raw = 0;
            waitpid(child_, &raw, 0);
            status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
            child_ = -1;
        }
        return status_;
    }

private:
    pid_t child_ = -1;
    int status_ = -1;
    UniqueFd input_;
    UniqueFd output_;
};

const std::string kHold = " -- sh -c 'echo ready; read line'";

bool somebody_listens(const std::string& path) {
    try {
        fcgi::fetch(path, make_request("/"), std::chrono::milliseconds{10});
    } catch (const std::system_error& error) {
        return error.code().value() == ETIMEDOUT;  // taken into the queue, and answered by nobody
    }
    return true;
}

struct Folder {
    SocketFolder folder;
};

BOOST_FIXTURE_TEST_SUITE(listen_tests, Folder)

BOOST_AUTO_TEST_CASE(the_command_inherits_the_slots_listening_and_non_blocking) {
    Listen listen("--directory " + folder.path() +
                  " -- sh -c 'echo $ARQ_SLOT_FDS; for fd in 20 25 29; do readlink /proc/$$/fd/$fd;"
                  " grep flags /proc/$$/fdinfo/$fd; done;"
                  " echo ready; read line'");
    const std::string output = listen.output();
    BOOST_TEST(output.starts_with("20-29\nsocket:["), output);
    BOOST_TEST(output.find("flags:\t02004002\n") == std::string::npos, output);  // not close-on-exec
    BOOST_TEST(output.find("flags:\t04002\n") != std::string::npos, output);     // O_NONBLOCK | O_RDWR
    for (int slot = 0; slot < 10; ++slot) {
        BOOST_TEST(somebody_listens(folder.socket("slot" + std::to_string(slot) + ".sock")));
    }
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 10);  // no *.new
}

BOOST_AUTO_TEST_CASE(fewer_slots_and_another_mode_are_as_asked_for) {
    Listen listen("--directory " + folder.path() +
                  " --slots 2 --mode 0666 -- sh -c 'echo $ARQ_SLOT_FDS ready'");
    BOOST_TEST(listen.output() == "20-21 ready\n");
    struct stat status {};
    BOOST_REQUIRE(stat(folder.socket("slot1.sock").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0666u);
    BOOST_TEST(!std::filesystem::exists(folder.socket("slot2.sock")));
}

BOOST_AUTO_TEST_CASE(by_default_only_the_same_user_may_connect_whatever_the_mask) {
    Listen listen("--directory " + folder.path() + " --slots 1 -- sh -c 'umask; echo ready'", "umask 0000; ");
    BOOST_TEST(listen.output() == "0000\nready\n");  // the command's own mask is untouched
    struct stat status {};
    BOOST_REQUIRE(stat(folder.socket("slot0.sock").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_new_holder_takes_the_names_over_and_the_old_queue_stays_with_the_old_one) {
    Listen old("--directory " + folder.path() + " --slots 1" + kHold);
    old.output();
    RawPeer queued(folder.socket("slot0.sock"));
    { std::ofstream left_over(folder.socket("slot0.sock.new")); }
    Listen next("--directory " + folder.path() + " --slots 1" + kHold);
    next.output();
    BOOST_TEST(old.status() == 1);             // `read` at the end of its input
    BOOST_TEST(queued.receive_all().empty());  // the old one's queue ended with it
    BOOST_TEST(somebody_listens(folder.socket("slot0.sock")));
}

BOOST_AUTO_TEST_CASE(a_folder_whose_path_is_longer_than_a_socket_address_will_do) {
    const std::string deep = folder.path() + "/" + std::string(120, 'd') + "/" + std::string(120, 'e');
    std::filesystem::create_directories(deep);
    Listen listen("--directory " + deep + kHold);
    BOOST_TEST(listen.output() == "ready\n");
    BOOST_TEST(somebody_listens(deep + "/slot9.sock"));
}

BOOST_AUTO_TEST_CASE(a_relative_folder_will_do_and_the_command_starts_where_it_was_called) {
    Listen listen("--directory . --slots 1 -- sh -c 'pwd; echo ready; read line'",
                  "cd " + folder.path() + "; ");
    BOOST_TEST(listen.output() == folder.path() + "\nready\n");
    BOOST_TEST(somebody_listens(folder.socket("slot0.sock")));
}

BOOST_DATA_TEST_CASE(a_wrong_call_ends_with_2_and_says_what_is_wrong,
                     data::make({"", "--directory", "--directory /tmp", "--directory /tmp --", "-- true",
                                 "--directory /tmp --slots 0 -- true", "--directory /tmp --slots 11 -- true",
                                 "--directory /tmp --slots 2x -- true",
                                 "--directory /tmp --mode 0888 -- true",
                                 "--directory /tmp --mode 1777 -- true", "--directory /tmp --what -- true",
                                 "--directory /tmp true"})) {
    Listen listen(sample);
    const std::string output = listen.output();
    BOOST_TEST(output.starts_with("arq-listen: "), output);
    BOOST_TEST(output.find("--help") != std::string::npos, output);
    BOOST_TEST(listen.status() == 2);
}

BOOST_AUTO_TEST_CASE(a_failure_ends_with_1_and_names_the_folder_or_the_command) {
    Listen missing("--directory /nonexistent/run -- true");
    BOOST_TEST(missing.output().find("/nonexistent/run: No such file") != std::string::npos);
    BOOST_TEST(missing.status() == 1);
    Listen no_command("--directory " + folder.path() + " -- /nonexistent/command");
    BOOST_TEST(no_command.output().find("cannot run /nonexistent/command") != std::string::npos);
    BOOST_TEST(no_command.status() == 1);
    Listen few_files("--directory " + folder.path() + " -- true", "ulimit -n 25; ");
    BOOST_TEST(few_files.output().find("ulimit -n") != std::string::npos);
    BOOST_TEST(few_files.status() == 1);
}

BOOST_AUTO_TEST_CASE(help_and_version_are_told) {
    Listen help("--help");
    BOOST_TEST(help.output().starts_with("usage: arq-listen "));
    BOOST_TEST(help.status() == 0);
    Listen version("--version");
    BOOST_TEST(version.output().starts_with("arq-listen "));
    BOOST_TEST(version.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::fcgi::tests
