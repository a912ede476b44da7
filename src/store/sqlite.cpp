// SPDX-License-Identifier: MIT
#include "store/sqlite.h"

#include <cerrno>
#include <system_error>

#include "arq/util/error.h"
#include "arq/util/log.h"

namespace arq::store {
namespace {

struct Failure {
    ErrorCode code;
    const char* message;
};

constexpr Failure kFull{ErrorCode::kStorageFull,
                        "the disk or the account's quota is full: the message was not kept; "
                        "free some space and send it again"};
constexpr Failure kBusy{ErrorCode::kStorageBusy,
                        "this user's file is busy: send the request again in a moment"};
constexpr Failure kDamaged{ErrorCode::kStorageDamaged,
                           "this user's file is damaged and was left as it is: the operator "
                           "has to put it back from a backup"};
constexpr Failure kReadOnly{ErrorCode::kStorageReadOnly,
                            "the storage can't be written to: the operator has to mend the "
                            "file system or its permissions"};
constexpr Failure kOther{ErrorCode::kInternal, "the storage failed: the operator's log says why"};

Failure failure_of(int result, int system_error) {
    switch (result & 0xFF) {
        case SQLITE_FULL:
            return kFull;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return kBusy;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return kDamaged;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return kReadOnly;
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            if (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG) return kFull;
            if (system_error == EROFS || system_error == EACCES || system_error == EPERM) return kReadOnly;
            return kOther;
        default:
            return kOther;
    }
}

// The system's word for an I/O error. sqlite3_system_errno() is often 0 for a failed write, so the files are
// asked: the database, then its log (an account's quota fails there first).
int system_error_of(sqlite3* handle) {
    int error = sqlite3_system_errno(handle);
    if (error != 0) return error;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    if (error != 0) return error;
    sqlite3_file* log = nullptr;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != nullptr && log->pMethods != nullptr)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

}  // namespace

Connection::Connection(const std::string& path, Mode mode) {
    // A mutex of SQLite's own would only repeat what "one thread at a time" says.
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
    if (mode == Mode::kInMemory) flags |= SQLITE_OPEN_MEMORY | SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) raise(result, "open");
}

void Connection::execute_script(const char* sql) {
    const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) raise(result, sql);
}

void Connection::set_pragma(std::string_view name, std::int64_t value) {
    execute_script(("PRAGMA " + std::string{name} + " = " + std::to_string(value)).c_str());
}

void Connection::set_pragma(std::string_view name, std::string_view word) {
    execute_script(("PRAGMA " + std::string{name} + " = " + std::string{word}).c_str());
}

std::int64_t Connection::pragma(std::string_view name) {
    const std::string sql = "PRAGMA " + std::string{name};
    sqlite3_stmt* raw = nullptr;
    int result = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement{raw};
    if (result == SQLITE_OK) result = sqlite3_step(statement.get());
    if (result != SQLITE_ROW) raise(result, sql.c_str());
    return sqlite3_column_int64(statement.get(), 0);
}

void Connection::set_busy_timeout(int milliseconds) {
    sqlite3_busy_timeout(handle_.get(), milliseconds);
}

bool Connection::truncate_log() {
    const int result =
        sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result == SQLITE_BUSY || result == SQLITE_LOCKED) return false;
    if (result != SQLITE_OK) raise(result, "checkpoint");
    return true;
}

bool Connection::leave_wal_mode() {
    const int result = sqlite3_exec(handle_.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
    if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) return false;
    if (result != SQLITE_OK) raise(result, "PRAGMA journal_mode = DELETE");
    return true;
}

std::string Connection::serialize() {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes{
        sqlite3_serialize(handle_.get(), "main", &size, 0), &sqlite3_free};
    if (!bytes) raise(SQLITE_NOMEM, "serialize");
    return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

sqlite3_stmt* Connection::prepare(const char* sql) {
    auto& statement = statements_[sql];
    if (!statement) {
        sqlite3_stmt* raw = nullptr;
        const int result =
            sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
        statement.reset(raw);
        if (result != SQLITE_OK) raise(result, sql);
    }
    return statement.get();
}

void Connection::raise(int result, const char* sql) const {
    const bool has_system_error = (result & 0xFF) == SQLITE_IOERR || (result & 0xFF) == SQLITE_CANTOPEN;
    const int system_error = handle_ && has_system_error ? system_error_of(handle_.get()) : 0;
    const Failure failure = failure_of(result, system_error);
    // The statement with its parameters' names: their values are what people said.
    std::string line = "sqlite: ";
    line += handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(result);
    line += " (" + std::to_string(result);
    if (system_error != 0) line += ", " + std::generic_category().message(system_error);
    line += ") in: ";
    line += sql;
    util::log_error(line);
    throw Error{failure.code, failure.message};
}

Query::Query(Connection& connection, const char* sql)
    : connection_(connection), sql_(sql), statement_(connection.prepare(sql)) {}

Query::~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

int Query::index_of(const char* name) const {
    const int index = sqlite3_bind_parameter_index(statement_, name);
    if (index == 0) throw Error{ErrorCode::kInternal, std::string{"a statement has no parameter "} + name};
    return index;
}

void Query::check(int result) const {
    if (result != SQLITE_OK) connection_.raise(result, sql_);
}

Query& Query::bind(const char* name, std::int64_t value) {
    check(sqlite3_bind_int64(statement_, index_of(name), value));
    return *this;
}

Query& Query::bind(const char* name, double value) {
    check(sqlite3_bind_double(statement_, index_of(name), value));
    return *this;
}

Query& Query::bind(const char* name, std::string_view text) {
    check(sqlite3_bind_text64(statement_, index_of(name), text.data(), text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
    return *this;
}

Query& Query::bind_blob(const char* name, std::string_view bytes) {
    check(sqlite3_bind_blob64(statement_, index_of(name), bytes.data(), bytes.size(), SQLITE_TRANSIENT));
    return *this;
}

Query& Query::bind(const char* name, std::optional<std::int64_t> value) {
    return value ? bind(name, *value) : bind_null(name);
}

Query& Query::bind_null(const char* name) {
    check(sqlite3_bind_null(statement_, index_of(name)));
    return *this;
}

bool Query::next() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) connection_.raise(result, sql_);
    return false;
}

void Query::execute() {
    if (next()) throw Error{ErrorCode::kInternal, "a statement gave a row where none was expected"};
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
double Query::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

std::string Query::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::int64_t> Query::optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

ImmediateTransaction::ImmediateTransaction(Connection& connection)
    : connection_(connection), rollback_(connection.prepare("ROLLBACK")) {
    Query{connection_, "BEGIN IMMEDIATE"}.execute();
}

ImmediateTransaction::~ImmediateTransaction() {
    // After some errors SQLite has rolled back by itself. A rollback can't fail in a way that matters:
    // what was not committed is not there at the next opening.
    if (open_ && connection_.in_transaction()) {
        sqlite3_step(rollback_);
        sqlite3_reset(rollback_);
    }
}

void ImmediateTransaction::commit() {
    Query{connection_, "COMMIT"}.execute();
    open_ = false;
}

}  // namespace arq::store
