-- SPDX-License-Identifier: MIT
-- What one user and the assistant said to each other. Released steps are never edited: add a new one.

-- Ids are times with random bits (util/ids.h): rows stand in the order in which they were said, and an
-- id is the key of its row, so lists need no index. A session's id is older than its messages' ids.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    isolated INTEGER NOT NULL,          -- 1: what is said in it is seen in it alone
    created_at INTEGER NOT NULL,        -- milliseconds since 1970, UTC, here and below
    updated_at INTEGER NOT NULL,
    message_count INTEGER NOT NULL,     -- both roles
    last_message_id INTEGER NOT NULL    -- where a list of its messages may stop looking; 0: none
);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    role INTEGER NOT NULL,              -- 0 user, 1 assistant
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    pair_id INTEGER,                    -- of a user's message its reply, of a reply the message it answers
    client_id TEXT,                     -- the user's message_id; null in replies
    finish INTEGER,                     -- replies: 0 stop, 1 length, 2 cut, 3 stopped
    responder TEXT,                     -- replies: "embedded", or the provider's name
    variant INTEGER                     -- replies: 0 production, 1 canary, 2 legacy
);

-- Exactly once rests on this.
CREATE UNIQUE INDEX message_by_client_id ON messages (client_id) WHERE client_id IS NOT NULL;

CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- Messages up to this id are in the full-text index; a search reads those behind it one by one.
INSERT INTO state (name, value) VALUES ('indexed_through', 0);

-- Holds the stems of both roles' texts (util/text.h), joined by blanks.
CREATE VIRTUAL TABLE message_index USING fts5 (stems, content='', tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE message_terms USING fts5vocab (message_index, 'row');

PRAGMA user_version = 1;
