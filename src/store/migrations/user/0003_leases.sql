-- SPDX-License-Identifier: MIT
-- Who is at work on a message that has no reply yet, and until when that holds: whoever waits for the
-- answer takes over when the time is up, for then the first one's worker has died.

CREATE TABLE leases (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);

PRAGMA user_version = 3;
