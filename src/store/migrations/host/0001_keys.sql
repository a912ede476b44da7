-- SPDX-License-Identifier: MIT
-- What belongs to the installation and to no user.

CREATE TABLE keys (
    id TEXT PRIMARY KEY,                -- the key's public part
    name TEXT NOT NULL,
    role INTEGER NOT NULL,              -- 0 server, 1 admin
    secret_hash BLOB NOT NULL,          -- keyed hash of the secret part
    created_at INTEGER NOT NULL         -- milliseconds since 1970, UTC
) WITHOUT ROWID;

PRAGMA user_version = 1;
