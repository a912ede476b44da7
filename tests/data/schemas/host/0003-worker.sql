-- SPDX-License-Identifier: MIT
-- What workers and arqctl of schema 3 said to the installation's file.

INSERT INTO keys (id, name, role, secret_hash, created_at)
VALUES ('d0d0d0d0d0', 'older', 0, X'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 1795501000000);
SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys WHERE id = 'a8168839e9';
SELECT id, name, role, secret_hash, created_at, last_used_at, revoked_at FROM keys
ORDER BY created_at, id;
UPDATE keys SET revoked_at = 1795501000000 WHERE id = 'c55d03a19f' AND revoked_at IS NULL;
UPDATE keys SET last_used_at = 1795501000000 WHERE id = 'a8168839e9';
SELECT value FROM state WHERE name = 'oldest_schema';
