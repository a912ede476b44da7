-- SPDX-License-Identifier: MIT
-- What a worker of schema 5 said to a user's file, with values for its parameters: a message in a new session,
-- lists, a search, a repetition, something hidden, a deletion. Each SELECT finds something in a file made from 0005.sql.

PRAGMA foreign_keys = ON;
PRAGMA secure_delete = FAST;

BEGIN IMMEDIATE;
SELECT m.text, m.session_id, r.id, r.text, r.finish, r.responder, r.variant
FROM messages m JOIN messages r ON r.id = m.pair_id
WHERE m.client_id = 'en-6';
SELECT r.relation, r.memory_id, r.version, r.score, m.kind,
       CASE WHEN r.version = m.version THEN m.text ELSE h.text END,
       before.text
FROM reply_memories r
JOIN memories m ON m.id = r.memory_id
LEFT JOIN memory_history h ON h.memory_id = r.memory_id AND h.version = r.version
LEFT JOIN memory_history before ON before.memory_id = r.memory_id AND before.version = r.version - 1
WHERE r.reply_id = 23968719849510005 ORDER BY r.position;
SELECT id, session_id, text, created_at FROM messages WHERE client_id = 'ru-5';
SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions
WHERE isolated = 0 ORDER BY updated_at DESC, id DESC LIMIT 1;
INSERT INTO sessions (id, title, isolated, created_at, updated_at, message_count, last_message_id)
VALUES (max(23969000000000000, (SELECT coalesce(max(id), 0) + 1 FROM sessions)), 'An older worker''s', 0, 1795501000000, 1795501000000, 0, 0)
RETURNING id;
SELECT coalesce(max(id), 0) + 1 FROM messages;
INSERT INTO messages (id, session_id, role, text, created_at, client_id)
VALUES (23969000000000001, 23969000000000000, 0, 'Remember that my bicycle is green', 1795501000000, 'older-1');
UPDATE sessions SET updated_at = max(updated_at, 1795501000000), message_count = message_count + 1,
                    last_message_id = 23969000000000001
WHERE id = 23969000000000000;
INSERT INTO leases (message_id, owner, expires_at) VALUES (23969000000000001, 'older', 1795501090000)
ON CONFLICT (message_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
    WHERE owner = excluded.owner OR expires_at <= 1795501000000
RETURNING 1;
INSERT INTO memories (id, session_id, kind, subject, text, source_message_id, created_at, updated_at, version)
VALUES (max(23969000000000001, (SELECT coalesce(max(id), 0) + 1 FROM memories)),
        NULL, 4, nullif('', ''), 'my bicycle is green', 23969000000000001, 1795501000000, 1795501000000, 1)
RETURNING id;
INSERT INTO memory_index (rowid, stems) VALUES (23969000000000001, 'my bicycl is green');
INSERT INTO memory_history (memory_id, version, text, changed_at, message_id)
SELECT id, version, text, updated_at, source_message_id FROM memories WHERE id = 23968575916071871;
UPDATE memories SET text = 'My name is Olga', source_message_id = 23969000000000001, updated_at = 1795501000000,
                    version = 3, value = 'Olga'
WHERE id = 23968575916071871;
INSERT INTO memory_index (memory_index, rowid, stems) VALUES ('delete', 23968575916071871, 'my name is maria');
INSERT INTO memory_index (rowid, stems) VALUES (23968575916071871, 'my name is olga');
INSERT INTO messages (id, session_id, role, text, created_at, pair_id, finish, responder, variant)
VALUES (23969000000000002, 23969000000000000, 1, 'I will remember: my bicycle is green', 1795501000000, 23969000000000001, 0, 'embedded', 0);
UPDATE messages SET pair_id = 23969000000000002 WHERE id = 23969000000000001;
UPDATE sessions SET updated_at = max(updated_at, 1795501000000), message_count = message_count + 1,
                    last_message_id = 23969000000000002
WHERE id = 23969000000000000;
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score)
VALUES (23969000000000002, 0, 1, 23969000000000001, 1, NULL);
INSERT INTO reply_memories (reply_id, position, relation, memory_id, version, score)
VALUES (23969000000000002, 1, 2, 23968575916071871, 3, NULL);
SELECT value FROM state WHERE name = 'indexed_through';
SELECT count(*) FROM messages WHERE id > 23968687864381939;
SELECT id, text, hidden FROM messages WHERE id > 23968767827425800 ORDER BY id;
INSERT INTO message_index (rowid, stems) VALUES (23969000000000001, 'rememb that my bicycl is green');
INSERT INTO message_index (rowid, stems) VALUES (23969000000000002, 'i will rememb my bicycl is green');
UPDATE state SET value = 23969000000000002 WHERE name = 'indexed_through';
DELETE FROM leases WHERE message_id = 23969000000000001;
COMMIT;

SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions WHERE id = 23968575915884088;
SELECT id, title, isolated, created_at, updated_at, message_count FROM sessions
WHERE NULL IS NULL OR (updated_at, id) < (SELECT updated_at, id FROM sessions WHERE id = NULL)
ORDER BY updated_at DESC, id DESC LIMIT 51;
SELECT 1 FROM messages WHERE id = 23968591908675226 AND session_id = 23968575915884088;
SELECT m.id, m.session_id, m.role, coalesce(m.client_id, asked.client_id), m.text, m.created_at
FROM messages m LEFT JOIN messages asked ON m.role = 1 AND asked.id = m.pair_id
WHERE m.id > 23968591908675226 AND m.id <= (SELECT last_message_id FROM sessions WHERE id = 23968575915884088)
  AND m.session_id = 23968575915884088
ORDER BY m.id LIMIT 51;
SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
FROM memories WHERE subject = 'name' AND session_id IS NULL;
SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
FROM memories WHERE text = 'my parcel waits at the station' AND session_id IS NULL;
SELECT id, text FROM memories WHERE session_id IS NULL
ORDER BY id LIMIT 64 + 1;
SELECT m.id, m.text FROM memory_index JOIN memories m ON m.id = memory_index.rowid
WHERE memory_index MATCH '"заказ"' AND m.session_id IS NULL
ORDER BY rank LIMIT 50;
SELECT wanted.key, found.doc
FROM json_each('["lighthous"]') wanted JOIN message_terms found ON found.term = wanted.value;
SELECT m.id, m.text
FROM message_index JOIN messages m ON m.id = message_index.rowid
                   JOIN sessions s ON s.id = m.session_id
WHERE message_index MATCH '"lighthous"' AND m.role = 0 AND m.hidden = 0
  AND CASE WHEN NULL IS NULL THEN s.isolated = 0 ELSE s.id = NULL END
ORDER BY message_index.rowid DESC LIMIT 50;
SELECT m.id, m.text
FROM messages m JOIN sessions s ON s.id = m.session_id
WHERE m.id > 23968687864381939 AND m.id < 9223372036854775807 AND m.role = 0 AND m.hidden = 0
  AND CASE WHEN NULL IS NULL THEN s.isolated = 0 ELSE s.id = NULL END;
SELECT session_id, client_id, text, created_at FROM messages WHERE id = 23968575915884089 AND role = 0;
SELECT id, text, kind, subject, session_id, source_message_id, created_at, updated_at, version
FROM memories WHERE id = 23968575916071871;
SELECT coalesce(sum(message_count), 0) FROM sessions;
SELECT m.id, m.text, m.kind, m.version, before.text
FROM memories m LEFT JOIN memory_history before ON before.memory_id = m.id AND before.version = m.version - 1
WHERE m.source_message_id = 23969000000000001 ORDER BY m.id;
UPDATE sessions SET title = 'Маяки' WHERE id = 23968655879073332;

BEGIN IMMEDIATE;
SELECT m.text, m.role, m.pair_id, s.isolated, s.id
FROM messages m JOIN sessions s ON s.id = m.session_id WHERE m.id = 23968607901226643;
UPDATE messages SET hidden = 1 WHERE id = 23968607901226643;
UPDATE messages SET hidden = 1 WHERE id = 23968607901309763;
DELETE FROM message_topics WHERE message_id IN (SELECT id FROM messages WHERE hidden = 1);
INSERT INTO message_index (message_index, rowid, stems) VALUES ('delete', 23968607901226643, 'i''d like to read about lighthous in brittani');
COMMIT;

BEGIN IMMEDIATE;
UPDATE memories SET source_message_id = NULL
WHERE source_message_id IN (SELECT id FROM messages WHERE session_id = 23968735842226351);
UPDATE memory_history SET message_id = NULL
WHERE message_id IN (SELECT id FROM messages WHERE session_id = 23968735842226351);
DELETE FROM sessions WHERE id = 23968735842226351;
INSERT INTO message_index (message_index) VALUES ('delete-all');
UPDATE state SET value = 0 WHERE name = 'indexed_through';
INSERT INTO memory_index (memory_index) VALUES ('delete-all');
SELECT id, text FROM memories;
INSERT INTO memory_index (rowid, stems) VALUES (23968575916071871, 'my name is olga');
INSERT OR REPLACE INTO state (name, value) VALUES ('scrub_due', 1);
COMMIT;
SELECT 1 FROM state WHERE name = 'scrub_due';
VACUUM;
DELETE FROM state WHERE name = 'scrub_due';
