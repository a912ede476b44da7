// SPDX-License-Identifier: MIT
#include "main/serving.h"

#include <dirent.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "arq/fcgi/server.h"
#include "arq/topics/categories.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/file_system.h"
#include "arq/util/hash.h"
#include "arq/util/log.h"
#include "version.h"

namespace arq::main {
namespace {

constexpr const char* kOptions =
    "\n"
    "  --prefix DIR       the installation (default: where this program is installed)\n"
    "  --slots FD,FD,...  the descriptors to accept on; every other inherited one is closed\n"
    "  --index NAME       its name in the pool, for the log\n"
    "  --ready-file FILE  gets the process id once it serves\n"
    "  --variant WORD     what its answers and /health call it: production, canary or legacy\n"
    "  --version          print the version\n"
    "  --help             print this\n";

[[noreturn]] void fail_usage(const char* program, const std::string& message) {
    std::fprintf(stderr, "%s: %s; `%s --help` shows how to call it\n", program, message.c_str(), program);
    std::exit(2);
}

std::vector<int> parse_descriptors(const char* program, std::string_view text) {
    std::vector<int> descriptors;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        int fd = -1;
        const auto [stop, error] = std::from_chars(at, end, fd);
        const bool is_separated = stop == end || (*stop == ',' && stop + 1 < end);
        if (error != std::errc{} || fd < 0 || !is_separated) break;
        descriptors.push_back(fd);
        at = stop == end ? end : stop + 1;
    }
    if (at != end || descriptors.empty())
        fail_usage(program, "--slots needs descriptors such as 20,22, not \"" + std::string{text} + "\"");
    return descriptors;
}

bool is_known(std::string_view option) {
    constexpr std::string_view kKnown[] = {"--prefix", "--slots", "--index", "--ready-file", "--variant"};
    return std::find(std::begin(kKnown), std::end(kKnown), option) != std::end(kKnown);
}

// A slot of another worker that stayed open here would keep connections waiting that nobody accepts
// after that worker is gone for good.
void close_other_descriptors(const std::vector<int>& kept) {
    DIR* const folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) return;
    std::vector<int> others;
    while (const dirent* entry = ::readdir(folder)) {
        int fd = -1;
        std::from_chars(entry->d_name, entry->d_name + std::strlen(entry->d_name), fd);
        const bool is_kept = fd <= STDERR_FILENO || fd == ::dirfd(folder) ||
                             std::find(kept.begin(), kept.end(), fd) != kept.end();
        if (!is_kept) others.push_back(fd);
    }
    ::closedir(folder);
    for (const int fd : others) ::close(fd);
}

store::UserFileOptions file_options(const config::Config& config, store::Journal journal) {
    return {.busy_timeout_ms = static_cast<int>(config.store.busy_timeout_ms),
            .page_cache_kib = static_cast<int>(config.store.page_cache_kib),
            .wal_checkpoint_pages = static_cast<int>(config.store.wal_checkpoint_pages),
            .index_batch_messages = static_cast<int>(config.store.index_batch_messages),
            .journal = journal};
}

// An owner's own categories, trained anew at each start; nothing for those that ship.
std::vector<std::byte> train_own_categories(const std::string& path) {
    if (path.empty()) return {};
    try {
        std::vector<std::byte> model = topics::train_categories(util::read_file(path));
        ::malloc_trim(0);  // training takes much more than what it makes
        return model;
    } catch (const std::system_error& error) {
        throw Error{ErrorCode::kConfiguration, "`topics.categories_file`: " + path +
                                                   " can't be read: " + error.code().message() +
                                                   ": mend the path, or its permissions"};
    } catch (const Error& error) {
        throw Error{ErrorCode::kConfiguration, path + ": " + error.what()};
    }
}

memory::Rules memory_rules(const config::Config& config) {
    if (config.memory.rules_file.empty()) return memory::Rules::standard();
    return memory::Rules::with(util::read_file(config.memory.rules_file));
}

