// SPDX-License-Identifier: MIT
#include "store/sqlite.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "arq/util/error.h"
#include "arq/util/file.h"
#include "arq/util/log.h"
#include "store/failure.h"

namespace arq::store {
namespace {

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

// When SQLite opens a log it makes it if need be, and syncs its folder with the first commit, for it can't
// know whether it did. A log that holds more than its header has been synced before, folder and all.
sqlite3_vfs* layer_below = nullptr;

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    constexpr off_t kHeaderBytes = 32;
    struct stat status {};
    if ((flags & SQLITE_OPEN_WAL) != 0 && ::stat(name, &status) == 0 && status.st_size > kHeaderBytes)
        flags &= ~SQLITE_OPEN_CREATE;
    const int result = layer_below->xOpen(layer_below, name, file, flags, flags_out);
    if (result == SQLITE_OK || errno != ENOENT || (flags & SQLITE_OPEN_CREATE) == 0) return result;
    // Where a file can't be made SQLite tries to read it, and the errno is of that. This one tells why (a
    // full disk).
    const util::UniqueFd made{::open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    return made ? layer_below->xOpen(layer_below, name, file, flags, flags_out) : result;
}

// SQLite 3.40 copies a buffer that it may not have filled into the file of a log's index (walIndexRecover),
// where what lay in the heap before, another user's words, could be read as long as the file is open. So
// buffers of that size begin with zeros.
sqlite3_mem_methods heap_below;

void* allocate(int bytes) {
    constexpr int kIndexBytes = 32 * 1024;
    void* const memory = heap_below.xMalloc(bytes);
    if (memory != nullptr && bytes >= kIndexBytes) std::memset(memory, 0, static_cast<std::size_t>(bytes));
    return memory;
}

void use_clean_heap() {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap_below) != SQLITE_OK) return;  // SQLite runs already
    sqlite3_mem_methods methods = heap_below;
    methods.xMalloc = allocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

// SQLite's own file layer, but for the opening of logs.
const char* file_layer() {
    static sqlite3_vfs layer = [] {
        use_clean_heap();
        // Counting every allocation takes a lock each time, and nobody asks for the sum.
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        // No block of pages per file in advance: most need fewer.
        sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
        layer_below = sqlite3_vfs_find(nullptr);
        sqlite3_vfs copy = *layer_below;
        copy.zName = "arq";
        copy.xOpen = open_file;
        return copy;
    }();
    static const int registered = sqlite3_vfs_register(&layer, 0);
    if (registered != SQLITE_OK) throw Error{ErrorCode::kInternal, "SQLite takes no file layer"};
    return layer.zName;
}

}  // namespace

Connection::Connection(const std::string& path, Mode mode) {
    // A mutex of SQLite's own would only repeat what "one thread at a time" says.
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
    if (mode == Mode::kInMemory) flags |= SQLITE_OPEN_MEMORY | SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle, flags, file_layer());
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

bool Connection::lock_alone() {
    execute_script("PRAGMA locking_mode = EXCLUSIVE");
    // The first read takes the lock.
    const int result = sqlite3_exec(handle_.get(), "PRAGMA user_version", nullptr, nullptr, nullptr);
    if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) return false;
    if (result != SQLITE_OK) raise(result, "PRAGMA user_version");
    return true;
}

void Connection::keep_log_on_close(bool keep) {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

bool Connection::truncate_log() {
    const int result =
        sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result == SQLITE_BUSY || result == SQLITE_LOCKED) return false;
    if (result != SQLITE_OK) raise(result, "checkpoint");
    return true;
}

sqlite3_file* Connection::file() {
    sqlite3_file* file = nullptr;
    const int result = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (result != SQLITE_OK) raise(result, "find the file");
    return file;
}

std::int64_t Connection::file_bytes() {
    sqlite3_file* const main = file();
    sqlite3_int64 size = 0;
    const int result = main->pMethods->xFileSize(main, &size);
    if (result != SQLITE_OK) raise(result, "measure the file");
    return size;
}

std::string Connection::read_file() {
    sqlite3_file* const main = file();
    int result = SQLITE_OK;
    std::string bytes(static_cast<std::size_t>(file_bytes()), '\0');
    constexpr std::size_t kAtOnce = 1U << 20;
    for (std::size_t at = 0; result == SQLITE_OK && at < bytes.size(); at += kAtOnce)
        result = main->pMethods->xRead(main, bytes.data() + at,
                                       static_cast<int>(std::min(kAtOnce, bytes.size() - at)),
                                       static_cast<sqlite3_int64>(at));
    if (result != SQLITE_OK) raise(result, "read the file");
    return bytes;
}

bool Connection::is_marked_wal() {
    sqlite3_file* const main = file();
    char versions[2] = {};
    const int result = main->pMethods->xRead(main, versions, sizeof versions,
                                             static_cast<sqlite3_int64>(kFileVersionOffset));
    if (result == SQLITE_IOERR_SHORT_READ) return false;
    if (result != SQLITE_OK) raise(result, "read the file's header");
    return versions[0] == kFileVersionWal && versions[1] == kFileVersionWal;
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

std::string Connection::last_message() const {
    return sqlite3_errmsg(handle_.get());
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
    const ErrorCode code = storage_error(result, system_error).code();
    if (code != ErrorCode::kStorageBusy) failed_ = true;
    // A damaged file is left as it is, its log too, which closing would fold in and remove.
    if (code == ErrorCode::kStorageDamaged && handle_)
        sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // The statement with its parameters' names: their values are what people said.
    std::string line = "sqlite: ";
    line += handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(result);
    line += " (" + std::to_string(result);
    if (system_error != 0) line += ", " + std::generic_category().message(system_error);
    line += ") ";
    const char* const path = handle_ ? sqlite3_db_filename(handle_.get(), "main") : nullptr;
    const bool has_path = path != nullptr && *path != '\0';
    if (has_path) line += std::string{"of "} + path + " ";
    line += "in: ";
    line += sql;
    util::log_error(line);
    if (code == ErrorCode::kStorageDamaged && has_path)
        util::log_error(std::string{"damaged, and left as it is: arqctl user repair "} + path);
    throw storage_error(result, system_error);
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
    return std::string{view(column)};
}

std::string_view Query::view(int column) const {
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

Replacement::Replacement(Connection& target, Connection& content) : target_(target), content_(content) {
    int result = begin();
    if ((result & 0xFF) == SQLITE_NOTADB || (result & 0xFF) == SQLITE_CORRUPT) {
        // Not even the header can be read: the file counts as empty. (Only then: where there is a header, the
        // number of its schema is raised, by which others learn that theirs is old.)
        end();
        sqlite3_db_config(target_.handle_.get(), SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr);
        result = begin();
    }
    if (result != SQLITE_OK) {
        end();
        target_.raise(result, "lock the file to replace it");
    }
}

Replacement::~Replacement() {
    end();
}

// A step of no pages locks the target.
int Replacement::begin() {
    backup_ = sqlite3_backup_init(target_.handle_.get(), "main", content_.handle_.get(), "main");
    if (backup_ == nullptr) return sqlite3_extended_errcode(target_.handle_.get());
    return sqlite3_backup_step(backup_, 0);
}

void Replacement::end() {
    if (backup_ != nullptr) sqlite3_backup_finish(backup_);
    backup_ = nullptr;
}

void Replacement::commit() {
    const int result = sqlite3_backup_step(backup_, -1);
    if (result != SQLITE_DONE) target_.raise(result, "replace the file");
    end();
    sqlite3_db_config(target_.handle_.get(), SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr);
}

}  // namespace arq::store
