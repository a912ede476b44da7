// SPDX-License-Identifier: MIT
//
// etc/arq.json as one typed struct, checked as a whole before anything starts. Every limit of the
// program has its name here; docs/configuration.md is printed from the same table (describe()).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/util/hash.h"

namespace arq::config {

struct Config {
    struct Web {
        std::string address;
        std::int64_t port = 0;
        bool own_nginx = false;
        std::string nginx_program;
        std::int64_t worker_connections = 0;
        std::int64_t requests_per_second = 0;
        std::int64_t requests_burst = 0;
        std::int64_t key_requests_per_second = 0;
        std::int64_t header_bytes = 0;
        std::int64_t client_seconds = 0;
        std::int64_t answer_seconds = 0;
        std::vector<std::string> server_names;
        std::string tls_certificate;
        std::string tls_key;
        std::int64_t hsts_seconds = 0;
        std::string acme_root;
        std::vector<std::string> machines;
    } web;
    struct Pool {
        std::int64_t workers = 0;
        std::int64_t threads = 0;
        std::int64_t queued_per_user = 0;
        std::string socket_mode;
        std::int64_t start_seconds = 0;
        std::int64_t drain_seconds = 0;
        std::int64_t restart_pause_ms = 0;
        std::int64_t fallback_deaths = 0;
        std::int64_t fallback_seconds = 0;
        std::int64_t unserved_seconds = 0;
        std::int64_t trial_pause_seconds = 0;
        std::int64_t trial_seconds = 0;
        std::int64_t worker_memory_mib = 0;
        std::int64_t worker_requests = 0;
    } pool;
    struct Monitor {
        std::int64_t probe_seconds = 0;
        std::int64_t probe_timeout_seconds = 0;
        std::int64_t disk_free_mib = 0;
    } monitor;
    struct Notify {
        std::string command;
        std::int64_t seconds = 0;
        std::int64_t pause_seconds = 0;
    } notify;
    struct Log {
        std::int64_t rotate_mib = 0;
        std::int64_t rotate_days = 0;
        std::int64_t keep = 0;
        bool requests = false;
    } log;
    struct Limits {
        std::int64_t body_bytes = 0;
        std::int64_t message_bytes = 0;
        std::int64_t json_depth = 0;
        std::int64_t page_items = 0;
        std::int64_t page_items_default = 0;
        std::int64_t title_bytes = 0;
        std::int64_t page_bytes = 0;
        std::int64_t import_bytes = 0;
    } limits;
    struct Store {
        std::int64_t open_files = 0;
        std::int64_t idle_seconds = 0;
        std::int64_t busy_timeout_ms = 0;
        std::string journal;
        std::int64_t page_cache_kib = 0;
        std::int64_t wal_checkpoint_pages = 0;
        std::int64_t index_batch_messages = 0;
        std::int64_t min_free_kib = 0;
    } store;
    struct Recall {
        std::int64_t quotes = 0;
        std::int64_t memories = 0;
    } recall;
    struct Context {
        std::int64_t window_tokens = 0;
        std::int64_t instructions_percent = 0;
        std::int64_t facts_percent = 0;
        std::int64_t summary_percent = 0;
        std::int64_t quotes_percent = 0;
        std::int64_t turns_percent = 0;
        std::int64_t turns = 0;
        std::int64_t summary_tokens = 0;
    } context;
    struct Topics {
        std::string categories_file;
    } topics;
    struct Memory {
        std::int64_t max_messages = 0;
        std::int64_t max_memories = 0;
        std::int64_t max_bytes = 0;
        std::string rules_file;
    } memory;
    struct Access {
        std::vector<std::string> allowed_origins;
        std::vector<std::string> trusted_proxies;
    } access;
    struct Visitor {
        std::int64_t cookie_days = 0;
        std::int64_t renew_hours = 0;
    } visitor;
    struct Assistant {
        std::string locale;
        std::string time_zone;
        std::int64_t lease_seconds = 0;
    } assistant;
    struct Releases {
        std::int64_t keep = 0;
    } releases;
    struct Canary {
        std::int64_t step_seconds = 0;
        std::int64_t min_requests = 0;
        std::int64_t level_permille = 0;
        std::int64_t p95_percent = 0;
    } canary;
};

// The ten slots of the pool are part of what nginx and the workers agree on: never change.
inline constexpr int kSlots = 10;

// Parses and checks the text of arq.json; what is absent has its default. Throws kConfiguration with
// the key at fault and how to mend it.
Config parse_config(std::string_view text);
Config load_config(const std::string& path);

// The value in force of a dotted key, as text; nothing for an unknown key.
std::optional<std::string> config_value(const Config& config, std::string_view key);

// A table in Markdown: every key, its default, its limits, what it is for.
std::string describe_config();

// etc/arq.json as the installer first writes it: the keys that operators mostly change, commented.
std::string initial_config(std::string_view address, std::int64_t port, bool own_nginx);

// etc/secrets.json, mode 0600. `names` derives file names from users and can never change; of the
// visitor keys the first signs and all verify.
struct Secrets {
    util::Key names{};
    std::vector<util::Key> visitor_keys;
};

// Throws kConfiguration (missing, damaged, readable by others).
Secrets load_secrets(const std::string& path);
std::string format_secrets(const Secrets& secrets);

}  // namespace arq::config
