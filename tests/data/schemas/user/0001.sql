-- SPDX-License-Identifier: MIT
-- A user's file of schema 1, as its workers left it after a conversation in English and Russian.

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
INSERT INTO message_index (rowid, stems) VALUES (23968591908675226, 'rememb that my parcel wait at the station');
INSERT INTO message_index (rowid, stems) VALUES (23968591908694312, 'i will rememb my parcel wait at the station');
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
