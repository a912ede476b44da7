// SPDX-License-Identifier: MIT
//
// SQLite's default VFS and allocator in the tests: SQLite's own, unless a fault is due. A fault looks to
// SQLite as it would come from its "unix" VFS: the same result code, errno set, LAST_ERRNO remembered.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/faulty_disk.h"

namespace arq::tests {
namespace {

sqlite3_vfs* unix_vfs = nullptr;
sqlite3_mem_methods own_memory{};
// SQLite opens a folder only to sync it. Its type is sqlite3_syscall_ptr by contract.
using OpenFolder = int (*)(const char*, int*);
OpenFolder open_folder = nullptr;

// In front of the real file in the memory that SQLite gives.
struct File : sqlite3_file {
    const char* path;  // SQLite's, as long as the file is open; null for a nameless one
    int last_error;
    bool was_synced;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
static_assert(sizeof(File) % alignof(void*) == 0);  // the real file follows

File& of(sqlite3_file* file) {
    return *static_cast<File*>(file);
}

bool fails(sqlite3_file* file, Operation operation) {
    const int error = next_fault(operation, of(file).path);
    if (error == 0) return false;
    of(file).last_error = error;
    errno = error;
    return true;
}

DiskListener* listener_for(sqlite3_file* file) {
    return of(file).path == nullptr ? nullptr : disk_listener();
}

int close_file(sqlite3_file* file) {
    return of(file).real()->pMethods->xClose(of(file).real());
}

int read(sqlite3_file* file, void* buffer, int count, sqlite3_int64 offset) {
    if (fails(file, Operation::kRead)) return SQLITE_IOERR_READ;
    return of(file).real()->pMethods->xRead(of(file).real(), buffer, count, offset);
}

int write(sqlite3_file* file, const void* buffer, int count, sqlite3_int64 offset) {
    sqlite3_file* const real = of(file).real();
    if (fails(file, Operation::kWrite)) {
        const int error = of(file).last_error;
        real->pMethods->xWrite(real, buffer, count / 2, offset);
        errno = error;
        if (error != ENOSPC) return SQLITE_IOERR_WRITE;
        of(file).last_error = 0;
        return SQLITE_FULL;
    }
    const int result = real->pMethods->xWrite(real, buffer, count, offset);
    if (result == SQLITE_OK)
        if (DiskListener* const listener = listener_for(file))
            listener->written(of(file).path, offset,
                              {static_cast<const char*>(buffer), static_cast<std::size_t>(count)});
    return result;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (fails(file, Operation::kTruncate)) return SQLITE_IOERR_TRUNCATE;
    const int result = of(file).real()->pMethods->xTruncate(of(file).real(), size);
    if (result == SQLITE_OK)
        if (DiskListener* const listener = listener_for(file)) listener->truncated(of(file).path, size);
    return result;
}

int sync(sqlite3_file* file, int flags) {
    if (fails(file, Operation::kSync)) return SQLITE_IOERR_FSYNC;
    if (DiskListener* const listener = listener_for(file)) listener->synced(of(file).path);
    // A new log's first sync syncs its folder too, of which a listener wants to hear.
    const bool is_first = !std::exchange(of(file).was_synced, true);
    if (syncs_are_skipped() && !(is_first && disk_listener() != nullptr)) return SQLITE_OK;
    return of(file).real()->pMethods->xSync(of(file).real(), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    if (fails(file, Operation::kLook)) return SQLITE_IOERR_FSTAT;
    return of(file).real()->pMethods->xFileSize(of(file).real(), size);
}

int lock(sqlite3_file* file, int level) {
    if (fails(file, Operation::kLock)) return errno == EAGAIN ? SQLITE_BUSY : SQLITE_IOERR_LOCK;
    return of(file).real()->pMethods->xLock(of(file).real(), level);
}

int unlock(sqlite3_file* file, int level) {
    return of(file).real()->pMethods->xUnlock(of(file).real(), level);
}

int check_reserved_lock(sqlite3_file* file, int* held) {
    if (fails(file, Operation::kLock)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), held);
}

int file_control(sqlite3_file* file, int operation, void* argument) {
    if (operation == SQLITE_FCNTL_LAST_ERRNO && of(file).last_error != 0) {
        *static_cast<int*>(argument) = of(file).last_error;
        return SQLITE_OK;
    }
    return of(file).real()->pMethods->xFileControl(of(file).real(), operation, argument);
}

int sector_size(sqlite3_file* file) {
    return of(file).real()->pMethods->xSectorSize(of(file).real());
}

int device_characteristics(sqlite3_file* file) {
    return of(file).real()->pMethods->xDeviceCharacteristics(of(file).real());
}

// The "unix" VFS keeps no LAST_ERRNO of the shared memory's failures.
int share_map(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
    if (const int error = next_fault(Operation::kShare, of(file).path)) {
        errno = error;
        return SQLITE_IOERR_SHMSIZE;
    }
    return of(file).real()->pMethods->xShmMap(of(file).real(), region, size, extend, memory);
}

int share_lock(sqlite3_file* file, int offset, int count, int flags) {
    if ((flags & SQLITE_SHM_LOCK) != 0 && fails(file, Operation::kLock))
        return errno == EAGAIN ? SQLITE_BUSY : SQLITE_IOERR_SHMLOCK;
    return of(file).real()->pMethods->xShmLock(of(file).real(), offset, count, flags);
}

void share_barrier(sqlite3_file* file) {
    of(file).real()->pMethods->xShmBarrier(of(file).real());
}

int share_unmap(sqlite3_file* file, int delete_it) {
    return of(file).real()->pMethods->xShmUnmap(of(file).real(), delete_it);
}

int fetch(sqlite3_file* file, sqlite3_int64 offset, int count, void** memory) {
    return of(file).real()->pMethods->xFetch(of(file).real(), offset, count, memory);
}

int unfetch(sqlite3_file* file, sqlite3_int64 offset, void* memory) {
    return of(file).real()->pMethods->xUnfetch(of(file).real(), offset, memory);
}

constexpr sqlite3_io_methods kMethods{.iVersion = 3,
                                      .xClose = close_file,
                                      .xRead = read,
                                      .xWrite = write,
                                      .xTruncate = truncate,
                                      .xSync = sync,
                                      .xFileSize = file_size,
                                      .xLock = lock,
                                      .xUnlock = unlock,
                                      .xCheckReservedLock = check_reserved_lock,
                                      .xFileControl = file_control,
                                      .xSectorSize = sector_size,
                                      .xDeviceCharacteristics = device_characteristics,
                                      .xShmMap = share_map,
                                      .xShmLock = share_lock,
                                      .xShmBarrier = share_barrier,
                                      .xShmUnmap = share_unmap,
                                      .xFetch = fetch,
                                      .xUnfetch = unfetch};

int open(sqlite3_vfs*, const char* path, sqlite3_file* memory, int flags, int* flags_out) {
    auto* const file = new (memory) File{};
    file->path = path;
    if (fails(file, Operation::kOpen)) return SQLITE_CANTOPEN;
    const int result = unix_vfs->xOpen(unix_vfs, path, file->real(), flags, flags_out);
    // SQLite closes a file with methods even where opening it failed.
    if (file->real()->pMethods != nullptr) file->pMethods = &kMethods;
    if (result == SQLITE_OK && (flags & SQLITE_OPEN_CREATE) != 0)
        if (DiskListener* const listener = listener_for(file)) listener->created(path);
    return result;
}

int delete_file(sqlite3_vfs*, const char* path, int sync_folder) {
    if (const int error = next_fault(Operation::kUnlink, path)) {
        errno = error;
        return SQLITE_IOERR_DELETE;
    }
    // The folder's sync, which comes within, is to be told after this.
    const int result = unix_vfs->xDelete(unix_vfs, path, 0);
    if (result != SQLITE_OK) return result;
    if (DiskListener* const listener = disk_listener()) {
        const std::string name = path;
        listener->unlinked(name);
        if (sync_folder != 0) listener->folder_synced(name.substr(0, name.rfind('/')));
    }
    return result;
}

int access(sqlite3_vfs*, const char* path, int flags, int* result) {
    if (const int error = next_fault(Operation::kLook, path)) {
        errno = error;
        return SQLITE_IOERR_ACCESS;
    }
    return unix_vfs->xAccess(unix_vfs, path, flags, result);
}

int open_folder_to_sync(const char* file, int* fd) {
    const std::string name = file;
    if (DiskListener* const listener = disk_listener())
        listener->folder_synced(name.substr(0, name.rfind('/')));
    return open_folder(file, fd);
}

void* allocate(int bytes) {
    return next_fault(Operation::kAllocate, nullptr) != 0 ? nullptr : own_memory.xMalloc(bytes);
}
void* reallocate(void* memory, int bytes) {
    return next_fault(Operation::kAllocate, nullptr) != 0 ? nullptr : own_memory.xRealloc(memory, bytes);
}

// Before the first test, and so before SQLite is first used.
struct FaultySqlite {
    FaultySqlite() {
        // What comes from a slot of its own (page cache, lookaside) would be no allocation that can fail.
        sqlite3_mem_methods memory{};
        require(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own_memory));
        memory = own_memory;
        memory.xMalloc = allocate;
        memory.xRealloc = reallocate;
        require(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory));
        require(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0));

        unix_vfs = sqlite3_vfs_find("unix");
        static sqlite3_vfs vfs = *unix_vfs;
        vfs.zName = "faulty";
        vfs.szOsFile = static_cast<int>(sizeof(File)) + unix_vfs->szOsFile;
        vfs.xOpen = open;
        vfs.xDelete = delete_file;
        vfs.xAccess = access;
        require(sqlite3_vfs_register(&vfs, 1));
        open_folder = reinterpret_cast<OpenFolder>(unix_vfs->xGetSystemCall(unix_vfs, "openDirectory"));
        require(unix_vfs->xSetSystemCall(unix_vfs, "openDirectory",
                                         reinterpret_cast<sqlite3_syscall_ptr>(open_folder_to_sync)));
    }
    static void require(int result) {
        if (result != SQLITE_OK) throw std::runtime_error{"SQLite can't be put above the faulty disk"};
    }
};

BOOST_TEST_GLOBAL_FIXTURE(FaultySqlite);

}  // namespace
}  // namespace arq::tests
