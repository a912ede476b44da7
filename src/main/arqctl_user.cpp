// SPDX-License-Identifier: MIT
//
// arqctl user.
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "arq/config/config.h"
#include "arq/http/user_name.h"
#include "arq/store/repair.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl user check FILE | --name NAME | --all\n"
    "       arqctl user repair FILE | --name NAME [--fresh]\n"
    "\n"
    "  FILE          a user's file: its path, as a worker's log names a damaged one, or its name alone, 32 "
    "digits\n"
    "                and letters from a to f. (Visitors have no other name.)\n"
    "  --name NAME   the user whom a server calls so in X-ARQ-User\n"
    "\n"
    "  check         tells whether users' files are whole; ends with 1 where one is damaged\n"
    "  repair        puts into a damaged file what can still be read of it: sessions, messages, memories, "
    "with their\n"
    "                ids. Workers may run on. The damaged file is kept beside it, with \".damaged-\" and the "
    "time behind\n"
    "                its name, until its user deletes something. A file that is whole stays as it is, and so "
    "does one\n"
    "                of which nothing can be read (then it ends with 1).\n"
    "  --fresh       recovers nothing: a damaged file is kept in the same way, and its user begins anew\n";

// A path has to be that of a user's file of this installation, not of another's.
store::UserKey parse_file(const Prefix& prefix, const std::string& text) {
    const std::filesystem::path path{text};
    const std::string name = path.extension() == ".sqlite3" ? path.stem().string() : path.filename().string();
    if (!store::is_user_key(name))
        throw UsageError{"\"" + text +
                         "\" is no user's file: those have 32 digits and letters from a to f for a name"};
    store::UserKey user{name};
    if (path.has_parent_path()) {
        const std::string expected = store::user_file_path(prefix.users(), user);
        if (std::filesystem::weakly_canonical(path) != std::filesystem::weakly_canonical(expected))
            throw std::runtime_error{text + " is no file of this installation: that would be " + expected};
    }
    return user;
}

store::UserKey parse_name(const Prefix& prefix, const std::string& name) {
    if (!http::is_user_name(name))
        throw UsageError{"--name must be 1 to 128 bytes of text, as X-ARQ-User has it"};
    return http::user_key(config::load_secrets(prefix.secrets()).names, name);
}

// The one user that the words name; what else there is of options stays in `words`.
store::UserKey take_user(const Prefix& prefix, Words& words) {
    if (words.size() >= 2 && words[0] == "--name") {
        store::UserKey user = parse_name(prefix, words[1]);
        words.erase(words.begin(), words.begin() + 2);
        return user;
    }
    if (words.empty() || words[0].starts_with("--")) throw UsageError{"name a user: FILE or --name NAME"};
    store::UserKey user = parse_file(prefix, words[0]);
    words.erase(words.begin());
    return user;
}

int busy_timeout_ms(const Prefix& prefix) {
    return static_cast<int>(config::load_config(prefix.config()).store.busy_timeout_ms);
}

// False where it is damaged, or can't be looked at.
bool check_one(const Prefix& prefix, const store::UserKey& user, int timeout_ms) {
    const std::string path = store::user_file_path(prefix.users(), user);
    try {
        const std::string damage = store::find_damage(prefix.users(), user, timeout_ms);
        if (!damage.empty()) std::printf("%s is damaged: %s\n", path.c_str(), damage.c_str());
        return damage.empty();
    } catch (const Error& error) {
        std::printf("%s can't be checked: %s\n", path.c_str(), error.what());
        return false;
    }
}

int check(const Prefix& prefix, Words words) {
    const int timeout_ms = busy_timeout_ms(prefix);
    if (words == Words{"--all"}) {
        const auto users = store::list_user_files(prefix.users());
        std::size_t whole = 0;
        for (const store::UserKey& user : users) whole += check_one(prefix, user, timeout_ms) ? 1 : 0;
        std::printf("%zu of %zu files are whole\n", whole, users.size());
        return whole == users.size() ? 0 : 1;
    }
    const store::UserKey user = take_user(prefix, words);
    if (!words.empty()) throw UsageError{"unknown argument " + words[0]};
    if (!check_one(prefix, user, timeout_ms)) return 1;
    std::printf("%s is whole\n", store::user_file_path(prefix.users(), user).c_str());
    return 0;
}

// "3 sessions", "1 session"
std::string counted(std::int64_t number, const char* one) {
    return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

void print_recovered(const store::Recovered& recovered) {
    std::printf(
        "recovered: %s, %s, %s\n", counted(recovered.sessions, "session").c_str(),
        counted(recovered.messages, "message").c_str(),
        recovered.memories == 1 ? "1 memory" : (std::to_string(recovered.memories) + " memories").c_str());
    if (recovered.messages_lost > 0)
        std::printf("lost: %s of these sessions, by their own count\n",
                    counted(recovered.messages_lost, "message").c_str());
    if (recovered.rows_unreadable > 0)
        std::printf("lost: %s of any kind, also of indexes, stood in pages that can't be read\n",
                    counted(recovered.rows_unreadable, "row").c_str());
    if (recovered.rows_refused > 0)
        std::printf("left out: %s that can be read but make no sense\n",
                    counted(recovered.rows_refused, "row").c_str());
    if (recovered.sessions_rebuilt > 0)
        std::printf("made anew: %s whose title was lost (isolated, unless something tells that it was not)\n",
                    counted(recovered.sessions_rebuilt, "session").c_str());
}

int repair(const Prefix& prefix, Words words) {
    store::RepairOptions options{.busy_timeout_ms = busy_timeout_ms(prefix)};
    options.fresh = std::erase(words, "--fresh") > 0;
    const store::UserKey user = take_user(prefix, words);
    if (!words.empty()) throw UsageError{"unknown argument " + words[0]};
    util::SystemClock clock;
    const store::Repair repair = store::repair_user_file(prefix.users(), user, options, clock);
    const std::string path = store::user_file_path(prefix.users(), user);
    if (repair.outcome == store::Repair::Outcome::kWhole) {
        std::printf("%s is whole: nothing was changed\n", path.c_str());
        return 0;
    }
    std::printf("%s is damaged: %s\n", path.c_str(), repair.damage.c_str());
    if (repair.outcome == store::Repair::Outcome::kNothingFound)
        throw std::runtime_error{
            "nothing can be recovered of " + path +
            ": it was left as it is. Put it back from a backup, or let its user begin anew: "
            "arqctl user repair " +
            user.hex() + " --fresh"};
    if (repair.outcome == store::Repair::Outcome::kStartedAfresh)
        std::puts("recovered: nothing, as asked for: its user begins anew");
    else
        print_recovered(repair.recovered);
    std::printf("the damaged file is kept: %s\n", repair.kept.c_str());
    return 0;
}

}  // namespace

int run_user(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kUsage)) return 0;
    try {
        if (!words.empty() && words[0] == "check") return check(prefix, {words.begin() + 1, words.end()});
        if (!words.empty() && words[0] == "repair") return repair(prefix, {words.begin() + 1, words.end()});
        throw UsageError{"user needs: check or repair"};
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
}

}  // namespace arq::main
