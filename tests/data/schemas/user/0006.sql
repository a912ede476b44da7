-- SPDX-License-Identifier: MIT
-- A user's file of schema 6, as its workers left it after a conversation in English and Russian.

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

-- Who is at work on a message that has no reply yet, and until when that holds: whoever waits for the
-- answer takes over when the time is up, for then the first one's worker has died.

CREATE TABLE leases (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);

PRAGMA user_version = 3;

-- The oldest schema whose builds can serve this file. One that knows less refuses it, and says why. A step that
-- older builds could not live with raises it, and is released so that no worker of theirs runs on beside the new.

INSERT INTO state (name, value) VALUES ('oldest_schema', 1);

PRAGMA user_version = 4;

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

-- The index that recall and search use. message_index and memory_index stay for builds that know no more than
-- schema 5; these here write nothing to them but what erasing takes.

-- Each row tells of up to 128 exchanges (the user's messages with their answers), or memories, which stems stand
-- where: store/recall_block.h. It is written when they are said, and hardly ever again.
CREATE TABLE recall_blocks (
    kind INTEGER NOT NULL,              -- 0 exchanges, 1 memories; 2: last_id says how far recall_directory goes
    scope INTEGER NOT NULL,             -- 0: what is seen from all sessions but isolated ones; else such a session
    first_id INTEGER NOT NULL,          -- of a user's message, or of a memory
    last_id INTEGER NOT NULL,
    content BLOB NOT NULL,              -- empty: to be made anew from what is between first_id and last_id
    PRIMARY KEY (kind, scope, first_id)
) WITHOUT ROWID;

-- Which blocks hold a stem, for users with so many that not all are looked into: for each block by its first_id the
-- numbers of its stems.
CREATE VIRTUAL TABLE recall_directory USING fts5 (
    stems, content='', columnsize=0, detail=none, tokenize='unicode61');

-- The user's messages, and the memories, up to these ids are in blocks; what is behind is read one by one.
INSERT INTO state (name, value) VALUES ('recall_through', 0), ('recall_memories_through', 0);
-- How often something was taken out of what is found: whoever remembers what there was, looks again.
INSERT INTO state (name, value) VALUES ('recall_removals', 0);

-- Whoever deletes or hides, older builds too, takes it out of the blocks.
CREATE TRIGGER recall_deleted_message AFTER DELETE ON messages BEGIN
    UPDATE recall_blocks SET content = x''
    WHERE kind = 0 AND scope = 0 AND first_id = (
              SELECT max(first_id) FROM recall_blocks
              WHERE kind = 0 AND scope = 0 AND first_id <= CASE OLD.role WHEN 0 THEN OLD.id ELSE OLD.pair_id END)
          AND last_id >= CASE OLD.role WHEN 0 THEN OLD.id ELSE OLD.pair_id END AND length(content) > 0;
    UPDATE recall_blocks SET content = x'' WHERE kind = 0 AND scope = OLD.session_id AND length(content) > 0;
    UPDATE state SET value = value + 1 WHERE name = 'recall_removals';
END;
CREATE TRIGGER recall_hidden_message AFTER UPDATE OF hidden ON messages WHEN NEW.hidden <> OLD.hidden BEGIN
    UPDATE recall_blocks SET content = x''
    WHERE kind = 0 AND scope = 0 AND first_id = (
              SELECT max(first_id) FROM recall_blocks
              WHERE kind = 0 AND scope = 0 AND first_id <= CASE OLD.role WHEN 0 THEN OLD.id ELSE OLD.pair_id END)
          AND last_id >= CASE OLD.role WHEN 0 THEN OLD.id ELSE OLD.pair_id END AND length(content) > 0;
    UPDATE recall_blocks SET content = x'' WHERE kind = 0 AND scope = OLD.session_id AND length(content) > 0;
    UPDATE state SET value = value + 1 WHERE name = 'recall_removals';
END;
CREATE TRIGGER recall_deleted_memory AFTER DELETE ON memories BEGIN
    UPDATE recall_blocks SET content = x''
    WHERE kind = 1 AND scope = coalesce(OLD.session_id, 0) AND first_id <= OLD.id AND last_id >= OLD.id;
END;
CREATE TRIGGER recall_changed_memory AFTER UPDATE OF text ON memories BEGIN
    UPDATE recall_blocks SET content = x''
    WHERE kind = 1 AND scope = coalesce(OLD.session_id, 0) AND first_id <= OLD.id AND last_id >= OLD.id;
END;

-- A build from before that changes a memory takes the old text out of memory_index, where none may be by now, and FTS5
-- calls an index damaged that is to give more than it has. So it always has something to spare.
INSERT INTO memory_index (rowid, stems) VALUES (1, replace(hex(zeroblob(32)), '00', 'x '));
CREATE TRIGGER recall_spare_memory AFTER INSERT ON memories
WHEN NOT EXISTS (SELECT 1 FROM memory_index_docsize WHERE id = 1) BEGIN
    INSERT INTO memory_index (rowid, stems) VALUES (1, replace(hex(zeroblob(32)), '00', 'x '));
END;

PRAGMA user_version = 6;

INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id) VALUES (23968575915884088, 'My name is Anna', 0, 1795500061007, 1795500305035, 10, 23968639886379825);
INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id) VALUES (23968655879073332, 'Здравствуйте! Напомните, пожалуйста, про ма…', 0, 1795500366042, 1795500793091, 12, 23968767827425800);
INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id) VALUES (23968735842226351, 'Remember that my code is zanzibar', 1, 1795500671077, 1795500732084, 4, 23968751834765143);

INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968575915884089, 23968575915884088, 0, 'My name is Anna', 1795500061007, 23968575916043614, 'en-1', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968575916043614, 23968575915884088, 1, 'Nice to meet you, Anna. I will remember your name.', 1795500061007, 23968575915884089, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968591908675226, 23968575915884088, 0, 'Remember that my parcel waits at the station', 1795500122014, 23968591908694312, 'en-2', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968591908694312, 23968575915884088, 1, 'I will remember: my parcel waits at the station', 1795500122014, 23968591908675226, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968607901226643, 23968575915884088, 0, 'I''d like to read about lighthouses in Brittany', 1795500183021, 23968607901309763, 'en-3', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968607901309763, 23968575915884088, 1, 'I have kept that, and you can ask me about it later. I have nothing to add to it yet.', 1795500183021, 23968607901226643, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968623893703071, 23968575915884088, 0, 'The lighthouse of Eckmühl was built in 1897, my grandmother said', 1795500244028, 23968623893875849, 'en-4', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968623893875849, 23968575915884088, 1, 'I have kept that, and you can ask me about it later. I have nothing to add to it yet.', 1795500244028, 23968623893703071, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968639886366899, 23968575915884088, 0, 'What did I say about lighthouses?', 1795500305035, 23968639886379825, 'en-5', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968639886379825, 23968575915884088, 1, 'On 24 November 2026 you said: “The lighthouse of Eckmühl was built in 1897, my grandmother said”
On 24 November 2026 you said: “I''d like to read about lighthouses in Brittany”', 1795500305035, 23968639886366899, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968655879073333, 23968655879073332, 0, 'Здравствуйте! Напомните, пожалуйста, про маяки', 1795500366042, 23968655879073334, 'ru-1', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968655879073334, 23968655879073332, 1, 'Сохранил, об этом можно будет спросить позже. Добавить мне пока нечего.', 1795500366042, 23968655879073333, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968671871618370, 23968655879073332, 0, 'Запомни, что мой заказ имеет номер 4417', 1795500427049, 23968671871618371, 'ru-2', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968671871618371, 23968655879073332, 1, 'Запомню: мой заказ имеет номер 4417', 1795500427049, 23968671871618370, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968687864181254, 23968655879073332, 0, 'Вчера мы с бабушкой пекли пироги с вишней', 1795500488056, 23968687864381939, 'ru-3', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968687864381939, 23968655879073332, 1, 'Сохранил, об этом можно будет спросить позже. Добавить мне пока нечего.', 1795500488056, 23968687864181254, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968703856779493, 23968655879073332, 0, 'Какой номер у моего заказа?', 1795500549063, 23968703856910468, 'ru-4', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968703856910468, 23968655879073332, 1, '24 ноября 2026 г. вы писали: «мой заказ имеет номер 4417»', 1795500549063, 23968703856779493, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968719849475317, 23968655879073332, 0, 'My name is Maria', 1795500610070, 23968719849510005, 'en-6', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968719849510005, 23968655879073332, 1, 'Nice to meet you, Maria. I will remember your name.', 1795500610070, 23968719849475317, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968735842226352, 23968735842226351, 0, 'Remember that my code is zanzibar', 1795500671077, 23968735842226353, 'iso-1', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968735842226353, 23968735842226351, 1, 'I will remember: my code is zanzibar', 1795500671077, 23968735842226352, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968751834765142, 23968735842226351, 0, 'What is my code?', 1795500732084, 23968751834765143, 'iso-2', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968751834765143, 23968735842226351, 1, 'On 24 November 2026 you said: “my code is zanzibar”', 1795500732084, 23968751834765142, NULL, 0, 'embedded', 0);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968767827425799, 23968655879073332, 0, 'What is my name?', 1795500793091, 23968767827425800, 'en-7', NULL, NULL, NULL);
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, client_id, finish, responder, variant) VALUES (23968767827425800, 23968655879073332, 1, 'Your name is Maria.', 1795500793091, 23968767827425799, NULL, 0, 'embedded', 0);

