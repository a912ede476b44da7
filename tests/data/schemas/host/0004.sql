-- SPDX-License-Identifier: MIT
-- The installation's file of schema 4, with the keys of a shop and of its administrators.

-- What belongs to the installation and to no user.

CREATE TABLE keys (
    id TEXT PRIMARY KEY,                -- the key's public part
    name TEXT NOT NULL,
    role INTEGER NOT NULL,              -- 0 server, 1 admin
    secret_hash BLOB NOT NULL,          -- keyed hash of the secret part
    created_at INTEGER NOT NULL         -- milliseconds since 1970, UTC
) WITHOUT ROWID;

PRAGMA user_version = 1;

ALTER TABLE keys ADD COLUMN last_used_at INTEGER;   -- to the minute; null: never
ALTER TABLE keys ADD COLUMN revoked_at INTEGER;     -- null: in force

PRAGMA user_version = 2;

CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- The oldest schema whose builds can use this file, as in a user's (user/0004).
INSERT INTO state (name, value) VALUES ('oldest_schema', 1);

PRAGMA user_version = 3;

-- What the pool did, by minutes, hours and days. What has been folded so far stands in state ('fold').
CREATE TABLE pool_figures (
    span INTEGER NOT NULL,              -- 0 minute, 1 hour, 2 day
    begins_at INTEGER NOT NULL,         -- milliseconds since 1970, UTC
    variant INTEGER NOT NULL,           -- 0 production, 1 canary, 2 legacy
    requests INTEGER NOT NULL,          -- without those to /health and /metrics
    errors INTEGER NOT NULL,            -- of them with a status of 500 or more
    p50_ms REAL, p95_ms REAL, p99_ms REAL, max_ms REAL,   -- null: no requests
    times BLOB NOT NULL,                -- histogram, as monitor/histogram.h encodes it
    deaths INTEGER NOT NULL,            -- workers that ended otherwise than they were told to
    fallbacks INTEGER NOT NULL,
    probes INTEGER NOT NULL,            -- while this variant served
    probes_ok INTEGER NOT NULL,
    up_ms INTEGER NOT NULL,             -- between two probes that succeeded
    PRIMARY KEY (span, begins_at, variant)
) WITHOUT ROWID;

PRAGMA user_version = 4;

INSERT INTO keys (id, name, role, secret_hash, created_at) VALUES ('a8168839e9', 'shop', 0, X'a7b61ceab5b173214457b995cda41fad7344164016720c6403cad7be71e0b211', 1795500000000);
INSERT INTO keys (id, name, role, secret_hash, created_at) VALUES ('b0e2f41c77', 'магазин', 0, X'1f2bb0c5d79d3a0e3c1f4a8837cf1de9e2b41d7760d7a1c85a35b1ce0e9a4d02', 1795500060000);
INSERT INTO keys (id, name, role, secret_hash, created_at) VALUES ('c55d03a19f', 'administrators', 1, X'c90d1a7f64be23518890aa1d5be2c7f63e0145f2a9b87d6c1325ee07f4d8b391', 1795500120000);
UPDATE keys SET last_used_at = 1795500780000 WHERE id = 'a8168839e9';
UPDATE keys SET revoked_at = 1795500840000 WHERE id = 'b0e2f41c77';
INSERT INTO pool_figures (span, begins_at, variant, requests, errors, p50_ms, p95_ms, p99_ms, max_ms, times, deaths, fallbacks, probes, probes_ok, up_ms) VALUES (0, 1795500840000, 0, 3, 1, 1.5115, 3.0235, 3.0235, 3.0235, X'8F010120010001', 1, 0, 12, 11, 50000);
INSERT INTO pool_figures (span, begins_at, variant, requests, errors, p50_ms, p95_ms, p99_ms, max_ms, times, deaths, fallbacks, probes, probes_ok, up_ms) VALUES (1, 1795500000000, 0, 3, 1, 1.5115, 3.0235, 3.0235, 3.0235, X'8F010120010001', 1, 0, 12, 11, 50000);
