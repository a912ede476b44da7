// SPDX-License-Identifier: MIT
//
// arq-listen: binds the pool's sockets, the slots, and becomes the command that is to hold them. They outlive
// the workers, so a connection waits in its slot's queue until some worker takes it.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "arq/fcgi/socket_address.h"
#include "arq/util/file.h"
#include "version.h"

namespace {

using arq::util::UniqueFd;

// Above what a shell names, so that dash passes them on untouched. The workers are told by ARQ_SLOT_FDS.
constexpr int kFirstSlotFd = 20;
constexpr int kSlotsLimit = 10;  // nginx's configuration has an entry for each of ten
constexpr int kFirstExtraFd = kFirstSlotFd + kSlotsLimit;
constexpr int kExtraLimit = 4;
constexpr int kFirstOwnFd = kFirstExtraFd + kExtraLimit;

constexpr const char* kUsage =
    "usage: arq-listen --directory DIR [--slots N] [--also NAME]... [--mode MODE] -- COMMAND [ARGUMENT...]\n"
    "\n"
    "Binds DIR/slot0.sock to DIR/slot<N-1>.sock, in the place of what is there, and becomes COMMAND, which\n"
    "inherits them as the descriptors 20, 21 and so on, listening and non-blocking; ARQ_SLOT_FDS names them\n"
    "(\"20-29\").\n"
    "\n"
    "  --directory DIR  an existing folder; its path may be of any length\n"
    "  --slots N        how many, 1 to 10 (default 10)\n"
    "  --also NAME      binds DIR/NAME.sock too, as descriptor 30, the next as 31, and so on; four at most\n"
    "  --mode MODE      who may connect, in octal (default 0600: the same user only)\n"
    "  --version        print the version\n"
    "  --help           print this\n";

struct Arguments {
    std::string directory;
    int slots = kSlotsLimit;
    std::vector<std::string> also;
    mode_t mode = 0600;
    std::vector<char*> command;  // ends with a null pointer, for exec
};

[[noreturn]] void fail_usage(const std::string& message) {
    std::fprintf(stderr, "arq-listen: %s; `arq-listen --help` shows how to call it\n", message.c_str());
    std::exit(2);
}

[[noreturn]] void fail(const std::string& what, int error, const std::string& advice) {
    std::fprintf(stderr, "arq-listen: %s: %s. %s\n", what.c_str(), std::strerror(error), advice.c_str());
    std::exit(1);
}

int parse_number(std::string_view option, std::string_view text, int base, int lowest, int highest,
                 const char* what) {
    int number = -1;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, base);
    const bool whole = result.ec == std::errc{} && result.ptr == text.data() + text.size();
    if (!whole || number < lowest || number > highest) {
        fail_usage(std::string(option) + " needs " + what + ", not \"" + std::string(text) + "\"");
    }
    return number;
}

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    int i = 1;
    for (; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--help") {
            std::fputs(kUsage, stdout);
            std::exit(0);
        }
        if (option == "--version") {
            std::puts("arq-listen " ARQ_VERSION);
            std::exit(0);
        }
        if (option == "--") break;
        if (option != "--directory" && option != "--slots" && option != "--also" && option != "--mode") {
            fail_usage("unknown argument \"" + std::string(option) + "\" (the command stands behind --)");
        }
        if (++i == argc) fail_usage(std::string(option) + " needs a value");
        const std::string_view value = argv[i];
        if (option == "--directory") arguments.directory = value;
        if (option == "--slots") {
            arguments.slots = parse_number(option, value, 10, 1, kSlotsLimit, "a number from 1 to 10");
        }
        if (option == "--also") {
            if (value.empty() || value.find('/') != std::string_view::npos)
                fail_usage("--also needs a socket's name without .sock, not \"" + std::string(value) + "\"");
            arguments.also.emplace_back(value);
            if (arguments.also.size() > kExtraLimit) fail_usage("--also can stand four times at most");
        }
        if (option == "--mode") {
            arguments.mode = static_cast<mode_t>(
                parse_number(option, value, 8, 0, 0777, "octal permissions such as 0600"));
        }
    }
    if (arguments.directory.empty()) fail_usage("--directory is missing");
    for (++i; i < argc; ++i) arguments.command.push_back(argv[i]);
    if (arguments.command.empty()) fail_usage("the command is missing (behind --)");
    arguments.command.push_back(nullptr);
    return arguments;
}

