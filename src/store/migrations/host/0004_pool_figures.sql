-- SPDX-License-Identifier: MIT
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