-- The newest messages wait for the index.
INSERT INTO message_index (rowid, stems) VALUES (23968575915884089, 'my name is anna');
INSERT INTO message_index (rowid, stems) VALUES (23968575916043614, 'nice to meet you anna i will rememb your name');
INSERT INTO message_index (rowid, stems) VALUES (23968607901226643, 'i''d like to read about lighthous in brittani');
INSERT INTO message_index (rowid, stems) VALUES (23968607901309763, 'i have kept that and you can ask me about it later i have noth to add to it yet');
INSERT INTO message_index (rowid, stems) VALUES (23968623893703071, 'the lighthous of eckmühl was built in 1897 my grandmoth said');
INSERT INTO message_index (rowid, stems) VALUES (23968623893875849, 'i have kept that and you can ask me about it later i have noth to add to it yet');
INSERT INTO message_index (rowid, stems) VALUES (23968639886366899, 'what did i say about lighthous');
INSERT INTO message_index (rowid, stems) VALUES (23968639886379825, 'on 24 novemb 2026 you said the lighthous of eckmühl was built in 1897 my grandmoth said on 24 novemb 2026 you said i''d like to read about lighthous in brittani');
INSERT INTO message_index (rowid, stems) VALUES (23968655879073333, 'здравств напомн пожалуйст про маяк');
INSERT INTO message_index (rowid, stems) VALUES (23968655879073334, 'сохран об эт можн будет спрос позж добав мне пок неч');
INSERT INTO message_index (rowid, stems) VALUES (23968671871618370, 'запомн что мо заказ имеет номер 4417');
INSERT INTO message_index (rowid, stems) VALUES (23968671871618371, 'запомн мо заказ имеет номер 4417');
INSERT INTO message_index (rowid, stems) VALUES (23968687864181254, 'вчер мы с бабушк пекл пирог с вишн');
INSERT INTO message_index (rowid, stems) VALUES (23968687864381939, 'сохран об эт можн будет спрос позж добав мне пок неч');
UPDATE state SET value = 23968687864381939 WHERE name = 'indexed_through';

INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version) VALUES (23968575916071871, NULL, 0, 'name', 'My name is Maria', 23968719849475317, 1795500061007, 1795500610070, 2);
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version) VALUES (23968591908595883, NULL, 4, NULL, 'my parcel waits at the station', 23968591908675226, 1795500122014, 1795500122014, 1);
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version) VALUES (23968671871641726, NULL, 4, NULL, 'мой заказ имеет номер 4417', 23968671871618370, 1795500427049, 1795500427049, 1);
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version) VALUES (23968735842134975, 23968735842226351, 4, NULL, 'my code is zanzibar', 23968735842226352, 1795500671077, 1795500671077, 1);

INSERT INTO memory_history (memory_id, version, text, changed_at, message_id) VALUES (23968575916071871, 1, 'My name is Anna', 1795500061007, 23968575915884089);

INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968575916043614, 0, 1, 23968575916071871, 1, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968591908694312, 0, 1, 23968591908595883, 1, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968671871618371, 0, 1, 23968671871641726, 1, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968703856910468, 0, 0, 23968671871641726, 1, 1.0);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968719849510005, 0, 2, 23968575916071871, 2, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968735842226353, 0, 1, 23968735842134975, 1, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968751834765143, 0, 0, 23968735842134975, 1, 1.0);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score) VALUES (23968767827425800, 0, 0, 23968575916071871, 2, 1.0);

INSERT INTO memory_index (rowid, stems) VALUES (23968575916071871, 'my name is maria');
INSERT INTO memory_index (rowid, stems) VALUES (23968591908595883, 'my parcel wait at the station');
INSERT INTO memory_index (rowid, stems) VALUES (23968671871641726, 'мо заказ имеет номер 4417');
INSERT INTO memory_index (rowid, stems) VALUES (23968735842134975, 'my code is zanzibar');

