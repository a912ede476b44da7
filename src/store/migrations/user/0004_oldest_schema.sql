-- SPDX-License-Identifier: MIT
-- The oldest schema whose builds can serve this file. One that knows less refuses it, and says why. A step that
-- older builds could not live with raises it, and is released so that no worker of theirs runs on beside the new.

INSERT INTO state (name, value) VALUES ('oldest_schema', 1);

PRAGMA user_version = 4;