struct Socket {
    std::string name;
    int fd = -1;  // where the command finds it

    std::string new_name() const { return name + ".new"; }
};

std::vector<Socket> sockets_of(const Arguments& arguments) {
    std::vector<Socket> sockets;
    sockets.reserve(static_cast<std::size_t>(arguments.slots) + arguments.also.size());
    for (int slot = 0; slot < arguments.slots; ++slot)
        sockets.push_back({.name = "slot" + std::to_string(slot) + ".sock", .fd = kFirstSlotFd + slot});
    int fd = kFirstExtraFd;
    for (const std::string& name : arguments.also) sockets.push_back({.name = name + ".sock", .fd = fd++});
    return sockets;
}

// Where the folder's descriptor can't be overwritten by a slot's.
UniqueFd open_directory(const std::string& path) {
    try {
        const UniqueFd folder = arq::fcgi::open_folder(path);
        const int fd = fcntl(folder.get(), F_DUPFD_CLOEXEC, kFirstOwnFd);
        if (fd >= 0) return UniqueFd(fd);
        fail("cannot keep the folder open", errno, "Raise the limit of open files (`ulimit -n`).");
    } catch (const std::system_error& error) {
        fail("cannot open the folder " + path, error.code().value(),
             "Name an existing folder that this user may enter (arqctl init makes PREFIX/run).");
    }
}

void bind_socket(const UniqueFd& folder, const Arguments& arguments, const Socket& wanted_socket) {
    const std::string name = wanted_socket.new_name();
    const std::string shown = arguments.directory + "/" + name;
    unlinkat(folder.get(), name.c_str(), 0);  // left by a call that was cut off

    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) fail("cannot make a socket", errno, "Raise the limit of open files (`ulimit -n`).");
    const sockaddr_un address = arq::fcgi::socket_address(folder, name);
    // By the mask, so that the socket never stands there with more permissions than asked for.
    const mode_t mask = umask(~arguments.mode & 0777);
    const int bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int bind_error = errno;
    umask(mask);
    if (bound < 0) {
        fail("cannot bind " + shown, bind_error,
             "The folder must be this user's to write in, on a file system that holds sockets and has room.");
    }
    if (listen(socket.get(), SOMAXCONN) < 0) {
        fail("cannot listen on " + shown, errno, "See the kernel's limits for sockets.");
    }
    const int wanted = wanted_socket.fd;
    if (socket.get() == wanted) {
        if (fcntl(wanted, F_SETFD, 0) < 0) fail("cannot pass on " + shown, errno, "This is a bug.");
        socket.release();
    } else if (dup2(socket.get(), wanted) < 0) {  // without close-on-exec
        fail("cannot pass on " + shown, errno, "Raise the limit of open files (`ulimit -n`) to 64 or more.");
    }
}

// A client that connects meanwhile reaches the old socket or the new one, never none.
void put_in_place(const UniqueFd& folder, const Arguments& arguments, const Socket& socket) {
    if (renameat(folder.get(), socket.new_name().c_str(), folder.get(), socket.name.c_str()) < 0) {
        fail("cannot put " + arguments.directory + "/" + socket.name + " in place", errno,
             "Remove what has that name.");
    }
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): without memory for a path there is nothing to tidy up
int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    // What the caller left open (a lock, somebody's socket) would be held by the pool for its whole life.
    // A kernel older than 5.9 doesn't know the call; then it is.
    close_range(3, ~0U, 0);
    const UniqueFd folder = open_directory(arguments.directory);
    const std::vector<Socket> sockets = sockets_of(arguments);
    for (const Socket& socket : sockets) bind_socket(folder, arguments, socket);
    for (const Socket& socket : sockets) put_in_place(folder, arguments, socket);

    const std::string range =
        std::to_string(kFirstSlotFd) + "-" + std::to_string(kFirstSlotFd + arguments.slots - 1);
    if (setenv("ARQ_SLOT_FDS", range.c_str(), 1) < 0) fail("cannot set ARQ_SLOT_FDS", errno, "Free memory.");
    execvp(arguments.command[0], arguments.command.data());
    fail(std::string("cannot run ") + arguments.command[0], errno, "Name a program that this user may run.");
}
