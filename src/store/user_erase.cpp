// SPDX-License-Identifier: MIT
//
// Deleting for good. A deleted row leaves its words in the full-text index (until its segments are merged),
// in the file's free pages and in the write-ahead log. So the indexes are made anew from what is left, and
// scrub() rewrites the file and empties the log. Copies from before a repair hold those words too, and go.
#include "arq/util/error.h"
#include "arq/util/log.h"
#include "store/kept_copies.h"
#include "store/recall_index.h"
#include "store/user_file_impl.h"

namespace arq::store {

void mark_scrub_due(Connection& connection) {
    Query{connection, "INSERT OR REPLACE INTO state (name, value) VALUES ('scrub_due', 1)"}.execute();
}

bool UserFile::Impl::is_scrub_due() {
    Query query{connection, "SELECT 1 FROM state WHERE name = 'scrub_due'"};
    return query.next();
}

void UserFile::delete_session(util::Id id) {
    Connection& connection = impl_->connection;
    {
        // What this session taught to all stays, but leads back to it no more.
        Query query{connection, R"sql(
            UPDATE memories SET source_message_id = NULL
            WHERE source_message_id IN (SELECT id FROM messages WHERE session_id = :id))sql"};
        query.bind(":id", id);
        query.execute();
    }
    {
        Query query{connection, R"sql(
            UPDATE memory_history SET message_id = NULL
            WHERE message_id IN (SELECT id FROM messages WHERE session_id = :id))sql"};
        query.bind(":id", id);
        query.execute();
    }
    {
        Query query{connection, "DELETE FROM sessions WHERE id = :id"};
        query.bind(":id", id);
        query.execute();
    }
    rebuild_indexes(connection, impl_->options.index_batch_messages);
    mark_scrub_due(connection);
}

void UserFile::erase_all() {
    Connection& connection = impl_->connection;
    drop_index(connection);
    Query{connection, "DELETE FROM sessions"}.execute();
    Query{connection, "DELETE FROM memories"}.execute();
    rebuild_indexes(connection, impl_->options.index_batch_messages);
    mark_scrub_due(connection);
}

bool UserFile::is_alone() {
    return impl_->connection.leave_wal_mode();
}

void UserFile::scrub_if_due() {
    if (impl_->is_scrub_wanted) scrub();
}

void UserFile::scrub() {
    Connection& connection = impl_->connection;
    impl_->is_scrub_wanted = false;
    impl_->left_unscrubbed = true;
    try {
        connection.execute_script("VACUUM");
        if (connection.truncate_log()) {
            // A power cut could bring the log back as long as only the system knows that it is empty.
            sync_log();
            unlink_copies(impl_->path);
            Query{connection, "DELETE FROM state WHERE name = 'scrub_due'"}.execute();
            impl_->left_unscrubbed = false;
            return unlink_copies(impl_->path);
        }
    } catch (const Error& error) {
        if (error.code() != ErrorCode::kStorageBusy) throw;
    }
    util::log_info("a user's file is in use elsewhere: what was deleted is scrubbed when it is next opened");
}

// Rewriting a file takes space: where there is none, what is left in it can still be read.
void UserFile::scrub_late() {
    try {
        scrub();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::kStorageFull && error.code() != ErrorCode::kStorageReadOnly) throw;
    }
}

}  // namespace arq::store
