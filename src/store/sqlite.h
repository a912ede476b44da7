// SPDX-License-Identifier: MIT
//
// SQLite as the rest of the store sees it: every return code is checked and turned into an arq::Error,
// statements are prepared once per connection, and what was begun is ended by a destructor.
// None of it is thread safe: a connection belongs to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace arq::store {

class Connection {
public:
    enum class Mode { kExisting, kCreate, kInMemory };

    // Errors: the storage codes; a missing file with kExisting is kInternal.
    Connection(const std::string& path, Mode mode);

    // Statements without parameters and results, as a migration has them.
    void execute_script(const char* sql);

    // PRAGMAs take no parameters, so their value has to be written into the text.
    void set_pragma(std::string_view name, std::int64_t value);
    void set_pragma(std::string_view name, std::string_view word);
    std::int64_t pragma(std::string_view name);

    void set_busy_timeout(int milliseconds);

    // Before anything is read: locks the file against every other connection until this one is closed, so
    // that the log's index stays in this process's memory and no file is made for it. False where somebody
    // has it open.
    bool lock_alone();
    // Closing leaves the log beside the file, for the next to go on with, rather than folding it in.
    void keep_log_on_close(bool keep);

    // Folds the write-ahead log into the file and empties it; false where somebody reads from it.
    bool truncate_log();

    // SQLite file format, section 1.3.3: what stands in these two bytes of a file in WAL mode.
    static constexpr std::size_t kFileVersionOffset = 18;
    static constexpr char kFileVersionWal = 2;

    // Whether the file says that it is in WAL mode. Asked of its bytes, without a lock: SQLite itself would
    // open the log to tell.
    bool is_marked_wal();

    std::int64_t file_bytes();

    // The file's bytes, read by SQLite's own handle: whoever closes another descriptor of the file drops all
    // locks that this process has on it.
    std::string read_file();

    // Leaves WAL mode, which works only while no other connection has the file open; false where one has.
    bool leave_wal_mode();

    // The bytes of an in-memory database, as a file would hold them.
    std::string serialize();

    bool in_transaction() const;

    // What SQLite said last.
    std::string last_message() const;

    // The prepared statement of a string literal: its address is its key.
    sqlite3_stmt* prepare(const char* sql);

    [[noreturn]] void raise(int result, const char* sql) const;

    // Whether it met an error other than being locked out: what state it is in then, nobody knows for sure.
    bool has_failed() const { return failed_; }

private:
    friend class Replacement;

    sqlite3_file* file();

    struct CloseConnection {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    struct FinalizeStatement {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };

    mutable bool failed_ = false;
    std::string path_;  // for the log: whose file is to be mended
    std::unique_ptr<sqlite3, CloseConnection> handle_;
    // Below handle_, so that statements are finalized first.
    std::unordered_map<const void*, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> statements_;
};

// One run of a statement; reset when it goes out of scope. `sql` must be a string literal.
//
//     Query query{connection, R"sql(SELECT text FROM messages WHERE id = :id)sql"};
//     query.bind(":id", id);
//     while (query.next()) use(query.text(0));
class Query {
public:
    Query(Connection& connection, const char* sql);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // Texts are copied. An unknown name is a bug (kInternal).
    Query& bind(const char* name, std::int64_t value);
    Query& bind(const char* name, double value);
    Query& bind(const char* name, std::string_view text);
    Query& bind_blob(const char* name, std::string_view bytes);
    Query& bind(const char* name, std::optional<std::int64_t> value);
    Query& bind_null(const char* name);

    bool next();     // steps; true where there is a row
    void execute();  // for statements without rows

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::string_view view(int column) const;  // valid until the next row
    bool is_null(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;

private:
    int index_of(const char* name) const;
    void check(int result) const;

    Connection& connection_;
    const char* sql_;
    sqlite3_stmt* statement_;
};

// BEGIN IMMEDIATE: a transaction that only turns into a writer later fails at once when somebody else
// wrote in between, whatever the timeout. Rolls back unless committed.
class ImmediateTransaction {
public:
    explicit ImmediateTransaction(Connection& connection);
    ~ImmediateTransaction();
    ImmediateTransaction(const ImmediateTransaction&) = delete;
    ImmediateTransaction& operator=(const ImmediateTransaction&) = delete;

    void commit();

private:
    Connection& connection_;
    sqlite3_stmt* rollback_;  // prepared in time: a destructor can't report a failure to prepare it
    bool open_ = true;
};

// Puts the content of one database in place of another's, in one transaction of the latter: others who have
// it open see it as any commit. It need not be a database any more.
class Replacement {
public:
    // From here on nobody else writes to `target`. Both outlive it; `content` may still be filled.
    Replacement(Connection& target, Connection& content);
    // Leaves `target` as it was, unless it was committed.
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    void commit();

private:
    int begin();
    void end();

    Connection& target_;
    Connection& content_;
    sqlite3_backup* backup_ = nullptr;
};

}  // namespace arq::store
