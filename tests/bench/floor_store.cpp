// SPDX-License-Identifier: MIT
//
// The floor of a message: the durable SQLite transaction that it takes and nothing else. A file per user,
// with the settings that are best for it (WAL, FULL, pages of 1 KiB); the message's id looked up, message
// and reply stored with their full-text rows. No recall, no identity, no validation.
#include <rapidjson/document.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "floor.h"

namespace arq::bench {
namespace {

constexpr const char* kSchema = R"sql(
    PRAGMA page_size = 1024;
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS messages (
        id INTEGER PRIMARY KEY, role INTEGER NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL,
        client_id TEXT);
    CREATE UNIQUE INDEX IF NOT EXISTS by_client_id ON messages (client_id) WHERE client_id IS NOT NULL;
    CREATE VIRTUAL TABLE IF NOT EXISTS message_index USING fts5 (
        text, content='messages', content_rowid='id');
)sql";
constexpr const char* kSettings = R"sql(
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 128;
    PRAGMA cache_size = -256;
)sql";
constexpr const char* kFind =
    "SELECT r.text FROM messages m JOIN messages r ON r.id = m.id + 1 WHERE m.client_id = ?1";
constexpr const char* kInsert =
    "INSERT INTO messages (role, text, created_at, client_id) VALUES (?1, ?2, unixepoch(), ?3)";
constexpr const char* kIndex = "INSERT INTO message_index (rowid, text) VALUES (?1, ?2)";

// One user's file, for one thread at a time.
class File {
public:
    explicit File(const std::string& path) {
        const bool is_new = ::access(path.c_str(), 0) != 0;
        check(sqlite3_open_v2(path.c_str(), &database_,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
        sqlite3_busy_timeout(database_, 5000);
        if (is_new) check(sqlite3_exec(database_, kSchema, nullptr, nullptr, nullptr));
        check(sqlite3_exec(database_, kSettings, nullptr, nullptr, nullptr));
        for (const char* sql : {"BEGIN IMMEDIATE", "COMMIT", kFind, kInsert, kIndex})
            check(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statements_[sql],
                                     nullptr));
    }
    ~File() {
        for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::string say(const std::string& id, const std::string& text) {
        run("BEGIN IMMEDIATE");
        sqlite3_stmt* find = statements_.at(kFind);
        bind(find, 1, id);
        std::string reply;
        if (sqlite3_step(find) == SQLITE_ROW)
            reply = reinterpret_cast<const char*>(sqlite3_column_text(find, 0));
        sqlite3_reset(find);
        if (reply.empty()) {
            reply = "I will keep that in mind: " + text;
            insert(0, text, &id);
            insert(1, reply, nullptr);
        }
        run("COMMIT");
        return reply;
    }

private:
    void insert(int role, const std::string& text, const std::string* id) {
        sqlite3_stmt* row = statements_.at(kInsert);
        sqlite3_bind_int(row, 1, role);
        bind(row, 2, text);
        if (id != nullptr)
            bind(row, 3, *id);
        else
            sqlite3_bind_null(row, 3);
        run(kInsert);
        sqlite3_stmt* index = statements_.at(kIndex);
        sqlite3_bind_int64(index, 1, sqlite3_last_insert_rowid(database_));
        bind(index, 2, text);
        run(kIndex);
    }
    void run(const char* sql) {
        const int result = sqlite3_step(statements_.at(sql));
        sqlite3_reset(statements_.at(sql));
        if (result != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(database_)};
    }
    static void bind(sqlite3_stmt* statement, int index, const std::string& text) {
        sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    void check(int result) const {
        if (result != SQLITE_OK) throw std::runtime_error{sqlite3_errmsg(database_)};
    }

    sqlite3* database_ = nullptr;
    std::map<std::string, sqlite3_stmt*> statements_;
};

// The files used last stay open, as many as ARQ keeps open.
class Files {
public:
    Files(std::string folder, std::size_t most) : folder_(std::move(folder)), most_(most) {}

    std::string say(const std::string& user, const std::string& id, const std::string& text) {
        std::shared_ptr<Entry> entry;
        std::list<std::shared_ptr<Entry>> closed;  // closed when the lock is gone
        {
            const std::lock_guard lock{mutex_};
            const auto found = places_.find(user);
            if (found != places_.end()) {
                recent_.splice(recent_.begin(), recent_, found->second);
            } else {
                recent_.push_front(std::make_shared<Entry>());
                recent_.front()->user = user;
                places_[user] = recent_.begin();
            }
            entry = recent_.front();
            while (recent_.size() > most_) {
                places_.erase(recent_.back()->user);
                closed.splice(closed.end(), recent_, std::prev(recent_.end()));
            }
        }
        closed.clear();
        const std::lock_guard lock{entry->in_use};
        if (!entry->file) entry->file = std::make_unique<File>(folder_ + "/" + user + ".sqlite3");
        return entry->file->say(id, text);
    }

private:
    struct Entry {
        std::string user;
        std::mutex in_use;
        std::unique_ptr<File> file;
    };
    const std::string folder_;
    const std::size_t most_;
    std::mutex mutex_;
    std::list<std::shared_ptr<Entry>> recent_;
    std::unordered_map<std::string, std::list<std::shared_ptr<Entry>>::iterator> places_;
};

}  // namespace
}  // namespace arq::bench

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: floor-store FOLDER OPEN_FILES\n");
        return 2;
    }
    const std::string folder = argv[1];
    const std::size_t open_files = std::strtoul(argv[2], nullptr, 10);
    ::mkdir((folder + "/data").c_str(), 0700);
    return arq::bench::run_pool({.folder = folder}, [&] {
        const auto files = std::make_shared<arq::bench::Files>(folder + "/data", open_files);
        return [files](const arq::bench::Request& request) -> std::string {
            rapidjson::Document body;
            body.Parse(request.body.data(), request.body.size());
            try {
                const std::string id = body["message_id"].GetString();
                // As it is in the load: nothing to be escaped.
                return "{\"message_id\": \"" + id + "\", \"reply\": {\"text\": \"" +
                       files->say(request.user, id, body["message"].GetString()) + "\"}}";
            } catch (const std::exception& error) {
                std::fprintf(stderr, "floor-store: %s\n", error.what());
                return "{\"error\": \"\"}";
            }
        };
    });
}
