// SPDX-License-Identifier: MIT
//
// The floor of a message: the durable SQLite transaction that it takes, and nothing else. A file per user
// with the settings that are best for it (WAL, FULL, pages of 1 KiB); the message's id is looked up, message
// and reply are stored with their full-text rows. No recall, no memory, no identity, no validation.
//   floor-store FOLDER WORKERS THREADS OPEN_FILES
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <list>
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
// As ARQ's, for what could differ: secure_delete is on in Debian's SQLite.
constexpr const char* kSettings = R"sql(
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 128;
    PRAGMA cache_size = -256;
    PRAGMA secure_delete = FAST;
)sql";

// One user's file, for one thread at a time.
class File {
public:
    explicit File(const std::string& path) {
        const bool is_new = ::access(path.c_str(), F_OK) != 0;
        check(sqlite3_open_v2(path.c_str(), &database_,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
        sqlite3_busy_timeout(database_, 5000);
        if (is_new) check(sqlite3_exec(database_, kSchema, nullptr, nullptr, nullptr));
        check(sqlite3_exec(database_, kSettings, nullptr, nullptr, nullptr));
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        rollback_ = prepare("ROLLBACK");
        find_ = prepare(
            "SELECT r.text FROM messages m JOIN messages r ON r.id = m.id + 1 WHERE m.client_id = ?1");
        insert_ = prepare(
            "INSERT INTO messages (role, text, created_at, client_id) VALUES (?1, ?2, unixepoch(), ?3)");
        index_ = prepare("INSERT INTO message_index (rowid, text) VALUES (?1, ?2)");
    }
    ~File() {
        for (sqlite3_stmt* statement : {begin_, commit_, rollback_, find_, insert_, index_})
            sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    // The reply, once it is durable.
    std::string say(const std::string& id, const std::string& text) {
        run(begin_);
        try {
            std::string reply = find_reply(id);
            if (reply.empty()) {
                // As long as ARQ's are on average in this load, which quote up to three messages.
                reply = "I will keep that in mind: “" + text +
                        "”. Ask me for it by any of its words, and I will quote it to you.";
                insert(0, text, &id);
                insert(1, reply, nullptr);
            }
            run(commit_);
            return reply;
        } catch (const std::exception&) {
            sqlite3_step(rollback_);
            sqlite3_reset(rollback_);
            throw;
        }
    }

private:
    std::string find_reply(const std::string& id) {
        bind(find_, 1, id);
        std::string reply;
        if (sqlite3_step(find_) == SQLITE_ROW)
            reply = reinterpret_cast<const char*>(sqlite3_column_text(find_, 0));
        sqlite3_reset(find_);
        return reply;
    }
    void insert(int role, const std::string& text, const std::string* id) {
        sqlite3_bind_int(insert_, 1, role);
        bind(insert_, 2, text);
        if (id != nullptr)
            bind(insert_, 3, *id);
        else
            sqlite3_bind_null(insert_, 3);
        run(insert_);
        sqlite3_bind_int64(index_, 1, sqlite3_last_insert_rowid(database_));
        bind(index_, 2, text);
        run(index_);
    }
    void run(sqlite3_stmt* statement) const {
        const int result = sqlite3_step(statement);
        sqlite3_reset(statement);
        if (result != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(database_)};
    }
    static void bind(sqlite3_stmt* statement, int index, const std::string& text) {
        sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    sqlite3_stmt* prepare(const char* sql) const {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void check(int result) const {
        if (result != SQLITE_OK) throw std::runtime_error{sqlite3_errmsg(database_)};
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt *begin_, *commit_, *rollback_, *find_, *insert_, *index_;
};

// The files used last stay open, as many as ARQ keeps open.
class Files {
public:
    Files(std::string folder, std::size_t most) : folder_(std::move(folder)), most_(most) {}

    std::string say(const std::string& user, const std::string& id, const std::string& text) {
        const std::shared_ptr<Entry> entry = find(user);
        const std::lock_guard lock{entry->in_use};
        if (!entry->file) entry->file = std::make_unique<File>(folder_ + "/" + user + ".sqlite3");
        return entry->file->say(id, text);
    }

private:
    struct Entry {
        explicit Entry(std::string name) : user(std::move(name)) {}
        const std::string user;
        std::mutex in_use;
        std::unique_ptr<File> file;  // guarded by in_use; closed by whoever uses the entry last
    };

    std::shared_ptr<Entry> find(const std::string& user) {
        std::list<std::shared_ptr<Entry>> closed;  // destroyed when the lock is gone
        const std::lock_guard lock{mutex_};
        const auto found = places_.find(user);
        if (found != places_.end()) {
            recent_.splice(recent_.begin(), recent_, found->second);
            return recent_.front();
        }
        recent_.push_front(std::make_shared<Entry>(user));
        places_[user] = recent_.begin();
        while (recent_.size() > most_) {
            places_.erase(recent_.back()->user);
            closed.splice(closed.end(), recent_, std::prev(recent_.end()));
        }
        return recent_.front();
    }

    const std::string folder_;
    const std::size_t most_;
    std::mutex mutex_;  // guards what follows
    std::list<std::shared_ptr<Entry>> recent_;
    std::unordered_map<std::string, std::list<std::shared_ptr<Entry>>::iterator> places_;
};

std::string answer(Files& files, const Request& request) {
    rapidjson::Document body;
    body.Parse(request.body.data(), request.body.size());
    const std::string id = body["message_id"].GetString();
    const std::string reply = files.say(request.user, id, body["message"].GetString());
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
    json.StartObject();
    json.Key("message_id");
    json.String(id.data(), static_cast<rapidjson::SizeType>(id.size()));
    json.Key("reply");
    json.StartObject();
    json.Key("text");
    json.String(reply.data(), static_cast<rapidjson::SizeType>(reply.size()));
    json.EndObject();
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace
}  // namespace arq::bench

int main(int argc, char** argv) {
    const arq::bench::PoolShape shape = arq::bench::parse_shape(argc, argv);
    const std::size_t open_files = argc == 5 ? std::strtoul(argv[4], nullptr, 10) : 0;
    if (open_files == 0) {
        std::fprintf(stderr, "floor-store: OPEN_FILES is missing\n");
        return 2;
    }
    const std::string data = shape.folder + "/data/floor";
    ::mkdir(data.c_str(), 0700);
    return arq::bench::run_pool(shape, [&] {
        const auto files = std::make_shared<arq::bench::Files>(data, open_files);
        return [files](const arq::bench::Request& request) -> std::string {
            try {
                return answer(*files, request);
            } catch (const std::exception& error) {
                std::fprintf(stderr, "floor-store: %s\n", error.what());
                return R"({"error": "see the log"})";
            }
        };
    });
}
