-- SPDX-License-Identifier: MIT
-- What was learnt of the user.

CREATE TABLE memories (
    id INTEGER PRIMARY KEY,
    session_id INTEGER REFERENCES sessions (id) ON DELETE CASCADE,  -- only what an isolated session learnt
    kind INTEGER NOT NULL,              -- 0 fact, 1 preference, 2 event, 3 instruction, 4 note
    subject TEXT,                       -- "name": at most one memory of it in a scope; null where it has none
    text TEXT NOT NULL,
    source_message_id INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL            -- counts its texts, from 1
);

-- The texts that a memory had before.
CREATE TABLE memory_history (
    memory_id INTEGER NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    message_id INTEGER,                 -- the message that taught this text
    PRIMARY KEY (memory_id, version)
) WITHOUT ROWID;

-- What a reply said of the memory, so that a repeated request gets the same answer. A forgotten memory
-- takes its rows with it.
CREATE TABLE reply_memories (
    reply_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    relation INTEGER NOT NULL,          -- 0 used, 1 added, 2 changed
    memory_id INTEGER NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,           -- which of the memory's texts
    score REAL,                         -- used: 0 to 1
    PRIMARY KEY (reply_id, position)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE memory_index USING fts5 (stems, content='', tokenize='unicode61 remove_diacritics 0');

PRAGMA user_version = 2;
