-- SPDX-License-Identifier: MIT
CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- The oldest schema whose builds can use this file, as in a user's (user/0004).
INSERT INTO state (name, value) VALUES ('oldest_schema', 1);

PRAGMA user_version = 3;
