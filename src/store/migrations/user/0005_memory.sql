-- SPDX-License-Identifier: MIT
-- What memories say as values and times, what must not come back, and what else an answer told.

ALTER TABLE memories ADD COLUMN value TEXT;             -- what it says of its subject: "Anna"
-- Milliseconds. Of an event when it takes place, to exclusive; of anything else since when it holds and, once it
-- holds no more, until when. A subject may have several memories in a scope by now.
ALTER TABLE memories ADD COLUMN valid_from INTEGER;
ALTER TABLE memories ADD COLUMN valid_to INTEGER;
ALTER TABLE memories ADD COLUMN grain INTEGER;          -- of an event: 0 second, 1 minute, … 7 year
ALTER TABLE memories ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;  -- replies up to counted_through that drew on it
CREATE INDEX memory_by_subject ON memories (subject, session_id);

ALTER TABLE memory_history ADD COLUMN value TEXT;
ALTER TABLE memory_history ADD COLUMN valid_from INTEGER;
ALTER TABLE memory_history ADD COLUMN valid_to INTEGER;
ALTER TABLE memory_history ADD COLUMN grain INTEGER;

-- 1: it stays in its session's list, but is in no index, and neither quoted nor found.
ALTER TABLE messages ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN details TEXT;           -- replies: store/reply_details.h

-- What is left in short of a session's older messages.
CREATE TABLE summaries (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    first_message_id INTEGER NOT NULL,  -- what it covers; these messages may be gone
    last_message_id INTEGER NOT NULL,
    turns INTEGER NOT NULL,             -- how many messages of the user's it covers
    updated_at INTEGER NOT NULL
);

-- Which messages of the user's are about what: those whose replies counted_through covers. What is behind it stands
-- in the details of the replies.
CREATE TABLE message_topics (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    category TEXT,
    PRIMARY KEY (session_id, name, message_id)
) WITHOUT ROWID;
INSERT INTO state (name, value) VALUES ('counted_through', 0);

PRAGMA user_version = 5;
