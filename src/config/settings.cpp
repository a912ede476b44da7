// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include <algorithm>
#include <array>

#include "arq/util/text.h"

namespace arq::config {
namespace {

bool is_mode(std::string_view text) {
    return text.size() == 4 && text[0] == '0' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
}

// What may stand in nginx's configuration unquoted: nothing that could end a directive.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view{"._-:[]/+"}.find(c) != std::string_view::npos;
    });
}

// "https://shop.example" or "http://localhost:3000": what a browser sends as Origin.
bool is_origin(std::string_view text) {
    const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
    return has_scheme && is_plain(text) && text.find('/', text.find("//") + 2) == std::string_view::npos &&
           !text.ends_with("//");
}

// An address or a network of nginx's set_real_ip_from: digits, letters of IPv6, a prefix length.
bool is_network(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos &&
           text.find_first_of(".:") != std::string_view::npos;
}

// A name of a host as nginx's server_name takes it, "*.example.org" too.
bool is_host_name(std::string_view text) {
    return !text.empty() && text.size() <= 253 &&
           text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_*") ==
               std::string_view::npos;
}

bool is_path_or_empty(std::string_view text) {
    return text.empty() || (text.starts_with('/') && is_plain(text));
}

// "10.0.0.1:8080", "machine1.example.org:8080".
bool is_host_and_port(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() && is_plain(text) &&
           text.find('/') == std::string_view::npos &&
           text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

bool is_locale(std::string_view text) {
    return text == "en" || text == "ru";
}

// For sh -c; it comes from the operator alone.
bool is_command(std::string_view text) {
    return text.size() <= 1000 && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

bool is_journal(std::string_view text) {
    return text == "auto" || text == "wal" || text == "rollback";
}

// NOLINTBEGIN(bugprone-macro-parentheses): what it expands to is the name of a member
#define ARQ_FIELD(path)            \
    [](Config & config) -> auto& { \
        return config.path;        \
    }
// NOLINTEND(bugprone-macro-parentheses)

constexpr std::string_view kPlainText = "letters, digits and . _ - : [ ] / + only";

const std::array kSettings{
    Setting{"web", "address", TextSetting{ARQ_FIELD(web.address), "0.0.0.0", is_plain, kPlainText},
            "the address that ARQ's own nginx listens on; `127.0.0.1` where another web server stands in "
            "front, an IPv6 "
            "address in brackets, as in `[::]`"},
    Setting{"web", "port", IntegerSetting{ARQ_FIELD(web.port), 8080, 1, 65535},
            "the port that it listens on"},
    Setting{"web", "own_nginx", FlagSetting{ARQ_FIELD(web.own_nginx), true},
            "whether the supervisor runs an nginx of its own; false behind one that somebody else runs"},
    Setting{"web", "nginx_program", TextSetting{ARQ_FIELD(web.nginx_program), "nginx", is_plain, kPlainText},
            "its program: a name to be found in PATH or /usr/sbin, or a path"},
    Setting{"web", "worker_connections", IntegerSetting{ARQ_FIELD(web.worker_connections), 512, 32, 65536},
            "connections that nginx holds at once, both sides counted"},
    Setting{"web", "requests_per_second", IntegerSetting{ARQ_FIELD(web.requests_per_second), 50, 1, 100000},
            "requests to the API per second and client address, but for those with a key; beyond the burst: "
            "429 `rate_limited`"},
    Setting{"web", "requests_burst", IntegerSetting{ARQ_FIELD(web.requests_burst), 100, 1, 100000},
            "requests that may come at once beyond that rate"},
    Setting{"web", "key_requests_per_second",
            IntegerSetting{ARQ_FIELD(web.key_requests_per_second), 1000, 1, 100000},
            "the same for requests with a server's key, which speaks for many users; the burst is as large"},
    Setting{"web", "header_bytes", IntegerSetting{ARQ_FIELD(web.header_bytes), 8192, 1024, 65536},
            "the longest request line and the longest header; beyond: 414 `uri_too_long`, 431 "
            "`headers_too_large`"},
    Setting{"web", "client_seconds", IntegerSetting{ARQ_FIELD(web.client_seconds), 15, 1, 3600},
            "how long a client may be silent while it sends a request or takes an answer"},
    Setting{"web", "answer_seconds", IntegerSetting{ARQ_FIELD(web.answer_seconds), 60, 1, 3600},
            "how long a worker may take for an answer; beyond: 503 `no_worker`"},
    Setting{
        "web", "server_names",
        ListSetting{ARQ_FIELD(web.server_names), is_host_name, "a name such as `chat.example.org`"},
        "the names that a host's nginx serves ARQ by (`host.conf`); of the first, `host-names.conf` makes "
        "`www.`, `app.` and `api.`; none: any name"},
    Setting{
        "web", "tls_certificate",
        TextSetting{ARQ_FIELD(web.tls_certificate), "", is_path_or_empty, "an absolute path, or nothing"},
        "the certificate with its chain, for a host's nginx: set, it serves TLS and sends everything there"},
    Setting{"web", "tls_key",
            TextSetting{ARQ_FIELD(web.tls_key), "", is_path_or_empty, "an absolute path, or nothing"},
            "the certificate's private key"},
    Setting{"web", "hsts_seconds", IntegerSetting{ARQ_FIELD(web.hsts_seconds), 0, 0, 63072000},
            "for how long browsers shall ask by TLS alone (`Strict-Transport-Security`); 0: not said"},
    Setting{"web", "acme_root",
            TextSetting{ARQ_FIELD(web.acme_root), "", is_path_or_empty, "an absolute path, or nothing"},
            "the folder in which an ACME client puts `.well-known/acme-challenge/`; nothing: `acme` in the "
            "prefix"},
    Setting{
        "web", "machines",
        ListSetting{ARQ_FIELD(web.machines), is_host_and_port, "a host and its port such as `10.0.0.1:8080`"},
        "the machines behind a front nginx (`front.conf`), each with an ARQ and an nginx of its own"},

    Setting{"pool", "workers", IntegerSetting{ARQ_FIELD(pool.workers), 2, 1, 10},
            "worker processes; the ten slots are shared out among them"},
    Setting{"pool", "threads", IntegerSetting{ARQ_FIELD(pool.threads), 8, 1, 64},
            "threads in each worker: requests that it handles at once"},
    Setting{"pool", "queued_per_user", IntegerSetting{ARQ_FIELD(pool.queued_per_user), 64, 1, 10000},
            "requests of one user that wait in a worker while another of theirs is worked on; beyond: 503 "
            "`storage_busy`"},
    Setting{"pool", "socket_mode",
            TextSetting{ARQ_FIELD(pool.socket_mode), "0600", is_mode, "four octal digits"},
            "mode of the slots' sockets; `0666` where the web server runs as another user"},
    Setting{"pool", "start_seconds", IntegerSetting{ARQ_FIELD(pool.start_seconds), 30, 1, 600},
            "how long a worker may take until it serves"},
    Setting{"pool", "drain_seconds", IntegerSetting{ARQ_FIELD(pool.drain_seconds), 30, 1, 600},
            "how long a worker that was told to stop may take to finish requests in flight"},
    Setting{"pool", "restart_pause_ms", IntegerSetting{ARQ_FIELD(pool.restart_pause_ms), 1000, 10, 60000},
            "the first pause before a worker is started again that died by its own doing or can't start, "
            "after one start "
            "at once; doubles up to a minute, and a fifth more or less by chance; forgotten after ten "
            "healthy minutes"},
    Setting{"pool", "fallback_deaths", IntegerSetting{ARQ_FIELD(pool.fallback_deaths), 5, 2, 1000},
            "so many workers dead by their own doing within `pool.fallback_seconds`: the legacy build takes "
            "over"},
    Setting{"pool", "fallback_seconds", IntegerSetting{ARQ_FIELD(pool.fallback_seconds), 60, 1, 3600},
            "see `pool.fallback_deaths`"},
    Setting{"pool", "unserved_seconds", IntegerSetting{ARQ_FIELD(pool.unserved_seconds), 5, 1, 3600},
            "no worker ready for so long: the legacy build takes over"},
    Setting{"pool", "trial_pause_seconds", IntegerSetting{ARQ_FIELD(pool.trial_pause_seconds), 10, 1, 600},
            "while the legacy build serves: the first pause before production is tried again; doubles up to "
            "ten minutes"},
    Setting{"pool", "trial_seconds", IntegerSetting{ARQ_FIELD(pool.trial_seconds), 10, 1, 600},
            "how long production must be well beside the legacy build before it takes over again"},
    Setting{"pool", "worker_memory_mib", IntegerSetting{ARQ_FIELD(pool.worker_memory_mib), 64, 0, 65536},
            "a worker with more memory of its own than this is replaced, without a gap; 0: no limit"},
    Setting{
        "pool", "worker_requests", IntegerSetting{ARQ_FIELD(pool.worker_requests), 100000, 0, 1000000000},
        "a worker that has answered so many requests, probes not counted, is replaced, without a gap; 0: no "
        "limit"},

    Setting{"monitor", "probe_seconds", IntegerSetting{ARQ_FIELD(monitor.probe_seconds), 5, 1, 10},
            "how often arq-watch asks for a sign of life: at each slot, at the standby, at ARQ's own nginx"},
    Setting{
        "monitor", "probe_timeout_seconds",
        IntegerSetting{ARQ_FIELD(monitor.probe_timeout_seconds), 5, 1, 10},
        "how long a worker may take to answer it; one that misses two in a row and has finished nothing in "
        "between is ended as hung"},
    Setting{"monitor", "disk_free_mib", IntegerSetting{ARQ_FIELD(monitor.disk_free_mib), 256, 0, 1048576},
            "with less room than this on the file system of `data/` the disk is called nearly full"},

    Setting{"notify", "command",
            TextSetting{ARQ_FIELD(notify.command), "", is_command, "one line, 1000 bytes at most"},
            "a shell command of yours that is run at an alarm, with its name in `ARQ_EVENT` (and `$1`) and a "
            "sentence in `ARQ_TEXT` (and `$2`); empty: none. docs/operations.md lists the alarms"},
    Setting{"notify", "seconds", IntegerSetting{ARQ_FIELD(notify.seconds), 30, 1, 600},
            "how long that command may take before it is ended"},
    Setting{"notify", "pause_seconds", IntegerSetting{ARQ_FIELD(notify.pause_seconds), 300, 0, 86400},
            "the same alarm is not told again within this time"},

    Setting{"log", "rotate_mib", IntegerSetting{ARQ_FIELD(log.rotate_mib), 16, 1, 4096},
            "a file in `log/` that has grown to this size is put aside and compressed"},
    Setting{"log", "rotate_days", IntegerSetting{ARQ_FIELD(log.rotate_days), 7, 0, 3650},
            "all of them are put aside after so many days, however small; 0: by size alone"},
    Setting{"log", "keep", IntegerSetting{ARQ_FIELD(log.keep), 5, 0, 1000},
            "how many older ones of each are kept"},
    Setting{"log", "requests", FlagSetting{ARQ_FIELD(log.requests), true},
            "whether each request gets a line in `log/requests.log` (docs/operations.md)"},

    Setting{"limits", "body_bytes", IntegerSetting{ARQ_FIELD(limits.body_bytes), 262144, 1024, 67108864},
            "the longest request body; beyond: 413 `body_too_large`"},
    Setting{"limits", "message_bytes", IntegerSetting{ARQ_FIELD(limits.message_bytes), 32768, 16, 1048576},
            "the longest message, once trimmed; beyond: 413 `message_too_long`"},
    Setting{"limits", "json_depth", IntegerSetting{ARQ_FIELD(limits.json_depth), 32, 4, 1000},
            "how deep objects and arrays may be nested in a body; beyond: 400 `invalid_json`"},
    Setting{"limits", "page_items", IntegerSetting{ARQ_FIELD(limits.page_items), 200, 1, 1000},
            "the largest `limit` of a list"},
    Setting{"limits", "page_items_default", IntegerSetting{ARQ_FIELD(limits.page_items_default), 50, 1, 1000},
            "items in a page of a list where no `limit` is given"},
    Setting{"limits", "title_bytes", IntegerSetting{ARQ_FIELD(limits.title_bytes), 256, 16, 4096},
            "the longest title of a session"},
    Setting{"limits", "page_bytes", IntegerSetting{ARQ_FIELD(limits.page_bytes), 262144, 65536, 67108864},
            "how long a page of a list may grow before it ends early, with `next_after`"},
    Setting{"limits", "import_bytes",
            IntegerSetting{ARQ_FIELD(limits.import_bytes), 67108864, 65536, 1099511627776},
            "the longest body of `POST /api/import`; beyond: 413 `body_too_large`"},

    Setting{"store", "open_files", IntegerSetting{ARQ_FIELD(store.open_files), 16, 1, 10000},
            "users' files that one worker keeps open, about 200 kB and four descriptors each"},
    Setting{"store", "idle_seconds", IntegerSetting{ARQ_FIELD(store.idle_seconds), 60, 1, 86400},
            "after how long a file that nobody uses is closed, and what is left of its log folded in"},
    Setting{"store", "busy_timeout_ms", IntegerSetting{ARQ_FIELD(store.busy_timeout_ms), 5000, 1, 60000},
            "how long to wait while another process writes to the same user's file; then 503 `storage_busy`"},
    Setting{"store", "journal",
            TextSetting{ARQ_FIELD(store.journal), "auto", is_journal, "`auto`, `wal` or `rollback`"},
            "how users' files are kept whole: by a write-ahead log (`wal`) or, slower, a rollback journal; "
            "`auto` is "
            "`rollback` on network file systems and FUSE, where a log's shared memory is unsafe, else `wal`"},
    Setting{"store", "page_cache_kib", IntegerSetting{ARQ_FIELD(store.page_cache_kib), 32, 16, 65536},
            "SQLite's page cache for each open file"},
    Setting{"store", "wal_checkpoint_pages",
            IntegerSetting{ARQ_FIELD(store.wal_checkpoint_pages), 128, 8, 10000},
            "pages of 1 KiB in a user's write-ahead log before it is folded into the file"},
    Setting{"store", "index_batch_messages",
            IntegerSetting{ARQ_FIELD(store.index_batch_messages), 256, 1, 2000},
            "messages that are put into the index together; until then a search reads them one by one"},
    Setting{"store", "min_free_kib", IntegerSetting{ARQ_FIELD(store.min_free_kib), 1024, 0, 1048576},
            "`/health` calls the storage full where the file system has less room than this"},

    Setting{"memory", "rules_file",
            TextSetting{ARQ_FIELD(memory.rules_file), "", is_path_or_empty, "an absolute path, or nothing"},
            "a file of your own rules for what is kept of a message, read behind those that are compiled in; "
            "its notation stands at the top of `src/memory/facts.rules`"},

    Setting{"recall", "quotes", IntegerSetting{ARQ_FIELD(recall.quotes), 3, 0, 20},
            "past messages that an answer may quote"},
    Setting{"recall", "memories", IntegerSetting{ARQ_FIELD(recall.memories), 5, 0, 50},
            "memories that an answer may use"},

    Setting{
        "context", "window_tokens", IntegerSetting{ARQ_FIELD(context.window_tokens), 4096, 256, 1000000},
        "tokens that a prompt may hold, as docs/context.md counts them: what a model takes, less what its "
        "answer needs"},
    Setting{
        "context", "instructions_percent",
        IntegerSetting{ARQ_FIELD(context.instructions_percent), 15, 0, 100},
        "the share of instructions in what the message itself leaves of that; what a part doesn't need goes "
        "to the others"},
    Setting{"context", "facts_percent", IntegerSetting{ARQ_FIELD(context.facts_percent), 15, 0, 100},
            "the share of what is known of the user"},
    Setting{"context", "summary_percent", IntegerSetting{ARQ_FIELD(context.summary_percent), 15, 0, 100},
            "the share of the session's summary"},
    Setting{"context", "quotes_percent", IntegerSetting{ARQ_FIELD(context.quotes_percent), 15, 0, 100},
            "the share of what was said before and bears on the message"},
    Setting{"context", "turns_percent", IntegerSetting{ARQ_FIELD(context.turns_percent), 40, 0, 100},
            "the share of the session's latest turns, each whole"},
    Setting{"context", "turns", IntegerSetting{ARQ_FIELD(context.turns), 50, 0, 1000},
            "turns of the session that are looked at for a prompt"},
    Setting{"context", "summary_tokens", IntegerSetting{ARQ_FIELD(context.summary_tokens), 400, 0, 100000},
            "the longest summary of a session's turns that no longer fit"},

    Setting{
        "topics", "categories_file",
        TextSetting{ARQ_FIELD(topics.categories_file), "", is_path_or_empty, "an absolute path, or nothing"},
        "a list of your own of the categories that messages are told to belong to, with sentences of each "
        "(docs/context.md); nothing: the list that ships"},

    Setting{
        "memory", "max_messages", IntegerSetting{ARQ_FIELD(memory.max_messages), 100000, 10, 10000000},
        "messages that are kept of a user, replies included; beyond it the oldest that taught nothing are "
        "folded into their session's summary"},
    Setting{
        "memory", "max_memories", IntegerSetting{ARQ_FIELD(memory.max_memories), 5000, 1, 1000000},
        "memories that are kept of a user; none is dropped for a new one, which is refused (`memory_full`)"},
    Setting{"memory", "max_bytes",
            IntegerSetting{ARQ_FIELD(memory.max_bytes), 67108864, 65536, 1099511627776},
            "how much a user's file may hold; beyond it as with `memory.max_messages`, and then the oldest "
            "summaries go"},

    Setting{
        "access", "allowed_origins",
        ListSetting{ARQ_FIELD(access.allowed_origins), is_origin, "an origin such as `https://shop.example`"},
        "sites whose pages may call the API from a browser (without cookies); none by default"},
    Setting{"access", "trusted_proxies",
            ListSetting{ARQ_FIELD(access.trusted_proxies), is_network,
                        "an address or network such as `10.0.0.0/8`"},
            "proxies in front of ARQ's nginx, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed"},

    Setting{"visitor", "cookie_days", IntegerSetting{ARQ_FIELD(visitor.cookie_days), 400, 1, 400},
            "how long a browser keeps the visitor's cookie"},
    Setting{"visitor", "renew_hours", IntegerSetting{ARQ_FIELD(visitor.renew_hours), 24, 1, 9600},
            "how old the cookie may grow before an answer renews it"},

    Setting{"assistant", "locale", TextSetting{ARQ_FIELD(assistant.locale), "en", is_locale, "`en` or `ru`"},
            "the language of answers where neither the message nor the caller tells"},
    Setting{"assistant", "time_zone",
            TextSetting{ARQ_FIELD(assistant.time_zone), "UTC", is_plain, kPlainText},
            "the time zone of dates in answers where the caller sends none, as in `Europe/Moscow`"},
    Setting{"assistant", "lease_seconds", IntegerSetting{ARQ_FIELD(assistant.lease_seconds), 90, 1, 3600},
            "how long a worker may be at work on a message before another takes over; longer than any answer "
            "takes"},

    Setting{
        "releases", "keep", IntegerSetting{ARQ_FIELD(releases.keep), 3, 2, 100},
        "releases that stay on the disk, those used last; one that serves, stands by or can be gone back to "
        "stays in any case"},

    Setting{
        "canary", "step_seconds", IntegerSetting{ARQ_FIELD(canary.step_seconds), 900, 1, 604800},
        "how long a new release serves 10 % of the users, then 50 %, then all, before it is taken for good"},
    Setting{
        "canary", "min_requests", IntegerSetting{ARQ_FIELD(canary.min_requests), 200, 1, 1000000},
        "requests that each side must have answered before the two are compared; too few, and the step lasts "
        "until there are as many"},
    Setting{
        "canary", "level_permille", IntegerSetting{ARQ_FIELD(canary.level_permille), 10, 1, 100},
        "how often, in a thousand, a release that is as good as the one before may be taken for worse, all "
        "looks at it together"},
    Setting{"canary", "p95_percent", IntegerSetting{ARQ_FIELD(canary.p95_percent), 200, 100, 10000},
            "a new release's p95 that is below this share of the old one's is never called worse"},
};

#undef ARQ_FIELD

}  // namespace

std::span<const Setting> settings() {
    return kSettings;
}

}  // namespace arq::config