assistant::Options assistant_options(const config::Config& config, model::Variant variant) {
    return {.lease = std::chrono::seconds{config.assistant.lease_seconds},
            .recall_quotes = static_cast<int>(config.recall.quotes),
            .recall_memories = static_cast<int>(config.recall.memories),
            .window_tokens = static_cast<std::size_t>(config.context.window_tokens),
            .window_shares = {.instructions = static_cast<int>(config.context.instructions_percent),
                              .facts = static_cast<int>(config.context.facts_percent),
                              .summary = static_cast<int>(config.context.summary_percent),
                              .quotes = static_cast<int>(config.context.quotes_percent),
                              .turns = static_cast<int>(config.context.turns_percent)},
            .window_turns = static_cast<int>(config.context.turns),
            .summary_tokens = static_cast<std::size_t>(config.context.summary_tokens),
            .categories = train_own_categories(config.topics.categories_file),
            .max_messages = config.memory.max_messages,
            .max_memories = config.memory.max_memories,
            .max_bytes = config.memory.max_bytes,
            .time_zone = config.assistant.time_zone,
            .language = config.assistant.locale == "ru" ? util::Language::kRussian : util::Language::kEnglish,
            .variant = variant,
            .rules = memory_rules(config)};
}

// Makes the folders of users' files; how a file of theirs is kept durable there.
store::Journal choose_users_journal(const Prefix& prefix, const config::Config& config) {
    util::make_durable_folder(prefix.path + "/data", 0700);
    util::make_durable_folder(prefix.users(), 0700);
    const store::JournalChoice choice =
        store::choose_journal(config.store.journal, util::file_system_of(prefix.users()));
    util::log_info(choice.reason);
    return choice.journal;
}

}  // namespace

ServingArguments parse_serving_arguments(int argc, char** argv, const char* program, const char* about,
                                         model::Variant variant) {
    ServingArguments arguments{.prefix = {find_prefix()}, .listeners = {STDIN_FILENO}, .variant = variant};
    for (int at = 1; at < argc; ++at) {
        const std::string_view option = argv[at];
        if (option == "--help") {
            std::fputs(about, stdout);
            std::fputs(kOptions, stdout);
            std::exit(0);
        }
        if (option == "--version") {
            std::printf("%s %s\n", program, ARQ_VERSION);
            std::exit(0);
        }
        if (!is_known(option)) fail_usage(program, "unknown argument \"" + std::string{option} + "\"");
        if (++at == argc) fail_usage(program, std::string{option} + " needs a value");
        const std::string_view value = argv[at];
        if (option == "--prefix") arguments.prefix.path = value;
        if (option == "--slots") arguments.listeners = parse_descriptors(program, value);
        if (option == "--index") arguments.index = value;
        if (option == "--ready-file") arguments.ready_file = value;
        if (option == "--variant") {
            const auto named = model::parse_variant(value);
            if (!named) fail_usage(program, "--variant needs production, canary or legacy");
            arguments.variant = *named;
        }
    }
    if (arguments.prefix.path.empty())
        fail_usage(program, "it is not installed below a prefix: name one with --prefix");
    return arguments;
}

void prepare_process(const ServingArguments& arguments) {
    close_other_descriptors(arguments.listeners);
    ::umask(077);  // what users say is for nobody else on the machine
    fcgi::block_stop_signals();
    util::initialise_crypto();
}

Backend::Backend(const ServingArguments& arguments, const config::Config& config,
                 const http::RouteTable& routes, monitor::PoolMap& pool, util::Clock& clock)
    : secrets_(arguments.prefix.secrets(), clock),
      journal_(choose_users_journal(arguments.prefix, config)),
      host_(store::Host::existing(arguments.prefix.host(), static_cast<int>(config.store.busy_timeout_ms))),
      files_(arguments.prefix.users(), file_options(config, journal_),
             static_cast<int>(config.store.open_files), clock),
      assistant_(files_, responder_, clock, assistant_options(config, arguments.variant)),
      request_log_(arguments.prefix.request_log(), clock),
      api_({.config = config,
            .secrets = secrets_,
            .files = files_,
            .host = host_,
            .assistant = assistant_,
            .clock = clock,
            .version = ARQ_VERSION,
            .data_folder = arguments.prefix.users(),
            .routes = routes,
            .pool = pool,
            .request_log = config.log.requests ? &request_log_ : nullptr,
            .worker = arguments.index,
            .variant = arguments.variant,
            .serving_file = arguments.prefix.serving()}) {}

void note_ready(const ServingArguments& arguments, monitor::WorkerSlot& slot, const std::string& kind) {
    if (!arguments.ready_file.empty())
        util::write_file_atomically(arguments.ready_file, std::to_string(::getpid()) + "\n", 0600);
    slot.set_ready(true);
    util::log_info(kind + " " + arguments.index + " serves, version " ARQ_VERSION);
}

}  // namespace arq::main
