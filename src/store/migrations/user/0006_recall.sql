-- SPDX-License-Identifier: MIT
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
