// SPDX-License-Identifier: MIT
#include "store/failure.h"

#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>

namespace arq::store {
namespace {

struct Row {
    int result;
    int system_error;
    ErrorCode code;
};

BOOST_AUTO_TEST_SUITE(failure_tests)

BOOST_AUTO_TEST_CASE(what_sqlite_says_with_the_systems_reason) {
    for (const Row& row : {
             Row{SQLITE_FULL, 0, ErrorCode::kStorageFull},
             Row{SQLITE_IOERR_WRITE, EDQUOT, ErrorCode::kStorageFull},
             Row{SQLITE_IOERR_SHMSIZE, ENOSPC, ErrorCode::kStorageFull},
             Row{SQLITE_BUSY_SNAPSHOT, 0, ErrorCode::kStorageBusy},
             Row{SQLITE_CANTOPEN, EMFILE, ErrorCode::kStorageBusy},
             Row{SQLITE_CORRUPT_VTAB, 0, ErrorCode::kStorageDamaged},
             Row{SQLITE_IOERR_READ, EIO, ErrorCode::kStorageDamaged},
             Row{SQLITE_IOERR_FSYNC, EIO, ErrorCode::kStorageReadOnly},
             Row{SQLITE_IOERR_WRITE, 0, ErrorCode::kStorageReadOnly},
             Row{SQLITE_READONLY_DBMOVED, 0, ErrorCode::kStorageReadOnly},
             // A shortage of memory is not the disk's fault, and nothing that the operator should mend there.
             Row{SQLITE_NOMEM, ENOMEM, ErrorCode::kInternal},
             Row{SQLITE_IOERR_NOMEM, EIO, ErrorCode::kInternal},
             Row{SQLITE_IOERR_SHMMAP, ENOMEM, ErrorCode::kInternal},
         }) {
        BOOST_TEST_CONTEXT("result " << row.result << ", errno " << row.system_error) {
            BOOST_TEST((storage_error(row.result, row.system_error).code() == row.code));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