-- What schema 5 made possible: values and times, a closed memory and one forgotten, details, topics, a summary.
UPDATE memories SET value = 'Maria', uses = 1 WHERE id = 23968575916071871;
UPDATE memory_history SET value = 'Anna' WHERE memory_id = 23968575916071871;
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version, value, valid_from, valid_to, grain, uses) VALUES (23968719849475318, NULL, 0, 'home', 'I live in Brest', NULL, 1795500610070, 1795500610070, 1, 'Brest', NULL, 1795500610070, NULL, 0);
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version, value, valid_from, valid_to, grain, uses) VALUES (23968719849475319, NULL, 2, 'event', 'the ferry leaves on Friday', NULL, 1795500610070, 1795500610070, 1, 'the ferry leaves', 1795737600000, 1795824000000, 3, 0);
INSERT INTO memory_index (rowid, stems) VALUES (23968719849475318, 'i live in brest');
INSERT INTO memory_index (rowid, stems) VALUES (23968719849475319, 'the ferri leav on friday');
UPDATE messages SET hidden = 1 WHERE id IN (23968591908675226, 23968591908694312);
UPDATE messages SET details = 'w 4096 210 2 0
t 640 lighthouse	travel
' WHERE id = 23968607901309763;
UPDATE messages SET details = 'f 0n97b7d2tjsh 4
t 500 пирог	food
' WHERE id = 23968687864381939;
INSERT INTO message_topics (session_id, name, message_id, category) VALUES (23968575915884088, 'lighthouse', 23968607901226643, 'travel');
UPDATE state SET value = 23968639886379825 WHERE name = 'counted_through';
INSERT INTO summaries (session_id, text, first_message_id, last_message_id, turns, updated_at) VALUES (23968575915884088, 'My name is Anna', 23968575915884089, 23968575916043614, 1, 1795500305035);

-- A worker died at work on this one.
INSERT INTO messages (id, session_id, role, text, created_at, client_id) VALUES (23968783820018443, 23968655879073332, 0, 'Сколько лет маяку?', 1795500854098, 'ru-5');
UPDATE sessions SET updated_at = 1795500854098, message_count = message_count + 1, last_message_id = 23968783820018443 WHERE id = 23968655879073332;
INSERT INTO leases (message_id, owner, expires_at) VALUES (23968783820018443, '5f0c9a7d3b21e846a0de4c7b91f3825d', 1795500944098);

-- What schema 6 made possible: an index of its own. (Of the blocks the first holds the message that waits for an answer, too.)
INSERT INTO recall_blocks (kind, scope, first_id, last_id, content) VALUES (0, 0, 23968575915884089, 23968783820018443, x'010bb9fcf3a9afe9c92adab0e693778ca6e7c93b94def2c93b82abf5c93b8dbeebc93bc4c9ecc93bdfddeec93b90d8f4c93b92dad5ddb20184b2eec93b04f0f8e7d3ded2935507f8bfebe2d304020404050505010f01080586050802090204010202002dc44f01b37b09cad10ace3c115fa3165cdc16b44c1c3efa20688528d33d2952e430e90131eea1314f12396bbd39fbb93ac0bb5db14761a31c76cc5e7936ab7a25037bdeb57f4abe7fddf6828dd28342f799c0d99bc0409f3337a01621a583dfaa1164b2e4a5b468d0b4687fc3b2e2ccde79d34d6fd5b306da0ba3df6940e7ec7af2ba93f23ea8fc020004000500070008000a000b000d000f001200160018001a001c0022002400260028002a002b002e003100360038003a003b003d003f0041004500460048004a004b004c004d004f0051005300550057005a005c005f006000120812081810181614021e1208040a0f02101402060212080220060400021e020202060408060604040a1820020414020804040403020806120818060408060604140206021812080806281e1e0002022012081208040a1402080f020f021018');
INSERT INTO recall_blocks (kind, scope, first_id, last_id, content) VALUES (0, 23968735842226351, 23968735842226352, 23968751834765142, x'0102b0a1dd8c83eec92aa68debc93b02dec2ba9986dc93550202010505d33d290d6c31da6754ec7af2ba93f201000500080009000a0006000202020002040606');
INSERT INTO recall_blocks (kind, scope, first_id, last_id, content) VALUES (1, 0, 23968575916071871, 23968719849475319, x'0105bfb7ffa9afe9c92aec99eac93bd3ffacf1a902f8c8ceddb201010500020003000400020003000e294c2e52e4306bbd3953194233b44891d45036ab7a25037b3337a003aba17b44b7bd2cd76940e7a817f00100020003000400050006000700080009000a000b000c000d000e000408000c1010000808041004080c');
INSERT INTO recall_blocks (kind, scope, first_id, last_id, content) VALUES (1, 23968735842226351, 23968735842134975, 23968735842134975, x'0101bfd7d78c83eec92a01000200020d6c31da6754010002000000');
UPDATE state SET value = 23968735842134975 WHERE name = 'recall_memories_through';
UPDATE state SET value = 23968783820018443 WHERE name = 'recall_through';
