-- SPDX-License-Identifier: MIT
ALTER TABLE keys ADD COLUMN last_used_at INTEGER;   -- to the minute; null: never
ALTER TABLE keys ADD COLUMN revoked_at INTEGER;     -- null: in force

PRAGMA user_version = 2;
